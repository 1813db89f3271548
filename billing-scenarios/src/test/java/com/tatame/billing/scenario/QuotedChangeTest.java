package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.Billing;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.PaymentDeclined;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.money.Money;
import com.tatame.billing.payment.PaymentAction;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.subscription.Cancellation;
import com.tatame.billing.subscription.ChangePolicy;
import com.tatame.billing.subscription.ChangeRequest;
import com.tatame.billing.subscription.PauseBehavior;
import com.tatame.billing.subscription.Quote;
import com.tatame.billing.subscription.ScheduledChange;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionStatus;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.ProviderControl.Outage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a change was promised to cost is what it costs, or it is refused. */
class QuotedChangeTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final BillingWorld world = BillingWorld.builder().startAt(START).build();
  private final Shopper ada = Shopper.named("ada", world);

  @AfterEach
  void end() {
    world.close();
  }

  private static ChangeRequest to(String tier, ChangePolicy policy) {
    return new ChangeRequest(
        Optional.of(tier), Optional.empty(), Optional.empty(), Optional.empty(), policy);
  }

  private static ChangeRequest to(BillingInterval interval, ChangePolicy policy) {
    return new ChangeRequest(
        Optional.empty(), Optional.of(interval), Optional.empty(), Optional.empty(), policy);
  }

  private static ChangeRequest of(long quantity, ChangePolicy policy) {
    return new ChangeRequest(
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(quantity), policy);
  }

  /** Basic costs 5.00 a month, pro 15.00; the trial is over and half of 30 days are gone. */
  private Subscription halfOfTheMonthGone(String card) {
    Subscription trial = ada.buys("basic", card);
    world.advance(Duration.ofDays(14).plusHours(2));
    Subscription active = ada.newest();
    assertThat(active.status()).isIn(SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE);
    world.advance(Duration.between(world.engine().now(), Instant.parse("2026-01-30T12:00:00Z")));
    return trial;
  }

  private Quote quote(Subscription subscription, ChangeRequest request) {
    return world.billing().subscriptions().quote(ada.account(), subscription.id(), request);
  }

  private Subscription make(Subscription subscription, Quote quote) {
    return world.billing().subscriptions().change(ada.account(), subscription.id(), quote.id());
  }

  private Subscription make(Subscription subscription, ChangeRequest request) {
    return world.billing().subscriptions().change(ada.account(), subscription.id(), request);
  }

  private void assertStale(ThrowingCallable change) {
    long before = Charges.of(world, ada.customerId());
    assertThatThrownBy(change)
        .isInstanceOfSatisfying(Conflict.class, e -> assertThat(e.code()).isEqualTo("quote_stale"));
    assertThat(Charges.of(world, ada.customerId())).isEqualTo(before);
  }

  @Test
  void anUpgradeIsQuotedAndChargedToTheCent() {
    Subscription basic = halfOfTheMonthGone(Shopper.PAYS);
    long before = Charges.of(world, ada.customerId());

    Quote quote = quote(basic, to("pro", ChangePolicy.PRORATE));

    // 15.5 of 31 days are left.
    assertThat(quote.figures().lines())
        .extracting(line -> line.amount().amount())
        .containsExactly(-250L, 750L);
    assertThat(quote.figures().dueNow()).isEqualTo(new Money(500, "usd"));
    assertThat(quote.figures().nextInvoice()).contains(new Money(1500, "usd"));
    assertThat(quote.expiresAt()).isEqualTo(world.engine().now().plus(Duration.ofMinutes(10)));
    assertThat(Charges.of(world, ada.customerId())).isEqualTo(before);
    world.advance(Duration.ofMinutes(9));
    Subscription changed = make(basic, quote);
    assertThat(changed.tier()).contains("pro");
    assertThat(Charges.of(world, ada.customerId()) - before).isEqualTo(500);
    world.settle();
    assertThat(ada.tier()).isEqualTo("pro");
    assertThat(ada.may("sharing")).isTrue();
  }

  @Test
  void theQuotedDateIsSent() {
    Subscription basic = halfOfTheMonthGone(Shopper.PAYS);
    Quote quote = quote(basic, to("pro", ChangePolicy.PRORATE));
    world.advance(Duration.ofMinutes(1));

    make(basic, quote);

    assertThat(SimulatorReads.all(world, "/v1/invoiceitems", Map.of()))
        .extracting(item -> item.at("/period/start").asLong())
        .containsOnly(quote.createdAt().getEpochSecond());
  }

  @Test
  void aDoubleClickChargesOnce() {
    Subscription basic = halfOfTheMonthGone(Shopper.PAYS);
    Quote quote = quote(basic, to("pro", ChangePolicy.PRORATE));
    long before = Charges.of(world, ada.customerId());

    make(basic, quote);
    make(basic, quote);

    assertThat(Charges.of(world, ada.customerId()) - before).isEqualTo(500);
  }

  @Test
  void aUsedQuoteIsRefusedOnceSomethingElseWasMade() {
    Subscription basic = halfOfTheMonthGone(Shopper.PAYS);
    Quote first = quote(basic, of(2, ChangePolicy.NONE));
    make(basic, first);
    make(basic, of(1, ChangePolicy.NONE));

    assertStale(() -> make(basic, first));
  }

  @Test
  void anExpiredQuoteIsRefused() {
    Subscription basic = halfOfTheMonthGone(Shopper.PAYS);
    Quote quote = quote(basic, to("pro", ChangePolicy.PRORATE));
    world.advance(Duration.ofMinutes(10));

    assertStale(() -> make(basic, quote));
  }

  @Test
  void anotherChangeMakesItStale() {
    Subscription basic = halfOfTheMonthGone(Shopper.PAYS);
    Quote quote = quote(basic, to("pro", ChangePolicy.PRORATE));
    make(basic, of(3, ChangePolicy.NONE));

    assertStale(() -> make(basic, quote));
  }

  @Test
  void anArchivedPriceMakesItStale() {
    Subscription basic = halfOfTheMonthGone(Shopper.PAYS);
    Quote quote = quote(basic, to("pro", ChangePolicy.PRORATE));
    post("/v1/prices/" + quote.change().priceId(), Map.of("active", "false"));

    assertStale(() -> make(basic, quote));
  }

  @Test
  void aDiscountThatEndedMakesItStale() {
    Subscription basic = halfOfTheMonthGone(Shopper.PAYS);
    post("/v1/coupons", Map.of("id", "HALF", "percent_off", "50", "duration", "forever"));
    post("/v1/subscriptions/" + basic.id(), Map.of("discounts", List.of(Map.of("coupon", "HALF"))));
    Quote quote = quote(basic, to("pro", ChangePolicy.PRORATE));
    assertThat(quote.figures().dueNow().amount()).isEqualTo(375 - 250);
    post("/v1/subscriptions/" + basic.id(), Map.of("discounts", ""));

    assertStale(() -> make(basic, quote));
  }

  @Test
  void aPeriodThatEndedMakesItStale() {
    Subscription basic = halfOfTheMonthGone(Shopper.PAYS);
    world.advance(Duration.between(world.engine().now(), Instant.parse("2026-02-14T23:58:00Z")));
    Quote quote = quote(basic, to("pro", ChangePolicy.PRORATE));
    world.advance(Duration.ofMinutes(5));

    assertStale(() -> make(basic, quote));
  }

  @Test
  void aDeclinedChangeChangesNothingAndTheQuoteStaysGood() {
    Subscription basic = ada.buys("basic", Shopper.FAILS_AT_RENEWAL);
    make(basic, to(BillingInterval.YEARLY, ChangePolicy.NONE));
    ada.paysWhatIsOwed(basic);
    world.advance(Duration.ofDays(20));
    post(
        "/v1/subscriptions/" + basic.id(),
        Map.of("default_payment_method", card("pm_card_chargeCustomerFail")));
    world.settle();
    Quote quote = quote(basic, to("pro", ChangePolicy.PRORATE));
    assertThat(quote.figures().dueNow().amount()).isPositive();

    assertThatThrownBy(() -> make(basic, quote)).isInstanceOf(PaymentDeclined.class);

    assertThat(ada.newest().tier()).contains("basic");
    long before = Charges.of(world, ada.customerId());
    post("/v1/subscriptions/" + basic.id(), Map.of("default_payment_method", card("pm_card_visa")));
    assertThat(make(basic, quote).tier()).contains("pro");
    assertThat(Charges.of(world, ada.customerId()) - before)
        .isEqualTo(quote.figures().dueNow().amount());
  }

  private String card(String readyMade) {
    return SimulatorReads.call(
            world,
            Request.of(
                "POST",
                "/v1/payment_methods/" + readyMade + "/attach",
                Map.of("customer", ada.customerId())))
        .required("id")
        .asText();
  }

  private void post(String path, Map<String, Object> parameters) {
    SimulatorReads.call(world, Request.of("POST", path, parameters));
  }

  @Test
  void aLostAnswerIsFoundAgainAndNotChargedTwice() {
    Subscription basic = halfOfTheMonthGone(Shopper.PAYS);
    Quote quote = quote(basic, to("pro", ChangePolicy.PRORATE));
    long before = Charges.of(world, ada.customerId());
    world.provider().fail(Outage.ANSWER_LOST, 40);
    assertThatThrownBy(() -> make(basic, quote)).isInstanceOf(BillingException.class);
    world.provider().recover();

    Subscription changed = make(basic, quote);

    assertThat(changed.tier()).contains("pro");
    assertThat(Charges.of(world, ada.customerId()) - before).isEqualTo(500);
  }

  @Test
  void anotherNodeCannotChargeAgain() {
    Subscription basic = halfOfTheMonthGone(Shopper.PAYS);
    Quote quote = quote(basic, to("pro", ChangePolicy.PRORATE));
    long before = Charges.of(world, ada.customerId());
    make(basic, quote);
    try (Billing other = world.program(world.store(), world.gateway())) {
      other.subscriptions().change(ada.account(), basic.id(), quote.id());
    }

    assertThat(Charges.of(world, ada.customerId()) - before).isEqualTo(500);
  }

  @Test
  void aDowngradeWithCreditIsDueNothing() {
    ada.buys("pro", Shopper.PAYS);
    world.advance(Duration.ofDays(55));
    Subscription pro = ada.newest();

    Quote quote = quote(pro, to("basic", ChangePolicy.PRORATE));

    assertThat(quote.figures().dueNow().amount()).isZero();
    assertThat(quote.figures().nextInvoice().orElseThrow().amount()).isLessThan(500);
    make(pro, quote);
    world.advance(Duration.ofDays(10));
    assertThat(Charges.last(world, ada.customerId()))
        .isEqualTo(quote.figures().nextInvoice().orElseThrow().amount());
  }

  @Test
  void aDowngradeCanWaitForTheRenewal() {
    ada.buys("pro", Shopper.PAYS);
    world.advance(Duration.ofDays(40));
    Subscription pro = ada.newest();
    Quote quote = quote(pro, to("basic", ChangePolicy.AT_RENEWAL));
    assertThat(quote.figures().dueNow().amount()).isZero();
    assertThat(quote.figures().nextInvoice()).contains(new Money(500, "usd"));

    Subscription same = make(pro, quote);

    assertThat(same.tier()).contains("pro");
    assertThat(planned(pro)).hasValueSatisfying(change -> {
      assertThat(change.tier()).contains("basic");
      assertThat(change.interval()).contains(BillingInterval.MONTHLY);
      assertThat(change.at()).isEqualTo(pro.currentPeriodEnd());
    });
    world.advance(Duration.ofDays(32));
    assertThat(ada.newest().tier()).contains("basic");
    assertThat(planned(ada.newest())).isEmpty();
    assertThat(ada.may("sharing")).isFalse();
  }

  private Optional<ScheduledChange> planned(Subscription subscription) {
    return world.billing().subscriptions().show(ada.account(), subscription).scheduledChange();
  }

  @Test
  void stayingWithThePresentPlanTakesBackWhatWasScheduled() {
    ada.buys("pro", Shopper.PAYS);
    world.advance(Duration.ofDays(40));
    Subscription pro = ada.newest();
    make(pro, to("basic", ChangePolicy.AT_RENEWAL));

    make(pro, to("pro", ChangePolicy.NONE));

    assertThat(planned(pro)).isEmpty();
    world.advance(Duration.ofDays(32));
    assertThat(ada.newest().tier()).contains("pro");
  }

  @Test
  void whatIsScheduledDoesNotStandInTheWayOfAnEnd() {
    ada.buys("pro", Shopper.PAYS);
    world.advance(Duration.ofDays(40));
    Subscription pro = ada.newest();
    make(pro, to("basic", ChangePolicy.AT_RENEWAL));

    Subscription ending = world
        .billing()
        .subscriptions()
        .cancel(ada.account(), pro.id(), Cancellation.PERIOD_END, Optional.empty());

    assertThat(ending.cancelAtPeriodEnd()).isTrue();
    assertThatThrownBy(() -> make(pro, to("basic", ChangePolicy.AT_RENEWAL)))
        .isInstanceOf(Conflict.class);
    world.advance(Duration.ofDays(32));
    assertThat(ada.newest().status()).isEqualTo(SubscriptionStatus.CANCELED);
  }

  @Test
  void aYearBeginsAtOnce() {
    Subscription basic = halfOfTheMonthGone(Shopper.PAYS);

    Quote quote = quote(basic, to(BillingInterval.YEARLY, ChangePolicy.PRORATE));
    Subscription yearly = make(basic, quote);

    assertThat(quote.figures().dueNow()).isEqualTo(new Money(5000 - 250, "usd"));
    assertThat(quote.figures().nextInvoice()).contains(new Money(5000, "usd"));
    assertThat(yearly.interval()).contains(BillingInterval.YEARLY);
    assertThat(yearly.currentPeriodStart()).isEqualTo(world.engine().now());
  }

  @Test
  void duringATrialNothingIsDue() {
    Subscription trial = ada.buys("basic", Shopper.PAYS);

    Quote quote = quote(trial, to("pro", ChangePolicy.PRORATE));

    assertThat(quote.figures().dueNow()).isEqualTo(new Money(0, "usd"));
    assertThat(quote.figures().nextInvoice()).contains(new Money(1500, "usd"));
    assertThat(make(trial, quote).status()).isEqualTo(SubscriptionStatus.TRIALING);
  }

  @Test
  void aQuoteIsItsAccountsAlone() {
    Subscription basic = halfOfTheMonthGone(Shopper.PAYS);
    Quote quote = quote(basic, to("pro", ChangePolicy.PRORATE));
    Shopper eve = Shopper.named("eve", world);
    Subscription eves = eve.buys("basic", Shopper.PAYS);
    AccountId account = eve.account();

    assertThatThrownBy(
            () -> world.billing().subscriptions().change(account, basic.id(), quote.id()))
        .isInstanceOf(NotFound.class);
    assertThatThrownBy(() -> world.billing().subscriptions().change(account, eves.id(), quote.id()))
        .isInstanceOf(NotFound.class);
  }

  @Test
  void whatCanNotBeSoldIsRefusedByName() {
    Subscription basic = halfOfTheMonthGone(Shopper.PAYS);

    assertThatThrownBy(() -> quote(basic, to("gold", ChangePolicy.PRORATE)))
        .isInstanceOf(ValidationFailed.class)
        .hasMessageContaining("tier");
    assertThatThrownBy(() -> quote(basic, to("free", ChangePolicy.PRORATE)))
        .isInstanceOf(ValidationFailed.class);
    assertThatThrownBy(() -> of(0, ChangePolicy.NONE)).hasMessageContaining("quantity");
  }

  @Test
  void whatTheBankMustConfirmIsAskedForAndIsNoFailure() {
    Subscription basic = buysWithQuestions("basic");
    world.advance(Duration.ofDays(20));
    // The renewal after the trial asked as well, and was paid by other means.
    assertThat(action(ada.newest())).contains(PaymentAction.Type.REQUIRES_ACTION);
    assertThat(ada.newest().status()).isEqualTo(SubscriptionStatus.PAST_DUE);
    assertThat(ada.tier()).isEqualTo("basic");
    ada.paysWhatIsOwed(basic);
    world.settle();
    post(
        "/v1/subscriptions/" + basic.id(),
        Map.of("default_payment_method", card("pm_card_authenticationRequired")));
    world.settle();
    assertThat(action(ada.newest())).isEmpty();
    Quote quote = quote(ada.newest(), to("pro", ChangePolicy.PRORATE));
    long before = Charges.of(world, ada.customerId());

    Subscription waiting = make(basic, quote);

    assertThat(waiting.tier()).contains("basic");
    assertThat(waiting.status()).isEqualTo(SubscriptionStatus.ACTIVE);
    assertThat(action(waiting)).contains(PaymentAction.Type.REQUIRES_ACTION);
    assertThat(Charges.of(world, ada.customerId())).isEqualTo(before);
    ada.paysWhatIsOwed(basic);
    world.settle();
    assertThat(ada.newest().tier()).contains("pro");
    assertThat(action(ada.newest())).isEmpty();
    assertThat(Charges.of(world, ada.customerId()) - before)
        .isEqualTo(quote.figures().dueNow().amount());
  }

  private Subscription buysWithQuestions(String tier) {
    CheckoutSession session = ada.opens(tier);
    assertThat(world.provider().pay(session.id(), "4000002760003184")).isFalse();
    assertThat(world.provider().confirm(session.id())).isTrue();
    world.settle();
    return ada.newest();
  }

  private Optional<PaymentAction.Type> action(Subscription subscription) {
    return world
        .billing()
        .subscriptions()
        .show(ada.account(), subscription)
        .paymentAction()
        .map(PaymentAction::type);
  }

  @Test
  void aPausedCollectionStillEntitles() {
    Subscription basic = halfOfTheMonthGone(Shopper.PAYS);
    long before = Charges.of(world, ada.customerId());

    Subscription paused = world
        .billing()
        .subscriptions()
        .pause(ada.account(), basic.id(), PauseBehavior.VOID, Optional.empty());

    assertThat(paused.collectionPaused()).isPresent();
    world.advance(Duration.ofDays(40));
    assertThat(Charges.of(world, ada.customerId())).isEqualTo(before);
    assertThat(ada.tier()).isEqualTo("basic");
    world.billing().subscriptions().unpause(ada.account(), basic.id());
    world.advance(Duration.ofDays(32));
    assertThat(Charges.of(world, ada.customerId()) - before).isEqualTo(500);
    assertThatThrownBy(() -> world
            .billing()
            .subscriptions()
            .pause(ada.account(), basic.id(), PauseBehavior.VOID, Optional.of(START)))
        .hasMessageContaining("resumesAt");
  }
}
