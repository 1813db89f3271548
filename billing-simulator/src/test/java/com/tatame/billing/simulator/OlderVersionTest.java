package com.tatame.billing.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.simulator.Receiver.Received;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The same story, delivered to endpoints of different API versions. */
class OlderVersionTest {
  private final Receiver preBasil = new Receiver();
  private final Receiver clover = new Receiver();
  private final Receiver dahlia = new Receiver();
  private final Shop shop = new Shop();

  @AfterEach
  void close() {
    shop.close();
    preBasil.close();
    clover.close();
    dahlia.close();
  }

  private void tellTheStory() throws InterruptedException {
    shop.stripe.createWebhookEndpoint(preBasil.url(), Optional.empty(), Optional.of("2024-06-20"));
    shop.stripe.createWebhookEndpoint(
        clover.url(), Optional.empty(), Optional.of("2025-09-30.clover"));
    shop.stripe.createWebhookEndpoint(dahlia.url());
    shop.subscribe(shop.price(999, "month"), Shop.PAYS);
    shop.goTo("2026-02-01T01:00:00Z");
    assertThat(shop.stripe.idle(Duration.ofSeconds(20))).isTrue();
  }

  private static JsonNode last(Receiver receiver, String type) {
    return receiver.received().stream()
        .filter(sent -> sent.type().equals(type))
        .reduce((first, second) -> second)
        .map(Received::json)
        .orElseThrow();
  }

  @Test
  void beforeBasilThePeriodStandsOnTheSubscription() throws InterruptedException {
    tellTheStory();

    JsonNode old = last(preBasil, "customer.subscription.updated");
    JsonNode recent = last(dahlia, "customer.subscription.updated");

    assertThat(old.get("api_version").asText()).isEqualTo("2024-06-20");
    assertThat(old.get("id")).isEqualTo(recent.get("id"));
    JsonNode subscription = old.at("/data/object");
    assertThat(subscription.get("current_period_end"))
        .isEqualTo(recent.at("/data/object/items/data/0/current_period_end"));
    assertThat(subscription.at("/items/data/0").has("current_period_end")).isFalse();
    assertThat(subscription.has("billing_mode")).isFalse();
    assertThat(subscription.at("/plan/amount").asInt()).isEqualTo(999);
    assertThat(subscription.has("discount")).isTrue();
    assertThat(old.at("/data/previous_attributes").fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("current_period_end", "current_period_start", "latest_invoice");
    assertThat(recent.at("/data/object").has("current_period_end")).isFalse();
  }

  @Test
  void beforeBasilTheInvoiceNamesItsSubscriptionAndPayment() throws InterruptedException {
    tellTheStory();

    JsonNode invoice = last(preBasil, "invoice.paid").at("/data/object");
    JsonNode recent = last(dahlia, "invoice.paid").at("/data/object");

    assertThat(invoice.get("subscription"))
        .isEqualTo(recent.at("/parent/subscription_details/subscription"));
    assertThat(invoice.get("paid").asBoolean()).isTrue();
    assertThat(invoice.get("payment_intent").asText()).startsWith("pi_");
    assertThat(invoice.get("charge").asText()).startsWith("ch_");
    assertThat(invoice.at("/lines/data/0/price/unit_amount").asInt()).isEqualTo(999);
    assertThat(invoice.at("/lines/data/0/type").asText()).isEqualTo("subscription");
    assertThat(invoice.has("parent")).isFalse();
    assertThat(recent.has("subscription")).isFalse();
    assertThat(recent.at("/lines/data/0/pricing/price_details/price").asText())
        .startsWith("price_");
    assertThat(last(preBasil, "payment_intent.succeeded")
            .at("/data/object/invoice")
            .asText())
        .startsWith("in_");
    assertThat(preBasil.types()).doesNotContain("invoice_payment.paid");
    assertThat(dahlia.types()).contains("invoice_payment.paid");
  }

  @Test
  void betweenBasilAndDahliaOnlyTheNewFieldsAreMissing() throws InterruptedException {
    tellTheStory();

    JsonNode subscription = last(clover, "customer.subscription.updated").at("/data/object");
    assertThat(subscription.at("/billing_mode/type").asText()).isEqualTo("flexible");
    assertThat(subscription.has("billing_schedules")).isFalse();
    assertThat(subscription.at("/items/data/0").has("current_period_end")).isTrue();
    assertThat(last(clover, "invoice.paid").at("/data/object/lines/data/0").has("quantity_decimal"))
        .isFalse();
    assertThat(last(clover, "checkout.session.completed")
            .at("/data/object/ui_mode")
            .asText())
        .isEqualTo("hosted");
    assertThat(last(dahlia, "checkout.session.completed")
            .at("/data/object/ui_mode")
            .asText())
        .isEqualTo("hosted_page");
  }

  @Test
  void nothingInternalIsEverShown() throws InterruptedException {
    tellTheStory();

    for (Receiver receiver : new Receiver[] {preBasil, clover, dahlia}) {
      assertThat(receiver.received())
          .isNotEmpty()
          .noneMatch(sent -> sent.body().contains("_older"));
    }
  }

  @Test
  void aCallCanAskForAnOlderVersion() {
    JsonNode subscription = shop.subscribe(shop.price(999, "month"), Shop.PAYS);
    String path = "/v1/subscriptions/" + subscription.get("id").asText()
        + "?expand[]=latest_invoice.payment_intent";

    JsonNode old = shop.ok(shop.get(path, "Stripe-Version", "2024-06-20"));

    assertThat(old.has("current_period_end")).isTrue();
    assertThat(old.at("/latest_invoice/payment_intent/status").asText()).isEqualTo("succeeded");
    assertThat(shop.get(path, "Stripe-Version", "newest").status()).isEqualTo(400);
  }
}
