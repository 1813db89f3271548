package com.tatame.billing.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.simulator.engine.Settings;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens, in the order in which Stripe generates it. */
class EventSequenceTest {
  private static final List<String> PAYS_INVOICE = List.of(
      "payment_intent.created",
      "charge.succeeded",
      "payment_intent.succeeded",
      "invoice_payment.paid",
      "invoice.paid",
      "invoice.payment_succeeded");

  private Shop shop = new Shop();
  private final String price = shop.price(999, "month");

  @AfterEach
  void close() {
    shop.close();
  }

  @Test
  void checkoutWithACardThatPays() {
    shop.happened();

    shop.subscribe(price, Shop.PAYS);

    assertThat(shop.happened())
        .containsExactly(
            "customer.created",
            "payment_intent.created",
            "payment_method.attached",
            "charge.succeeded",
            "payment_intent.succeeded",
            "customer.subscription.created",
            "invoice.created",
            "invoice.finalized",
            "invoice.updated",
            "invoice_payment.paid",
            "invoice.paid",
            "invoice.payment_succeeded",
            "checkout.session.completed");
    assertThat(shop.lastEvent("customer.subscription.created")
            .at("/data/object/status")
            .asText())
        .isEqualTo("active");
    assertThat(shop.lastEvent("checkout.session.completed")
            .at("/data/object/payment_status")
            .asText())
        .isEqualTo("paid");
  }

  @Test
  void checkoutOfAKnownCustomerTellsItsNewCurrency() {
    String customer = shop.customer();
    shop.happened();

    shop.subscribe(price, Shop.PAYS, "customer=" + customer);

    assertThat(shop.happened()).doesNotContain("customer.created").contains("customer.updated");
    assertThat(
            shop.lastEvent("customer.updated").at("/data/previous_attributes").toString())
        .isEqualTo("{\"currency\":null}");
  }

  @Test
  void aDeclinedAttemptLeavesTheSessionOpenAndNoSubscription() {
    JsonNode session = shop.session(price);
    shop.happened();

    assertThat(shop.pay(session, "4000000000000002").statusCode()).isEqualTo(402);

    assertThat(shop.happened())
        .containsExactly(
            "payment_intent.created", "charge.failed", "payment_intent.payment_failed");
    assertThat(shop.ok(shop.get("/v1/subscriptions")).get("data")).isEmpty();
    assertThat(shop.pay(session, Shop.PAYS).statusCode()).isEqualTo(303);
    assertThat(shop.happened())
        .startsWith("customer.created", "payment_method.attached")
        .doesNotContain("payment_intent.created");
  }

  @Test
  void checkoutWithATrial() {
    shop.happened();

    JsonNode subscription =
        shop.subscribe(price, Shop.PAYS, "subscription_data[trial_period_days]=14");

    assertThat(shop.happened())
        .containsExactly(
            "customer.created",
            "setup_intent.created",
            "payment_method.attached",
            "setup_intent.succeeded",
            "customer.subscription.created",
            "invoice.created",
            "invoice.finalized",
            "invoice.paid",
            "invoice.payment_succeeded",
            "checkout.session.completed");
    assertThat(subscription.get("status").asText()).isEqualTo("trialing");
    assertThat(shop.latestInvoice(subscription).get("total").asLong()).isZero();
    assertThat(shop.lastEvent("checkout.session.completed")
            .at("/data/object/payment_status")
            .asText())
        .isEqualTo("no_payment_required");
  }

  @Test
  void theEndOfAShortTrialIsAnnouncedAtOnce() {
    shop.subscribe(price, Shop.PAYS, "subscription_data[trial_period_days]=2");

    assertThat(shop.happened())
        .endsWith("checkout.session.completed", "customer.subscription.trial_will_end");
  }

  @Test
  void theTrialEndsActiveAtOnceAndIsPaidAnHourLater() {
    JsonNode subscription =
        shop.subscribe(price, Shop.PAYS, "subscription_data[trial_period_days]=14");
    shop.happened();

    shop.advance("P11D");
    assertThat(shop.happened()).containsExactly("customer.subscription.trial_will_end");
    shop.advance("P3D");
    assertThat(shop.happened()).containsExactly("customer.subscription.updated", "invoice.created");
    assertThat(shop.subscription(subscription.get("id").asText()).get("status").asText())
        .isEqualTo("active");
    shop.advance("PT1H");
    assertThat(shop.happened())
        .startsWith("invoice.finalized")
        .endsWith(PAYS_INVOICE.toArray(new String[0]));
  }

