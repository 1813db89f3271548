package com.tatame.billing.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Another price, another quantity, another interval: what is billed, when, and what is said of it. */
class SubscriptionChangeTest {
  private static final String ASKS_ALWAYS = "4000002760003184";
  private static final String[] AT_ONCE = {"proration_behavior=always_invoice"};
  private static final List<String> PAID_AT_ONCE = List.of(
      "invoiceitem.created",
      "invoiceitem.created",
      "customer.subscription.updated",
      "invoice.created",
      "invoice.finalized",
      "payment_intent.created",
      "charge.succeeded",
      "payment_intent.succeeded",
      "invoice_payment.paid",
      "invoice.paid",
      "invoice.payment_succeeded",
      "customer.subscription.updated");

  private final Shop shop = Shop.openedAt("2026-04-01T00:00:00Z");
  private final String ten = shop.price(1000, "month");
  private final String twenty = shop.price(2000, "month");
  private final String yearly = shop.price(10000, "year");

  @AfterEach
  void close() {
    shop.close();
  }

  private static String[] to(String price, JsonNode subscription, String... more) {
    List<String> parameters = new ArrayList<>(List.of(more));
    parameters.add("items[0][id]=" + subscription.at("/items/data/0/id").asText());
    parameters.add("items[0][price]=" + price);
    return parameters.toArray(String[]::new);
  }

  private static String[] wouldBe(String... parameters) {
    String[] details = new String[parameters.length];
    for (int i = 0; i < parameters.length; i++) {
      int end = parameters[i].indexOf(parameters[i].contains("[0]") ? '[' : '=');
      details[i] = "subscription_details[" + parameters[i].substring(0, end) + "]"
          + parameters[i].substring(end);
    }
    return details;
  }

  private JsonNode read(JsonNode subscription) {
    return shop.subscription(subscription.get("id").asText());
  }

  private Shop.Reply tryTo(JsonNode subscription, String... parameters) {
    return shop.post("/v1/subscriptions/" + subscription.get("id").asText(), List.of(parameters));
  }

  private long balance(JsonNode subscription) {
    return shop.ok(shop.get("/v1/customers/" + subscription.get("customer").asText()))
        .get("balance")
        .asLong();
  }

  private static List<Long> amounts(JsonNode invoice) {
    List<Long> amounts = new ArrayList<>();
    invoice.at("/lines/data").forEach(line -> amounts.add(line.get("amount").asLong()));
    return amounts;
  }

  @Test
  void anUpgradeIsChargedAtOnceIfAsked() {
    JsonNode subscription = shop.subscribe(ten, Shop.PAYS);
    shop.goTo("2026-04-16T00:00:00Z");
    shop.happened();

    JsonNode updated = shop.update(subscription, to(twenty, subscription, AT_ONCE));

    assertThat(shop.happened()).isEqualTo(PAID_AT_ONCE);
    JsonNode invoice = shop.latestInvoice(updated);
    assertThat(amounts(invoice)).containsExactly(-500L, 1000L);
    assertThat(invoice.get("amount_paid").asLong()).isEqualTo(500);
    assertThat(invoice.get("billing_reason").asText()).isEqualTo("subscription_update");
    assertThat(invoice.at("/lines/data/0/description").asText())
        .isEqualTo("Unused time on Basic after 16 Apr 2026");
    assertThat(invoice.at("/lines/data/1/description").asText())
        .isEqualTo("Remaining time on Basic after 16 Apr 2026");
    assertThat(updated.at("/items/data/0/id")).isEqualTo(subscription.at("/items/data/0/id"));
  }

  @Test
  void theEventsTellTheOldItemsAndThenTheOldInvoice() {
    JsonNode subscription = shop.subscribe(ten, Shop.PAYS);
    shop.update(subscription, to(twenty, subscription, AT_ONCE));

    List<JsonNode> updates = shop.stripe.events().stream()
        .filter(event -> event.get("type").asText().equals("customer.subscription.updated"))
        .map(event -> event.at("/data/previous_attributes"))
        .toList();

    assertThat(updates).hasSize(2);
    assertThat(updates.get(0).fieldNames()).toIterable().containsExactly("items");
    assertThat(updates.get(0).at("/items/data"))
        .hasToString(subscription.at("/items/data").toString());
    assertThat(updates.get(1).fieldNames()).toIterable().containsExactly("latest_invoice");
  }

