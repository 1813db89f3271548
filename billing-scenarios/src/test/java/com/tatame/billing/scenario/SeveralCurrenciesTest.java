package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Feature;
import com.tatame.billing.catalog.Item;
import com.tatame.billing.catalog.Overage;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.PlanPrice;
import com.tatame.billing.catalog.Policies;
import com.tatame.billing.catalog.Window;
import com.tatame.billing.checkout.CheckoutRequest;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.checkout.ItemRequest;
import com.tatame.billing.command.RequestKey;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.money.Amounts;
import com.tatame.billing.money.Money;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.purchase.Purchase;
import com.tatame.billing.refund.Refunds;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.subscription.Cancellation;
import com.tatame.billing.subscription.ChangePolicy;
import com.tatame.billing.subscription.ChangeRequest;
import com.tatame.billing.subscription.Quote;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.testkit.BillingWorld;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is sold in several currencies, to accounts that pay in one of them. */
class SeveralCurrenciesTest {
  private final BillingWorld world = BillingWorld.builder().catalog(catalog()).build();
  private final Shopper ada = Shopper.named("ada", world);

  private static Catalog catalog() {
    Map<String, Feature> members = Map.of(
        "quiz",
        new Feature.Counter(
            1,
            new Window(Window.Kind.SUBSCRIPTION_MONTH, ZoneOffset.UTC),
            Optional.of(amounts(50_00, 40_00)),
            Optional.of(new Overage(20, Optional.empty(), Overage.Beyond.FULL_PRICE))));
    return new Catalog(
        List.of(
            new Plan("free", "Free", "", "plan", 0, false, 0, Map.of(), Map.of()),
            plan("basic", 1, amounts(10_00, 9_00), Map.of()),
            plan("pro", 2, amounts(20_00, 18_00), members),
            plan("local", 3, Amounts.of(new Money(30_00, "usd")), Map.of())),
        List.of(
            new Item("quiz-1", "One", "quiz", amounts(15_00, 14_00), true),
            new Item("quiz-2", "Two", "quiz", amounts(45_00, 45_00), true),
            new Item("book", "Book", "book", new Money(7_00, "usd"))),
        "free",
        Catalog.DEFAULT_GRACE,
        List.of(),
        Policies.DEFAULT);
  }

  private static Amounts amounts(long dollars, long euros) {
    return Amounts.of(new Money(dollars, "usd"), List.of(new Money(euros, "eur")));
  }

  private static Plan plan(String tier, int rank, Amounts monthly, Map<String, Feature> features) {
    return new Plan(
        tier,
        tier,
        "",
        "plan",
        rank,
        true,
        0,
        Map.of(
            BillingInterval.MONTHLY,
            new PlanPrice(monthly, tier + "_monthly", Optional.empty(), Optional.empty())),
        features);
  }

  @AfterEach
  void end() {
    world.close();
  }

  private CheckoutSession opens(String tier, String currency) {
    CheckoutRequest.Builder request = CheckoutRequest.forPlan(tier, BillingInterval.MONTHLY)
        .successUrl("https://shop.example.com/thanks")
        .cancelUrl("https://shop.example.com/plans");
    if (!currency.isEmpty()) {
      request.currency(currency);
    }
    return world.billing().checkouts().open(ada.caller(), request.build()).session();
  }

  private CheckoutSession wants(String item, String currency) {
    return world
        .billing()
        .checkouts()
        .open(
            ada.caller(),
            new ItemRequest(
                item,
                "https://shop.example.com/thanks",
                "https://shop.example.com/items",
                Optional.of(currency).filter(code -> !code.isEmpty()),
                Optional.empty(),
                Optional.empty()))
        .session()
        .orElseThrow();
  }

  private boolean pays(CheckoutSession session) {
    boolean paid = world.provider().pay(session.id(), Shopper.PAYS);
    world.settle();
    return paid;
  }

  private Subscription buys(String tier, String currency) {
    assertThat(pays(opens(tier, currency))).isTrue();
    return ada.newest();
  }

  private CheckoutSession present(CheckoutSession session) {
    return world.store().checkouts().find(ada.account(), session.id()).orElseThrow();
  }

  private static void assertFixed(String currency, ThrowingCallable sale) {
    assertThatThrownBy(sale).isInstanceOfSatisfying(Conflict.class, e -> {
      assertThat(e.code()).isEqualTo("currency_fixed");
      assertThat(e.existingId()).contains(currency);
    });
  }

  @Test
  void aPlanIsSoldAndBilledInTheCurrencyThatIsAskedFor() {
    Subscription basic = buys("basic", "eur");

    assertThat(basic.mainItem().currency()).isEqualTo("eur");
    assertThat(basic.mainItem().unitAmount()).contains(9_00L);
    assertThat(world.provider().paid(ada.customerId())).containsExactly(9_00L);
    world.advance(Duration.ofDays(32));
    assertThat(world.provider().paid(ada.customerId())).containsExactly(9_00L, 9_00L);
    assertThat(ada.newest().mainItem().unitAmount()).contains(9_00L);
  }