  @Test
  void aRenewalTellsTheOldPeriodAndInvoice() {
    JsonNode subscription = shop.subscribe(price, Shop.PAYS);
    shop.happened();

    shop.advance("P32D");

    List<String> events = shop.happened();
    assertThat(events)
        .startsWith("customer.subscription.updated", "invoice.created", "invoice.finalized");
    assertThat(events.subList(3, events.size())).isEqualTo(PAYS_INVOICE);
    JsonNode previous =
        shop.lastEvent("customer.subscription.updated").at("/data/previous_attributes");
    assertThat(previous.fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("items", "latest_invoice");
    assertThat(previous.get("latest_invoice")).isEqualTo(subscription.get("latest_invoice"));
    assertThat(previous.at("/items/data")).isEqualTo(subscription.at("/items/data"));
    assertThat(shop.lastEvent("customer.subscription.updated")
            .get("request")
            .get("id")
            .isNull())
        .isTrue();
  }

  @Test
  void aFailedRenewalRetriesAndRecoversWithAnotherCard() {
    JsonNode subscription = shop.subscribe(price, Shop.FAILS_AT_RENEWAL);
    String id = subscription.get("id").asText();
    shop.happened();

    shop.goTo("2026-02-01T02:00:00Z");
    assertThat(shop.happened().subList(2, 10))
        .containsExactly(
            "invoice.finalized",
            "payment_intent.created",
            "charge.failed",
            "payment_intent.payment_failed",
            "invoice.payment_failed",
            "invoice.updated",
            "customer.subscription.updated",
            "customer.updated");
    JsonNode invoice = shop.latestInvoice(subscription);
    assertThat(invoice.get("attempt_count").asInt()).isEqualTo(1);
    assertThat(Shop.instant(invoice.get("next_payment_attempt"))).isEqualTo("2026-02-02T01:00:00Z");
    assertThat(shop.subscription(id).get("status").asText()).isEqualTo("past_due");

    shop.goTo("2026-02-02T01:00:00Z");
    assertThat(shop.happened())
        .containsExactly(
            "charge.failed",
            "payment_intent.payment_failed",
            "invoice.payment_failed",
            "invoice.updated");

    shop.ok(shop.post(
        "/v1/invoices/" + invoice.get("id").asText() + "/pay",
        List.of("payment_method=pm_card_visa")));
    assertThat(shop.happened())
        .containsExactly(
            "payment_method.attached",
            "charge.succeeded",
            "payment_intent.succeeded",
            "invoice_payment.paid",
            "invoice.paid",
            "invoice.payment_succeeded",
            "customer.subscription.updated",
            "customer.updated");
    assertThat(shop.subscription(id).get("status").asText()).isEqualTo("active");
  }

  @Test
  void theLastRetryCancels() {
    JsonNode subscription = shop.subscribe(price, Shop.FAILS_AT_RENEWAL);

    shop.goTo("2026-02-15T01:00:00Z");

    JsonNode canceled = shop.subscription(subscription.get("id").asText());
    assertThat(canceled.get("status").asText()).isEqualTo("canceled");
    assertThat(canceled.at("/cancellation_details/reason").asText()).isEqualTo("payment_failed");
    assertThat(shop.latestInvoice(subscription).get("attempt_count").asInt()).isEqualTo(9);
    assertThat(shop.latestInvoice(subscription).get("next_payment_attempt").isNull())
        .isTrue();
    assertThat(shop.happened())
        .endsWith(
            "invoice.payment_failed",
            "invoice.updated",
            "invoice.updated",
            "customer.subscription.deleted");
  }

  @Test
  void theLastRetryMayLeaveTheSubscriptionUnpaidWithDraftsOnly() {
    shop.close();
    shop = new Shop(StripeSimulator.builder().afterLastRetry(Settings.AfterLastRetry.MARK_UNPAID));
    JsonNode subscription = shop.subscribe(shop.price(999, "month"), Shop.FAILS_AT_RENEWAL);
    String id = subscription.get("id").asText();

    shop.goTo("2026-02-15T01:00:00Z");
    assertThat(shop.subscription(id).get("status").asText()).isEqualTo("unpaid");
    shop.goTo("2026-03-05T00:00:00Z");
    assertThat(shop.latestInvoice(subscription).get("status").asText()).isEqualTo("draft");
    assertThat(shop.latestInvoice(subscription).get("auto_advance").asBoolean()).isFalse();
  }

  @Test
  void aRenewalThatNeedsAuthenticationAsksForIt() {
    JsonNode session = shop.session(price);
    shop.pay(session, "4000002760003184");
    shop.submit(session.get("url").asText() + "/authenticate", List.of("answer=approve"));
    shop.happened();

    shop.goTo("2026-02-01T01:00:00Z");

    assertThat(shop.happened())
        .endsWith(
            "payment_intent.created",
            "payment_intent.requires_action",
            "invoice.payment_action_required",
            "invoice.payment_failed",
            "customer.subscription.updated");
  }

  @Test
  void cancellingNowOnlySaysDeleted() {
    JsonNode subscription = shop.subscribe(price, Shop.PAYS);
    shop.happened();

    JsonNode canceled =
        shop.ok(shop.delete("/v1/subscriptions/" + subscription.get("id").asText()));

    assertThat(shop.happened()).containsExactly("customer.subscription.deleted");
    assertThat(canceled.get("status").asText()).isEqualTo("canceled");
    assertThat(canceled.get("ended_at").asLong()).isEqualTo(shop.stripe.now().getEpochSecond());
  }

  @Test
  void cancellingAtThePeriodEndCanBeUndoneAndElseEndsThere() {
    JsonNode subscription = shop.subscribe(price, Shop.PAYS);
    String id = subscription.get("id").asText();
    shop.happened();

    JsonNode leaving = shop.update(subscription, "cancel_at_period_end=true");
    assertThat(leaving.get("cancel_at")).isEqualTo(leaving.at("/items/data/0/current_period_end"));
    assertThat(shop.lastEvent("customer.subscription.updated")
            .at("/data/previous_attributes")
            .toString())
        .isEqualTo("{\"cancel_at\":null,\"cancel_at_period_end\":false,\"canceled_at\":null,"
            + "\"cancellation_details\":{\"reason\":null}}");
    JsonNode staying = shop.update(subscription, "cancel_at_period_end=false");
    assertThat(staying.get("cancel_at").isNull()).isTrue();
    assertThat(staying.get("canceled_at").isNull()).isTrue();
    shop.update(subscription, "cancel_at_period_end=true");
    assertThat(shop.happened()).hasSize(3).containsOnly("customer.subscription.updated");

    shop.goTo("2026-02-01T00:00:00Z");
    assertThat(shop.happened()).containsExactly("customer.subscription.deleted");
    assertThat(shop.subscription(id).get("status").asText()).isEqualTo("canceled");
    shop.advance("P1Y");
    assertThat(shop.happened()).isEmpty();
  }

  @Test
  void anUpdateThatChangesNothingSaysNothing() {
    JsonNode subscription = shop.subscribe(price, Shop.PAYS, "subscription_data[metadata][a]=1");
    shop.happened();

    shop.update(subscription, "metadata[a]=1", "cancel_at_period_end=false");
    assertThat(shop.happened()).isEmpty();
    shop.update(subscription, "metadata[b]=2");
    assertThat(shop.lastEvent("customer.subscription.updated")
            .at("/data/previous_attributes")
            .toString())
        .isEqualTo("{\"metadata\":{\"b\":null}}");
  }

  @Test
  void pausedCollectionKeepsTheCycleAndVoidsItsInvoices() {
    JsonNode subscription = shop.subscribe(price, Shop.PAYS);
    shop.happened();

    shop.update(
        subscription,
        "pause_collection[behavior]=void",
        "pause_collection[resumes_at]=" + Instant.parse("2026-02-20T00:00:00Z").getEpochSecond());
    assertThat(shop.happened()).containsExactly("customer.subscription.updated");
    shop.goTo("2026-02-19T00:00:00Z");
    assertThat(shop.happened())
        .containsExactly(
            "customer.subscription.updated",
            "invoice.created",
            "invoice.finalized",
            "invoice.voided");
    shop.goTo("2026-02-20T00:00:00Z");
    assertThat(shop.happened()).containsExactly("customer.subscription.updated");
    assertThat(shop.subscription(subscription.get("id").asText())
            .get("pause_collection")
            .isNull())
        .isTrue();
  }

  @Test
  void aTrialWithoutACardCanPauseAndBeResumed() {
    JsonNode session = shop.session(
        price,
        "payment_method_collection=if_required",
        "subscription_data[trial_period_days]=14",
        "subscription_data[trial_settings][end_behavior][missing_payment_method]=pause");
    shop.submit(
        session.get("url").asText(),
        List.of("email=ada@example.com", "number=", "exp=", "cvc=", "name="));
    JsonNode done =
        shop.ok(shop.get("/v1/checkout/sessions/" + session.get("id").asText()));
    String id = done.get("subscription").asText();
    shop.happened();

    shop.advance("P20D");
    assertThat(shop.happened())
        .containsExactly("customer.subscription.trial_will_end", "customer.subscription.paused");
    assertThat(shop.subscription(id).get("status").asText()).isEqualTo("paused");

    JsonNode method = shop.ok(shop.post(
        "/v1/payment_methods/pm_card_visa/attach",
        List.of("customer=" + done.get("customer").asText())));
    shop.update(
        shop.subscription(id), "default_payment_method=" + method.get("id").asText());
    shop.happened();
    JsonNode resumed = shop.ok(shop.post("/v1/subscriptions/" + id + "/resume", List.of()));
    assertThat(resumed.get("status").asText()).isEqualTo("active");
    assertThat(resumed.get("billing_cycle_anchor").asLong())
        .isEqualTo(shop.stripe.now().getEpochSecond());
    assertThat(shop.happened())
        .startsWith("invoice.created", "invoice.finalized")
        .endsWith("customer.subscription.resumed", "customer.subscription.updated");
  }

  @Test
  void endingATrialNowBillsAtOnce() {
    JsonNode subscription =
        shop.subscribe(price, Shop.PAYS, "subscription_data[trial_period_days]=14");
    shop.happened();
    shop.advance("P5D");

    JsonNode active = shop.update(subscription, "trial_end=now");

    assertThat(active.get("status").asText()).isEqualTo("active");
    assertThat(active.get("billing_cycle_anchor").asLong())
        .isEqualTo(shop.stripe.now().getEpochSecond());
    assertThat(shop.happened())
        .startsWith("customer.subscription.updated", "invoice.created", "invoice.finalized")
        .endsWith("invoice.paid", "invoice.payment_succeeded");
  }

  @Test
  void anOpenSessionExpiresAfterADay() {
    JsonNode session = shop.session(price);
    shop.happened();

    shop.advance("P1D");

    assertThat(shop.happened()).containsExactly("checkout.session.expired");
    JsonNode expired =
        shop.ok(shop.get("/v1/checkout/sessions/" + session.get("id").asText()));
    assertThat(expired.get("status").asText()).isEqualTo("expired");
    assertThat(expired.get("url").isNull()).isTrue();
  }

  @Test
  void deletingACustomerEndsItsSubscriptionsAndItsOpenCheckouts() {
    JsonNode subscription = shop.subscribe(price, Shop.PAYS);
    String customer = subscription.get("customer").asText();
    shop.session(price, "customer=" + customer);
    shop.happened();

    shop.ok(shop.delete("/v1/customers/" + customer));

    assertThat(shop.happened())
        .containsExactly(
            "customer.subscription.deleted", "checkout.session.expired", "customer.deleted");
    assertThat(shop.ok(shop.get("/v1/customers/" + customer)).get("deleted").asBoolean())
        .isTrue();
    shop.advance("P2M");
    assertThat(shop.happened()).isEmpty();
  }
}