  @Test
  void otherwiseItWaitsForTheRenewal() {
    JsonNode subscription = shop.subscribe(ten, Shop.PAYS);
    shop.goTo("2026-04-16T00:00:00Z");
    shop.happened();

    shop.update(subscription, to(twenty, subscription));

    assertThat(shop.happened())
        .containsExactly(
            "invoiceitem.created", "invoiceitem.created", "customer.subscription.updated");
    JsonNode next = shop.preview(subscription);
    shop.goTo("2026-05-01T01:00:00Z");
    JsonNode invoice = shop.latestInvoice(subscription);
    assertThat(amounts(invoice)).containsExactly(-500L, 1000L, 2000L);
    assertThat(amounts(next)).isEqualTo(amounts(invoice));
    assertThat(invoice.get("amount_paid").asLong()).isEqualTo(2500);
    shop.goTo("2026-06-01T01:00:00Z");
    assertThat(amounts(shop.latestInvoice(subscription))).containsExactly(2000L);
  }

  @Test
  void noProrationMeansNone() {
    JsonNode subscription = shop.subscribe(ten, Shop.PAYS);
    shop.goTo("2026-04-16T00:00:00Z");
    shop.happened();

    shop.update(subscription, to(twenty, subscription, "proration_behavior=none"));

    assertThat(shop.happened()).containsExactly("customer.subscription.updated");
    assertThat(amounts(shop.preview(subscription))).containsExactly(2000L);
  }

  @Test
  void aCreditIsWhatWasDebitedAndNotWhatThePriceSays() {
    JsonNode subscription = shop.subscribe(ten, Shop.PAYS);
    shop.update(subscription, to(twenty, subscription, "proration_behavior=none"));
    shop.goTo("2026-04-16T00:00:00Z");

    JsonNode back = shop.update(subscription, to(ten, subscription, AT_ONCE));

    assertThat(amounts(shop.latestInvoice(back))).containsExactly(-500L, 500L);
  }

  @Test
  void aDowngradeLeavesACreditThatTheNextInvoicesUse() {
    JsonNode subscription = shop.subscribe(twenty, Shop.PAYS);
    shop.goTo("2026-04-16T00:00:00Z");
    shop.happened();

    JsonNode updated = shop.update(subscription, to(ten, subscription, AT_ONCE));

    JsonNode invoice = shop.latestInvoice(updated);
    assertThat(invoice.get("total").asLong()).isEqualTo(-500);
    assertThat(invoice.get("amount_due").asLong()).isZero();
    assertThat(invoice.get("status").asText()).isEqualTo("paid");
    assertThat(balance(subscription)).isEqualTo(-500);
    assertThat(shop.happened())
        .containsExactly(
            "invoiceitem.created",
            "invoiceitem.created",
            "customer.subscription.updated",
            "invoice.created",
            "invoice.finalized",
            "customer.updated",
            "invoice.paid",
            "invoice.payment_succeeded",
            "customer.subscription.updated");
    assertThat(shop.preview(subscription).get("amount_due").asLong()).isEqualTo(500);
    shop.goTo("2026-05-01T01:00:00Z");
    JsonNode renewal = shop.latestInvoice(subscription);
    assertThat(renewal.get("starting_balance").asLong()).isEqualTo(-500);
    assertThat(renewal.get("ending_balance").asLong()).isZero();
    assertThat(renewal.get("amount_paid").asLong()).isEqualTo(500);
    assertThat(balance(subscription)).isZero();
  }