  @Test
  void whoAsksForNoCurrencyPaysInTheDefaultOne() {
    assertThat(buys("basic", "").mainItem().currency()).isEqualTo("usd");
    assertThat(world.provider().paid(ada.customerId())).containsExactly(10_00L);
  }

  @Test
  void whatIsNotSoldInACurrencyIsRefusedByName() {
    assertThatThrownBy(() -> opens("basic", "brl"))
        .isInstanceOf(ValidationFailed.class)
        .hasMessageContaining("currency: 'basic' is not sold in brl; it is in usd, eur");
    assertThatThrownBy(() -> wants("book", "eur"))
        .isInstanceOf(ValidationFailed.class)
        .hasMessageContaining("'book' is not sold in eur");
  }

  @Test
  void anAccountKeepsTheCurrencyOfItsFirstSubscriptionAlsoAfterItsEnd() {
    Subscription basic = buys("basic", "eur");

    assertFixed("eur", () -> wants("quiz-1", "usd"));
    assertFixed(
        "eur",
        () -> world
            .billing()
            .itemPayments()
            .begin(ada.caller(), "quiz-1", Optional.of("usd"), Optional.empty()));
    assertFixed("eur", () -> wants("book", ""));
    world
        .billing()
        .subscriptions()
        .cancel(ada.account(), basic.id(), Cancellation.NOW, Optional.empty());
    world.settle();

    assertFixed("eur", () -> opens("pro", "usd"));
    assertFixed("eur", () -> opens("local", ""));
    world.advance(Duration.ofHours(1));
    assertThat(buys("pro", "").mainItem().unitAmount()).contains(18_00L);
  }

  @Test
  void anAccountKeepsTheCurrencyOfItsFirstPurchaseAlsoAfterARefund() {
    assertThat(pays(wants("quiz-1", "eur"))).isTrue();
    Purchase bought = ada.purchases().get(0);
    assertThat(bought.amount()).isEqualTo(new Money(14_00, "eur"));

    assertFixed("eur", () -> opens("basic", "usd"));
    world
        .billing()
        .refunds()
        .refund(
            new Refunds.RefundRequest(
                Optional.of(bought.id()), Optional.empty(), Optional.empty(), "duplicate"),
            RequestKey.of("operator", "refund"));
    world.settle();

    assertFixed("eur", () -> opens("basic", "usd"));
    assertThat(buys("basic", "").mainItem().currency()).isEqualTo("eur");
  }

  @Test
  void whoChangesTheCurrencyBeforePayingHasOneOpenPageOnly() {
    CheckoutSession dollars = opens("basic", "usd");

    CheckoutSession euros = opens("basic", "eur");

    assertThat(present(dollars).status()).isEqualTo(CheckoutSession.Status.EXPIRED);
    assertThat(pays(dollars)).isFalse();
    assertThat(opens("basic", "eur").id()).isEqualTo(euros.id());
    assertThat(pays(euros)).isTrue();
  }

  @Test
  void nothingElseStaysOpenInAnotherCurrency() {
    CheckoutSession plan = opens("basic", "usd");
    CheckoutSession item = wants("quiz-1", "usd");
    PaymentIntent intent = world
        .billing()
        .itemPayments()
        .begin(ada.caller(), "quiz-2", Optional.of("usd"), Optional.empty())
        .payment()
        .orElseThrow()
        .intent();
    world.settle();

    CheckoutSession euros = wants("quiz-2", "eur");

    assertThat(present(plan).status()).isEqualTo(CheckoutSession.Status.EXPIRED);
    assertThat(present(item).status()).isEqualTo(CheckoutSession.Status.EXPIRED);
    assertThat(world
            .billing()
            .itemPayments()
            .get(ada.account(), intent.id())
            .intent()
            .status())
        .isEqualTo(PaymentIntent.Status.CANCELED);
    assertThat(present(euros).status()).isEqualTo(CheckoutSession.Status.OPEN);
    assertThat(present(wants("quiz-1", "eur")).status()).isEqualTo(CheckoutSession.Status.OPEN);
  }

  @Test
  void aPaymentThatWasBegunDaysAgoIsCanceledToo() {
    PaymentIntent intent = world
        .billing()
        .itemPayments()
        .begin(ada.caller(), "quiz-1", Optional.of("eur"), Optional.empty())
        .payment()
        .orElseThrow()
        .intent();
    world.settle();
    world.wallClock().advance(Duration.ofDays(4));

    opens("basic", "usd");

    assertThat(world
            .billing()
            .itemPayments()
            .get(ada.account(), intent.id())
            .intent()
            .status())
        .isEqualTo(PaymentIntent.Status.CANCELED);
  }

