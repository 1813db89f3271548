package com.tatame.billing.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.stripe.exception.SignatureVerificationException;
import com.stripe.net.Webhook;
import com.tatame.billing.simulator.Receiver.Received;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Webhooks over a real socket: signed, in order, repeated until they are acknowledged. */
class WebhookDeliveryTest {
  private static final String SECRET = "whsec_first";
  private final Receiver receiver = new Receiver();
  private final Shop shop = new Shop(StripeSimulator.builder()
      .webhookRetries(List.of(Duration.ofMillis(20), Duration.ofMillis(40))));

  @AfterEach
  void close() {
    shop.close();
    receiver.close();
  }

  private void idle() throws InterruptedException {
    assertThat(shop.stripe.idle(Duration.ofSeconds(20))).isTrue();
  }

  @Test
  void eventsArriveInTheOrderOfTheirGenerationAndVerify() throws InterruptedException {
    shop.stripe.createWebhookEndpoint(receiver.url(), Optional.of(SECRET), Optional.empty());
    shop.subscribe(shop.price(999, "month"), Shop.PAYS);
    shop.advance("P2M");
    idle();

    assertThat(receiver.types()).isEqualTo(shop.happened());
    for (Received sent : receiver.received()) {
      assertThatCode(() -> Webhook.constructEvent(sent.body(), sent.signature(), SECRET))
          .doesNotThrowAnyException();
      assertThat(sent.json().get("pending_webhooks").asInt()).isEqualTo(1);
      assertThat(sent.json().get("livemode").asBoolean()).isFalse();
    }
    assertThat(Shop.ids(shop.ok(shop.get("/v1/events?delivery_success=false")))).isEmpty();
  }

  @Test
  void anUnacknowledgedEventIsSentAgainWithTheSameBodyAndWithoutHoldingUpTheRest()
      throws InterruptedException {
    shop.stripe.createWebhookEndpoint(receiver.url());
    receiver.answerNext(500, 302);

    shop.price(999, "month");
    idle();

    assertThat(receiver.types().subList(0, 2)).containsExactly("product.created", "price.created");
    assertThat(receiver.received()).hasSize(4);
    Received first = receiver.received().get(0);
    assertThat(receiver.received().stream().filter(sent -> sent.body().equals(first.body())))
        .hasSize(2);
    assertThat(shop.stripe.deliveries().stream()
            .filter(attempt -> attempt.event().equals(first.json().get("id").asText())))
        .extracting(DeliveryAttempt::attempt)
        .containsExactly(1, 2);
  }

  @Test
  void afterTheLastRetryAnEventStaysUndelivered() throws InterruptedException {
    shop.stripe.createWebhookEndpoint(receiver.url());
    receiver.answerNext(500, 500, 500);

    shop.customer();
    idle();

    assertThat(receiver.received()).hasSize(3);
    assertThat(Shop.ids(shop.ok(shop.get("/v1/events?delivery_success=false")))).hasSize(1);
    assertThat(shop.ok(shop.get("/v1/events")).at("/data/0/pending_webhooks").asInt())
        .isEqualTo(1);
  }

  @Test
  void anEndpointHearsOnlyWhatItAskedFor() throws InterruptedException {
    JsonNode endpoint = shop.ok(shop.post(
        "/v1/webhook_endpoints",
        List.of("url=" + receiver.url(), "enabled_events[0]=price.created")));
    assertThat(endpoint.get("secret").asText()).startsWith("whsec_");
    assertThat(shop.ok(shop.get("/v1/webhook_endpoints/" + endpoint.get("id").asText()))
            .has("secret"))
        .isFalse();

    shop.price(999, "month");
    idle();

    assertThat(receiver.types()).containsExactly("price.created");
  }

  @Test
  void whileASecretIsRolledBothSign() throws InterruptedException {
    String endpoint =
        shop.stripe.createWebhookEndpoint(receiver.url(), Optional.of(SECRET), Optional.empty());
    shop.stripe.rollSecret(endpoint, "whsec_second");

    shop.customer();
    idle();

    Received sent = receiver.received().get(0);
    for (String secret : List.of(SECRET, "whsec_second")) {
      assertThatCode(() -> Webhook.constructEvent(sent.body(), sent.signature(), secret))
          .doesNotThrowAnyException();
    }
    assertThatCode(() -> Webhook.constructEvent(sent.body(), sent.signature(), "whsec_other"))
        .isInstanceOf(SignatureVerificationException.class);
  }

  @Test
  void deliveriesCanBeDoubledDroppedAndShuffled() throws InterruptedException {
    shop.stripe.createWebhookEndpoint(receiver.url());
    String price = shop.price(999, "month");
    idle();
    shop.happened();
    int before = receiver.received().size();

    shop.control(
        "POST", "faults", "{\"delivery\":{\"duplicate\":true,\"drop\":1,\"shuffle\":true}}");
    shop.subscribe(price, Shop.PAYS);
    idle();

    List<String> arrived = receiver.types().subList(before, receiver.types().size());
    List<String> generated = shop.happened();
    assertThat(arrived).hasSize(2 * (generated.size() - 1));
    assertThat(new HashSet<>(arrived)).hasSizeGreaterThanOrEqualTo(generated.size() - 1);
    assertThat(List.copyOf(new java.util.LinkedHashSet<>(arrived)))
        .isNotEqualTo(generated.subList(1, generated.size()));
    assertThat(Shop.ids(shop.ok(shop.get("/v1/events?delivery_success=false")))).hasSize(1);
  }
}