  @Test
  void whatIsTooLittleToChargeIsOwedOnTheBalance() {
    JsonNode subscription = shop.subscribe(ten, Shop.PAYS);
    shop.goTo("2026-04-30T00:00:00Z");

    JsonNode updated = shop.update(subscription, to(twenty, subscription, AT_ONCE));

    JsonNode invoice = shop.latestInvoice(updated);
    assertThat(invoice.get("total").asLong()).isEqualTo(34);
    assertThat(invoice.get("amount_due").asLong()).isZero();
    assertThat(balance(subscription)).isEqualTo(34);
    shop.goTo("2026-05-01T01:00:00Z");
    assertThat(shop.latestInvoice(subscription).get("amount_paid").asLong()).isEqualTo(2034);
  }

  @Test
  void anotherIntervalBeginsANewCycleAndIsPaidAtOnce() {
    JsonNode subscription = shop.subscribe(ten, Shop.PAYS);
    shop.goTo("2026-04-16T00:00:00Z");
    shop.happened();
    JsonNode preview = shop.preview(subscription, wouldBe(to(yearly, subscription)));

    JsonNode updated = shop.update(subscription, to(yearly, subscription));

    assertThat(shop.happened()).startsWith("invoiceitem.created", "customer.subscription.updated");
    assertThat(Shop.instant(updated.get("billing_cycle_anchor"))).isEqualTo("2026-04-16T00:00:00Z");
    assertThat(Shop.instant(updated.at("/items/data/0/current_period_end")))
        .isEqualTo("2027-04-16T00:00:00Z");
    JsonNode invoice = shop.latestInvoice(updated);
    assertThat(amounts(invoice)).containsExactly(-500L, 10000L).isEqualTo(amounts(preview));
    assertThat(invoice.get("amount_paid").asLong()).isEqualTo(9500);
    shop.goTo("2026-05-02T00:00:00Z");
    assertThat(read(subscription).get("latest_invoice")).isEqualTo(updated.get("latest_invoice"));
  }

  @Test
  void theAnchorCanBeMovedToNow() {
    JsonNode subscription = shop.subscribe(ten, Shop.PAYS);
    shop.goTo("2026-04-16T00:00:00Z");

    JsonNode updated = shop.update(subscription, "billing_cycle_anchor=now");

    assertThat(amounts(shop.latestInvoice(updated))).containsExactly(-500L, 1000L);
    assertThat(Shop.instant(updated.at("/items/data/0/current_period_end")))
        .isEqualTo("2026-05-16T00:00:00Z");
  }

  @Test
  void thePreviewedDateIsHeldAMinuteLater() {
    JsonNode subscription = shop.subscribe(ten, Shop.PAYS);
    shop.goTo("2026-04-16T00:00:00Z");
    String date = "proration_date=" + shop.stripe.now().getEpochSecond();
    String[] change = to(twenty, subscription, "proration_behavior=always_invoice", date);
    JsonNode preview = shop.preview(subscription, wouldBe(change));

    shop.goTo("2026-04-16T09:00:00Z");
    JsonNode updated = shop.update(subscription, change);

    assertThat(amounts(preview)).containsExactly(-500L, 1000L);
    assertThat(amounts(shop.latestInvoice(updated))).containsExactly(-500L, 1000L);
    assertThat(tryTo(subscription, to(ten, subscription, "proration_date=1")).param())
        .isEqualTo("proration_date");
  }

  @Test
  void aPreviewChangesNothingNotEvenTheIdsThatFollow() {
    JsonNode subscription = shop.subscribe(ten, Shop.PAYS);
    shop.happened();
    JsonNode first = shop.preview(subscription, wouldBe(to(yearly, subscription)));

    assertThat(shop.preview(subscription, wouldBe(to(yearly, subscription)))).isEqualTo(first);
    assertThat(shop.happened()).isEmpty();
    assertThat(read(subscription)).isEqualTo(subscription);
  }