  @Test
  void aPageThatWasPaidAMomentAgoFixesTheCurrency() {
    CheckoutSession plan = opens("basic", "usd");
    assertThat(world.provider().pay(plan.id(), Shopper.PAYS)).isTrue();

    assertFixed("usd", () -> wants("quiz-1", "eur"));

    Shopper bob = Shopper.named("bob", world);
    CheckoutSession item = bob.wants("quiz-1").session().orElseThrow();
    assertThat(world.provider().pay(item.id(), Shopper.PAYS)).isTrue();
    assertFixed(
        "usd",
        () -> world
            .billing()
            .checkouts()
            .open(
                bob.caller(),
                CheckoutRequest.forPlan("basic", BillingInterval.MONTHLY)
                    .successUrl("https://shop.example.com/thanks")
                    .cancelUrl("https://shop.example.com/plans")
                    .currency("eur")
                    .build()));
  }

  @Test
  void whoOpensPagesInTwoCurrenciesAtOnceCanPayInOneOnly() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    for (int round = 0; round < 10; round++) {
      List<Callable<CheckoutSession>> clicks = List.of(
          () -> opens("basic", "usd"),
          () -> wants("quiz-1", "eur"),
          () -> wants("quiz-2", "usd"),
          () -> opens("basic", "eur"));
      List<Future<CheckoutSession>> all = new ArrayList<>();
      clicks.forEach(click -> all.add(threads.submit(click)));
      for (Future<CheckoutSession> one : all) {
        try {
          one.get();
        } catch (ExecutionException e) {
          assertThat(e.getCause()).isInstanceOf(BillingException.class);
        }
      }
      assertThat(SimulatorReads.sessions(world, "open").stream()
              .map(session -> session.required("currency").asText())
              .distinct())
          .as("round %d", round)
          .hasSizeLessThan(2);
    }
    threads.shutdown();
  }

  @Test
  void aMemberPaysItemsAndTheRestOfPlansInTheCurrencyOfTheSubscription() {
    buys("pro", "eur");

    assertThat(ada.wants("quiz-2").free())
        .as("dearer than included ones may be")
        .isEmpty();
    assertThat(ada.wants("quiz-1").free().orElseThrow().sale().listPrice())
        .isEqualTo(new Money(14_00, "eur"));
    assertThat(pays(wants("quiz-1", ""))).isTrue();
    assertThat(ada.purchases().get(0).amount()).isEqualTo(new Money(11_20, "eur"));
  }

  @Test
  void aChangeIsQuotedAndChargedInTheCurrencyOfTheSubscription() {
    Subscription basic = buys("basic", "eur");
    ChangeRequest toPro = new ChangeRequest(
        Optional.of("pro"),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        ChangePolicy.PRORATE);

    Quote quote = world.billing().subscriptions().quote(ada.account(), basic.id(), toPro);
    assertThat(quote.figures().dueNow()).isEqualTo(new Money(9_00, "eur"));
    assertThat(quote.figures().nextInvoice()).contains(new Money(18_00, "eur"));
    Subscription pro =
        world.billing().subscriptions().change(ada.account(), basic.id(), quote.id());

    assertThat(pro.mainItem().unitAmount()).contains(18_00L);
    assertThat(pro.mainItem().currency()).isEqualTo("eur");
    assertThatThrownBy(() -> world
            .billing()
            .subscriptions()
            .quote(
                ada.account(),
                basic.id(),
                new ChangeRequest(
                    Optional.of("local"),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    ChangePolicy.PRORATE)))
        .isInstanceOf(ValidationFailed.class)
        .hasMessageContaining("'local' is not sold in eur, in which the subscription is billed");
  }

  @Test
  void anAmountOffInAnotherCurrencyIsNotTakenOff() {
    SimulatorReads.call(
        world,
        Request.of(
            "POST",
            "/v1/coupons",
            Map.of("id", "five", "amount_off", "500", "currency", "usd", "duration", "once")));
    SimulatorReads.call(
        world,
        Request.of(
            "POST",
            "/v1/promotion_codes",
            Map.of("code", "FIVE", "promotion", Map.of("type", "coupon", "coupon", "five"))));
    world.settle();
    CheckoutRequest.Builder request = CheckoutRequest.forPlan("basic", BillingInterval.MONTHLY)
        .successUrl("https://shop.example.com/thanks")
        .cancelUrl("https://shop.example.com/plans")
        .promotionCode("FIVE");

    assertThatThrownBy(() -> world
            .billing()
            .checkouts()
            .open(ada.caller(), request.currency("eur").build()))
        .isInstanceOf(ValidationFailed.class)
        .hasMessageContaining("another currency");
    assertThat(pays(world
            .billing()
            .checkouts()
            .open(ada.caller(), request.currency("usd").build())
            .session()))
        .isTrue();
    assertThat(world.provider().paid(ada.customerId())).containsExactly(5_00L);
  }
}
