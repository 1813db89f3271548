package com.tatame.billing.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.simulator.engine.ApiResponse;
import com.tatame.billing.simulator.engine.Fault;
import com.tatame.billing.simulator.engine.Request;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Calls that fail on request: answered with a failure, cut off, or never answered. */
@Timeout(60)
class HostileRouteTest {
  private static final Duration MAX_WAIT = Duration.ofMillis(300);
  private final HttpClient client = HttpClient.newHttpClient();
  private final Shop shop = new Shop();

  @AfterEach
  void close() {
    shop.close();
  }

  private HttpRequest creation(String key) {
    return HttpRequest.newBuilder(URI.create(shop.stripe.url() + "/v1/customers"))
        .header("Authorization", "Bearer sk_test_shop")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .header("Idempotency-Key", key)
        .timeout(MAX_WAIT)
        .POST(BodyPublishers.ofString("email=ada@example.com"))
        .build();
  }

  private int customers() {
    return shop.ok(shop.get("/v1/customers")).get("data").size();
  }

  @Test
  void aRateLimitIsAnsweredAsStripeDoes() {
    shop.stripe.fail(new Fault("GET /v1/customers", 429, Fault.When.BEFORE), 1);

    Shop.Reply limited = shop.get("/v1/customers");

    assertThat(limited.status()).isEqualTo(429);
    assertThat(limited.errorCode()).isEqualTo("rate_limit");
    assertThat(limited.header("Stripe-Rate-Limited-Reason")).isEqualTo("endpoint-rate");
    assertThat(limited.header("Request-Id")).startsWith("req_");
    assertThat(shop.get("/v1/customers").header("Stripe-Rate-Limited-Reason")).isEmpty();
  }

  @Test
  void aRouteCanNameIdsByAPattern() {
    String first = shop.customer();
    String second = shop.customer();
    shop.control(
        "POST", "faults", "{\"route\":\"GET /v1/customers/cus_*\",\"status\":503,\"count\":2}");

    assertThat(shop.get("/v1/customers").status()).isEqualTo(200);
    assertThat(shop.get("/v1/customers/" + first).status()).isEqualTo(503);
    assertThat(shop.get("/v1/customers/" + second).status()).isEqualTo(503);
    assertThat(shop.get("/v1/customers/" + first).status()).isEqualTo(200);
  }

  @Test
  void aPatternStaysWithinItsSegment() {
    String customer = shop.customer();
    shop.stripe.fail(new Fault("GET /v1/customers/*/payment_methods", 500, Fault.When.BEFORE), 1);

    assertThat(shop.get("/v1/customers/" + customer).status()).isEqualTo(200);
    assertThat(shop.get("/v1/customers/" + customer + "/payment_methods").status())
        .isEqualTo(500);
  }

  @ParameterizedTest
  @CsvSource({"before,0,false", "lost,1,true"})
  void aCallThatIsNeverAnsweredMayHaveBeenCarriedOut(String when, int made, boolean replayed)
      throws Exception {
    shop.control(
        "POST",
        "faults",
        "{\"route\":\"POST /v1/customers\",\"connection\":\"hangs\",\"when\":\"" + when + "\"}");

    assertThatThrownBy(() -> client.send(creation("key_1"), BodyHandlers.ofString()))
        .isInstanceOf(HttpTimeoutException.class);

    assertThat(customers()).isEqualTo(made);
    HttpResponse<String> repeated = client.send(creation("key_1"), BodyHandlers.ofString());
    assertThat(repeated.statusCode()).isEqualTo(200);
    assertThat(repeated.headers().firstValue("Idempotent-Replayed").isPresent())
        .isEqualTo(replayed);
    assertThat(customers()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"before,0", "lost,1"})
  void aCallThatIsCutOffMayHaveBeenCarriedOut(String when, int made) throws Exception {
    shop.control(
        "POST",
        "faults",
        "{\"route\":\"POST /v1/customers\",\"connection\":\"cut\",\"when\":\"" + when + "\"}");

    assertThatThrownBy(() -> client.send(creation("key_1"), BodyHandlers.ofString()))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(HttpTimeoutException.class);

    assertThat(customers()).isEqualTo(made);
    assertThat(client.send(creation("key_1"), BodyHandlers.ofString()).statusCode())
        .isEqualTo(200);
    assertThat(customers()).isEqualTo(1);
  }

  @Test
  void timeoutCanStoreAFailureUnderTheKey() throws Exception {
    shop.stripe.fail(Fault.hang("POST /v1/customers", Fault.When.AFTER), 1);
    assertThatThrownBy(() -> client.send(creation("key_1"), BodyHandlers.ofString()))
        .isInstanceOf(HttpTimeoutException.class);

    assertThat(client.send(creation("key_1"), BodyHandlers.ofString()).statusCode())
        .isEqualTo(504);
    assertThat(customers()).isEqualTo(1);
  }

  @Test
  void whoIsStillWaitingIsAnsweredWhenTheFaultsAreCleared() throws Exception {
    shop.stripe.fail(Fault.hang("POST /v1/customers", Fault.When.LOST), 1);
    HttpRequest patient = HttpRequest.newBuilder(creation("key_1"), (name, value) -> true)
        .timeout(Duration.ofSeconds(30))
        .build();
    CompletableFuture<HttpResponse<String>> waiting =
        client.sendAsync(patient, BodyHandlers.ofString());
    while (customers() == 0) {
      assertThat(waiting.isDone()).isFalse();
    }

    shop.control("DELETE", "faults", "");

    assertThat(waiting.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(504);
  }

  @Test
  void callersInTheProcessAreAnsweredWithTheStatus() {
    shop.stripe.fail(Fault.cut("POST /v1/customers", Fault.When.LOST), 1);

    ApiResponse answer =
        shop.stripe.call(Request.of("POST", "/v1/customers", Map.of("email", "a@example.com")));

    assertThat(answer.status()).isEqualTo(504);
    assertThat(answer.connection()).isEqualTo(Fault.Connection.CUT);
    assertThat(customers()).isEqualTo(1);
  }

  @Test
  void aFaultThatIsNoneIsRefused() {
    for (String body : List.of(
        "{\"route\":\"GET /v1\",\"connection\":\"slow\"}",
        "{\"route\":\"GET /v1\",\"statsu\":500}",
        "{\"route\":\"GET /v1\",\"delivery\":{\"drop\":-1}}")) {
      JsonNode refused = shop.control("POST", "faults", body);
      assertThat(refused.has("error")).as(body).isTrue();
    }
    assertThat(shop.get("/v1/customers").status()).isEqualTo(200);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Fault("GET /v1", 200, Fault.When.BEFORE));
  }
}