  @Test
  void withoutItsIdASecondItemIsAdded() {
    JsonNode subscription = shop.subscribe(ten, Shop.PAYS);
    shop.goTo("2026-04-16T00:00:00Z");

    JsonNode both =
        shop.update(subscription, "items[0][price]=" + twenty, "items[0][quantity]=2", AT_ONCE[0]);

    assertThat(both.at("/items/data")).hasSize(2);
    assertThat(amounts(shop.latestInvoice(both))).containsExactly(2000L);
    assertThat(tryTo(subscription, "items[0][price]=" + twenty).status()).isEqualTo(400);
    JsonNode one = shop.update(
        both,
        "items[0][id]=" + both.at("/items/data/1/id").asText(),
        "items[0][deleted]=true",
        AT_ONCE[0]);
    assertThat(amounts(shop.latestInvoice(one))).containsExactly(-2000L);
    assertThat(tryTo(
                one,
                "items[0][id]=" + one.at("/items/data/0/id").asText(),
                "items[0][deleted]=true")
            .status())
        .isEqualTo(400);
  }

  @Test
  void whatCannotBeSoldIsRefusedByName() {
    JsonNode subscription = shop.subscribe(ten, Shop.PAYS);
    shop.ok(shop.post("/v1/prices/" + twenty, List.of("active=false")));

    assertThat(tryTo(subscription, to(twenty, subscription)).param()).isEqualTo("items[0][price]");
    assertThat(tryTo(subscription, to("price_none", subscription)).status()).isEqualTo(404);
    assertThat(tryTo(subscription, "items[0][id]=si_none", "items[0][price]=" + ten)
            .param())
        .isEqualTo("items[0][id]");
    assertThat(tryTo(subscription, "items[0][id]=x", "items[0][nonsense]=1").errorCode())
        .isEqualTo("parameter_unknown");
    assertThat(read(subscription)).isEqualTo(subscription);
  }

  @Test
  void theSameAgainSaysNothing() {
    JsonNode subscription = shop.subscribe(ten, Shop.PAYS);
    shop.happened();

    shop.update(subscription, to(ten, subscription, AT_ONCE));

    assertThat(shop.happened()).isEmpty();
  }

  @Test
  void aTrialIsNotProrated() {
    JsonNode subscription =
        shop.subscribe(ten, Shop.PAYS, "subscription_data[trial_period_days]=14");
    shop.goTo("2026-04-08T00:00:00Z");
    shop.happened();

    shop.update(subscription, to(yearly, subscription, AT_ONCE));

    assertThat(shop.happened()).containsExactly("customer.subscription.updated");
    assertThat(amounts(shop.preview(subscription))).containsExactly(10000L);
    shop.goTo("2026-04-15T01:00:00Z");
    assertThat(amounts(shop.latestInvoice(subscription))).containsExactly(10000L);
  }

  @Test
  void aDeclineLeavesTheChangeAppliedAndPastDue() {
    JsonNode subscription = shop.subscribe(ten, Shop.FAILS_AT_RENEWAL);
    shop.goTo("2026-04-16T00:00:00Z");

    JsonNode updated = shop.update(subscription, to(twenty, subscription, AT_ONCE));

    assertThat(updated.get("status").asText()).isEqualTo("past_due");
    assertThat(updated.at("/items/data/0/price/id").asText()).isEqualTo(twenty);
  }

  @Test
  void aDeclineCanRefuseTheWholeChange() {
    JsonNode subscription = shop.subscribe(ten, Shop.FAILS_AT_RENEWAL);
    shop.goTo("2026-04-16T00:00:00Z");
    shop.happened();
    String[] change = to(twenty, subscription, AT_ONCE[0], "payment_behavior=error_if_incomplete");

    Shop.Reply refused = tryTo(subscription, change);

    assertThat(refused.status()).isEqualTo(402);
    assertThat(refused.json().at("/error/decline_code").asText()).isEqualTo("generic_decline");
    assertThat(shop.happened()).isEmpty();
    assertThat(read(subscription)).isEqualTo(subscription);
  }

