package com.tatame.billing.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.stripe.exception.SignatureVerificationException;
import com.stripe.exception.StripeException;
import com.stripe.net.Webhook;
import com.tatame.billing.simulator.Receiver.Received;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Webhooks that go wrong on request: over HTTP and from Java, by the seed, and still signed. */
class HostileDeliveryTest {
  private static final String SECRET = "whsec_first";
  private final Receiver receiver = new Receiver();
  private final Shop shop = new Shop();
  private String endpoint = "";

  @BeforeEach
  void listen() {
    endpoint =
        shop.stripe.createWebhookEndpoint(receiver.url(), Optional.of(SECRET), Optional.empty());
  }

  @AfterEach
  void close() {
    shop.close();
    receiver.close();
  }

  private void idle() throws InterruptedException {
    assertThat(shop.stripe.idle(Duration.ofSeconds(20))).isTrue();
  }

  private void customers(int count) {
    for (int i = 0; i < count; i++) {
      shop.customer();
    }
  }

  private static List<String> ids(Receiver receiver) {
    return receiver.received().stream()
        .map(sent -> sent.json().get("id").asText())
        .toList();
  }

  private List<String> generated() {
    return shop.stripe.events().stream().map(event -> event.get("id").asText()).toList();
  }

  private boolean signedWith(Received sent, String secret) throws StripeException {
    try {
      Webhook.constructEvent(sent.body(), sent.signature(), secret);
      return true;
    } catch (SignatureVerificationException e) {
      return false;
    }
  }

  @Test
  void aShareIsLostAndAnotherIsSentTwice() throws Exception {
    shop.stripe.failDeliveries(DeliveryFaults.NONE.droppingPercent(30).duplicatingPercent(30));
    customers(60);
    idle();

    List<String> arrived = ids(receiver);
    int once = new HashSet<>(arrived).size();
    assertThat(once).isBetween(30, 54);
    assertThat(arrived.size() - once).isBetween(5, 30);
    for (Received sent : receiver.received()) {
      assertThat(signedWith(sent, SECRET)).isTrue();
    }
  }

  @Test
  void theSameSeedLosesTheSame() throws InterruptedException {
    shop.stripe.failDeliveries(DeliveryFaults.NONE.droppingPercent(50));
    customers(20);
    idle();

    try (Receiver other = new Receiver();
        Shop again = new Shop()) {
      again.stripe.createWebhookEndpoint(other.url(), Optional.of(SECRET), Optional.empty());
      again.control("POST", "faults", "{\"delivery\":{\"dropPercent\":50}}");
      for (int i = 0; i < 20; i++) {
        again.customer();
      }
      assertThat(again.stripe.idle(Duration.ofSeconds(20))).isTrue();
      assertThat(ids(other)).isNotEmpty().hasSizeLessThan(20).isEqualTo(ids(receiver));
    }
  }

  @Test
  void whatWasLostIsSentAgainOnRequest() throws InterruptedException {
    shop.control("POST", "faults", "{\"delivery\":{\"drop\":2}}");
    customers(3);
    idle();
    assertThat(ids(receiver)).isEqualTo(generated().subList(2, 3));

    shop.control("POST", "deliveries/resend", "");
    idle();

    assertThat(ids(receiver)).containsExactlyInAnyOrderElementsOf(generated());
    assertThat(Shop.ids(shop.ok(shop.get("/v1/events?delivery_success=false")))).isEmpty();
  }

  @Test
  void whatIsHeldArrivesWhenItIsReleasedAndNotBefore() throws InterruptedException {
    shop.control("POST", "faults", "{\"delivery\":{\"hold\":true}}");
    customers(3);
    idle();
    assertThat(receiver.received()).isEmpty();

    shop.control("POST", "deliveries/release", "");
    idle();
    assertThat(ids(receiver)).isEqualTo(generated());

    customers(1);
    idle();
    assertThat(receiver.received()).hasSize(3);
    shop.stripe.releaseDeliveries();
    idle();
    assertThat(receiver.received()).hasSize(4);
  }

  @Test
  void endingTheFaultsLetsGoWhatIsHeld() throws InterruptedException {
    shop.stripe.failDeliveries(DeliveryFaults.NONE.held());
    customers(2);

    shop.control("DELETE", "faults", "");
    customers(1);
    idle();

    assertThat(ids(receiver)).isEqualTo(generated());
  }

  @Test
  void aWindowIsShuffledAcrossRequests() throws InterruptedException {
    shop.control("POST", "faults", "{\"delivery\":{\"window\":20}}");
    customers(19);
    idle();
    assertThat(receiver.received()).isEmpty();

    customers(1);
    idle();

    assertThat(ids(receiver)).containsExactlyInAnyOrderElementsOf(generated());
    assertThat(ids(receiver)).isNotEqualTo(generated());
  }

