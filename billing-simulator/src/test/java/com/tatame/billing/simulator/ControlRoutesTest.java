package com.tatame.billing.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ControlRoutesTest {
  private final Shop shop = new Shop();

  @AfterEach
  void close() {
    shop.close();
  }

  @ParameterizedTest
  @CsvSource({
    "P31D,2026-02-01T00:00:00Z",
    "P1M,2026-02-01T00:00:00Z",
    "P1Y2M,2027-03-01T00:00:00Z",
    "PT90M,2026-01-01T01:30:00Z",
    "P1DT12H,2026-01-02T12:00:00Z"
  })
  void theClockAdvancesByAPeriodOrADuration(String advance, String now) {
    assertThat(shop.control("POST", "clock", "{\"advance\":\"" + advance + "\"}")
            .get("now")
            .asText())
        .isEqualTo(now);
    assertThat(shop.stripe.now()).hasToString(now);
  }

  @Test
  void theClockGoesToAnInstantOrToWhatIsNext() {
    shop.subscribe(shop.price(999, "month"), Shop.PAYS);

    assertThat(shop.control("GET", "clock", "").get("nextDue").asText())
        .isEqualTo("2026-02-01T00:00:00Z");
    assertThat(shop.control("POST", "clock", "{\"to\":\"next\"}").get("now").asText())
        .isEqualTo("2026-02-01T00:00:00Z");
    assertThat(shop.control("POST", "clock", "{\"to\":\"2026-02-01T00:30:00Z\"}")
            .get("now")
            .asText())
        .isEqualTo("2026-02-01T00:30:00Z");
  }

  @Test
  void theClockNeverGoesBack() {
    JsonNode refused = shop.control("POST", "clock", "{\"to\":\"2025-01-01T00:00:00Z\"}");

    assertThat(refused.get("error").asText()).contains("cannot go back");
    assertThat(shop.control("POST", "clock", "{\"advance\":\"-P1D\"}").has("error"))
        .isTrue();
    assertThat(shop.control("POST", "clock", "{}").has("error")).isTrue();
    assertThat(shop.control("POST", "clock", "{").has("error")).isTrue();
    assertThatThrownBy(() -> shop.stripe.advanceTo(Instant.EPOCH))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(shop.stripe.now()).hasToString("2026-01-01T00:00:00Z");
  }

  @Test
  void resetForgetsEverythingAndTheSameSeedGivesTheSameIds() {
    String first = shop.customer();
    shop.advance("P1D");

    shop.control("POST", "reset", "");

    assertThat(shop.stripe.now()).hasToString("2026-01-01T00:00:00Z");
    assertThat(shop.control("GET", "events", "").get("data")).isEmpty();
    assertThat(shop.get("/v1/customers/" + first).status()).isEqualTo(404);
    assertThat(shop.customer()).isEqualTo(first);
  }

  @Test
  void aFaultMustBeUnderstood() {
    assertThat(shop.control("POST", "faults", "{}").has("error")).isTrue();
    assertThat(shop.control("POST", "faults", "{\"route\":\"GET /v1\",\"status\":200}")
            .has("error"))
        .isTrue();
    assertThat(shop.control("POST", "faults", "{\"route\":\"GET /v1\",\"when\":\"never\"}")
            .has("error"))
        .isTrue();
  }
}