  @Test
  void anUnpaidChangeCanWaitForItsPayment() {
    JsonNode subscription = subscribeWithQuestions();
    shop.goTo("2026-04-16T00:00:00Z");
    shop.happened();
    String[] refused = to(twenty, subscription, AT_ONCE[0], "payment_behavior=error_if_incomplete");
    assertThat(tryTo(subscription, refused).errorCode())
        .isEqualTo("subscription_payment_intent_requires_action");

    JsonNode pending = shop.update(
        subscription,
        to(twenty, subscription, AT_ONCE[0], "payment_behavior=pending_if_incomplete"));

    assertThat(pending.get("status").asText()).isEqualTo("active");
    assertThat(pending.at("/items/data/0/price/id").asText()).isEqualTo(ten);
    assertThat(pending.at("/pending_update/subscription_items/0/price/id").asText())
        .isEqualTo(twenty);
    assertThat(Shop.instant(pending.at("/pending_update/expires_at")))
        .isEqualTo("2026-04-16T23:00:00Z");
    assertThat(shop.happened())
        .containsExactly(
            "invoiceitem.created",
            "invoiceitem.created",
            "invoice.created",
            "invoice.finalized",
            "payment_intent.created",
            "payment_intent.requires_action",
            "invoice.payment_action_required",
            "invoice.payment_failed",
            "customer.subscription.updated");

    shop.ok(shop.post(
        "/v1/invoices/" + pending.get("latest_invoice").asText() + "/pay",
        List.of("payment_method=pm_card_visa")));

    JsonNode applied = read(subscription);
    assertThat(applied.at("/items/data/0/price/id").asText()).isEqualTo(twenty);
    assertThat(applied.get("pending_update").isNull()).isTrue();
    assertThat(shop.happened())
        .endsWith(
            "invoice.payment_succeeded",
            "customer.subscription.pending_update_applied",
            "customer.subscription.updated");
  }

  @Test
  void aPendingChangeThatIsNotPaidIsDropped() {
    JsonNode subscription = subscribeWithQuestions();
    shop.goTo("2026-04-16T00:00:00Z");
    shop.update(subscription, to(yearly, subscription, "payment_behavior=pending_if_incomplete"));
    shop.happened();

    shop.goTo("2026-04-16T23:00:00Z");

    assertThat(shop.happened())
        .containsExactly(
            "invoice.voided",
            "payment_intent.canceled",
            "customer.subscription.pending_update_expired",
            "customer.subscription.updated");
    JsonNode kept = read(subscription);
    assertThat(kept.at("/items/data")).isEqualTo(subscription.at("/items/data"));
    assertThat(tryTo(subscription, "payment_behavior=pending_if_incomplete", "metadata[a]=b")
            .param())
        .isEqualTo("metadata");
  }

  private JsonNode subscribeWithQuestions() {
    JsonNode session = shop.session(ten);
    shop.pay(session, ASKS_ALWAYS);
    shop.submit(session.get("url").asText() + "/authenticate", List.of("answer=approve"));
    JsonNode done =
        shop.ok(shop.get("/v1/checkout/sessions/" + session.get("id").asText()));
    return shop.subscription(done.get("subscription").asText());
  }

  @Test
  void anEndNowCanBePreviewedWithWhatItGivesBack() {
    JsonNode subscription = shop.subscribe(ten, Shop.PAYS);
    shop.goTo("2026-04-16T00:00:00Z");

    JsonNode preview = shop.preview(subscription, "subscription_details[cancel_now]=true");

    assertThat(amounts(preview)).containsExactly(-500L);
  }

  @Test
  void nothingComesAfterAnEnd() {
    JsonNode subscription = shop.subscribe(ten, Shop.PAYS);
    shop.update(subscription, "cancel_at_period_end=true");

    Shop.Reply none = shop.post(
        "/v1/invoices/create_preview",
        List.of("subscription=" + subscription.get("id").asText()));

    assertThat(none.status()).isEqualTo(404);
    assertThat(none.errorCode()).isEqualTo("invoice_upcoming_none");
  }
}