  @Test
  void aDelayedWebhookIsOvertakenByOneThatIsNot() throws InterruptedException {
    shop.control("POST", "faults", "{\"delivery\":{\"delay\":\"PT0.3S\"}}");
    customers(1);
    shop.stripe.failDeliveries(DeliveryFaults.NONE);
    customers(1);
    idle();

    List<String> overtaken = new ArrayList<>(generated());
    java.util.Collections.reverse(overtaken);
    assertThat(ids(receiver)).isEqualTo(overtaken);
  }

  @Test
  void aRolledSecretSignsAloneOnceTheTimeOfBothIsOver() throws Exception {
    JsonNode rolled = shop.control(
        "POST", "endpoints/" + endpoint, "{\"secret\":\"whsec_second\",\"bothFor\":\"PT24H\"}");
    assertThat(rolled.get("secrets")).hasSize(2);

    customers(1);
    idle();
    assertThat(signedWith(receiver.received().get(0), SECRET)).isTrue();
    assertThat(signedWith(receiver.received().get(0), "whsec_second")).isTrue();

    shop.advance("PT24H");
    customers(1);
    idle();
    assertThat(signedWith(receiver.received().get(1), SECRET)).isFalse();
    assertThat(signedWith(receiver.received().get(1), "whsec_second")).isTrue();
    assertThat(shop.stripe.secretsOf(endpoint)).containsExactly("whsec_second");
  }

  @Test
  void aSecretCanBeReplacedAtOnce() throws Exception {
    shop.stripe.rollSecret(endpoint, "whsec_second", Duration.ZERO);

    customers(1);
    idle();

    assertThat(signedWith(receiver.received().get(0), SECRET)).isFalse();
    assertThat(signedWith(receiver.received().get(0), "whsec_second")).isTrue();
  }

  @Test
  void anEndpointIsRetriedByItsOwnScheduleAndThenGivenUp() throws InterruptedException {
    try (Receiver other = new Receiver()) {
      String second = shop.stripe.createWebhookEndpoint(other.url());
      JsonNode answer =
          shop.control("POST", "endpoints/" + endpoint, "{\"retries\":[\"PT0.01S\",\"PT0.02S\"]}");
      assertThat(answer.get("retries")).hasSize(2);
      shop.stripe.retryAfter(second, List.of());
      receiver.answerNext(500, 500, 500);
      other.answerNext(500);

      customers(1);
      idle();

      assertThat(receiver.received()).hasSize(3);
      assertThat(other.received()).hasSize(1);
      assertThat(shop.stripe.deliveries())
          .filteredOn(DeliveryAttempt::gaveUp)
          .extracting(DeliveryAttempt::endpoint, DeliveryAttempt::attempt)
          .containsExactlyInAnyOrder(
              org.assertj.core.groups.Tuple.tuple(endpoint, 3),
              org.assertj.core.groups.Tuple.tuple(second, 1));
      assertThat(shop.control("GET", "deliveries", "").get("data"))
          .filteredOn(attempt -> attempt.get("gaveUp").asBoolean())
          .hasSize(2);
      assertThat(Shop.ids(shop.ok(shop.get("/v1/events?delivery_success=false"))))
          .hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"delivery\":{\"dropPercent\":101}}",
        "{\"delivery\":{\"drop\":-1}}",
        "{\"delivery\":{\"delay\":\"soon\"}}",
        "{\"delivery\":{\"delay\":\"-PT1S\"}}",
        "{\"delivery\":{\"suffle\":true}}"
      })
  void whatIsNoFaultIsRefusedAndChangesNothing(String body) throws InterruptedException {
    assertThat(shop.control("POST", "faults", body).has("error")).isTrue();

    customers(1);
    idle();
    assertThat(receiver.received()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"retries\":[\"often\"]}",
        "{\"retries\":[\"-PT1S\"]}",
        "{\"secret\":\"whsec_x\",\"bothFor\":\"-PT1S\"}",
        "{\"secrets\":\"whsec_x\"}"
      })
  void whatAnEndpointCanNotBecomeIsRefused(String body) {
    assertThat(shop.control("POST", "endpoints/" + endpoint, body).has("error")).isTrue();
    assertThat(shop.stripe.secretsOf(endpoint)).containsExactly(SECRET);
  }

  @Test
  void anEndpointThatIsNotThereIsSaidToBeMissing() {
    assertThat(shop.control("POST", "endpoints/we_none", "{\"retries\":[]}")
            .get("error")
            .asText())
        .contains("we_none");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> shop.stripe.rollSecret("we_none", "whsec_x"))
        .withMessageContaining("we_none");
  }
}
