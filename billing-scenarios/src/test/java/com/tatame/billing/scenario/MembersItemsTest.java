package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.account.Principal;
import com.tatame.billing.catalog.Discount;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.checkout.Checkouts.Sold;
import com.tatame.billing.checkout.ItemRequest;
import com.tatame.billing.command.RequestKey;
import com.tatame.billing.entitlement.Decision.Allowance;
import com.tatame.billing.entitlement.GrantContent;
import com.tatame.billing.entitlement.NewGrant;
import com.tatame.billing.entitlement.ReservationStore.Held;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.CommitResult;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.projection.SubjectState;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.purchase.Purchase;
import com.tatame.billing.refund.Refunds;
import com.tatame.billing.simulator.engine.Fault;
import com.tatame.billing.simulator.engine.Fault.When;
import com.tatame.billing.subscription.Cancellation;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.fixture.ACatalog;
import com.tatame.billing.testkit.fixture.APayment;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What members pay for items, and what becomes of the units that their checkouts hold. */
class MembersItemsTest {
  private static final String IS_DECLINED = "4000000000000002";

  private final BillingWorld world =
      BillingWorld.builder().catalog(ACatalog.withMembersTerms()).build();
  private final Shopper ada = Shopper.named("ada", world);

  @BeforeEach
  void subscribe() {
    ada.buys("pro", Shopper.PAYS);
  }

  @AfterEach
  void end() {
    world.close();
  }

  @Test
  void whatIsIncludedIsAPurchaseOfNothingThatTakesAUnit() {
    Sold given = ada.wants("quiz-1");

    assertThat(given.session()).isEmpty();
    assertThat(given.created()).isTrue();
    Purchase purchase = given.free().orElseThrow();
    assertThat(purchase.status()).isEqualTo(Purchase.Status.PAID);
    assertThat(purchase.amount()).isEqualTo(new Money(0, "usd"));
    assertThat(purchase.sale().listPrice()).isEqualTo(new Money(15_00, "usd"));
    assertThat(purchase.sale().discount()).contains(new Discount(100, "included"));
    assertThat(ada.purchases()).containsExactly(purchase);
    assertThat(quizzes().used()).isEqualTo(1);
    assertThat(held()).isEmpty();
  }

  @Test
  void furtherOnesAreDiscountedAndThenAtTheirPrice() {
    takesTheFreeOnes();

    for (int i = 0; i < 3; i++) {
      Purchase further = buys("quiz-1");
      assertThat(further.amount()).isEqualTo(new Money(12_00, "usd"));
      assertThat(further.sale().discount()).contains(new Discount(20, "member"));
    }
    Purchase fourth = buys("quiz-1");
    assertThat(fourth.amount()).isEqualTo(new Money(15_00, "usd"));
    assertThat(fourth.sale().discount()).isEmpty();
    assertThat(quizzes().overage().orElseThrow().remaining()).contains(0L);
    assertThat(held()).isEmpty();
  }

  @Test
  void whatIsTooDearToBeFreeIsDiscounted() {
    assertThat(buys("quiz-2").amount()).isEqualTo(new Money(48_00, "usd"));
    assertThat(quizzes().used()).isZero();
    assertThat(quizzes().overage().orElseThrow().remaining()).contains(2L);
  }

  @Test
  void aDiscountIsRoundedHalfUp() {
    ada.wants("article-2");

    assertThat(buys("article-2").amount()).as("3.493").isEqualTo(new Money(3_49, "usd"));
  }

  @Test
  void anOpenCheckoutHoldsItsUnit() {
    takesTheFreeOnes();

    CheckoutSession first = session(ada.wants("quiz-1"));
    CheckoutSession second = session(ada.wants("quiz-2"));

    assertThat(overage()).isEqualTo(1);
    assertThat(held()).hasSize(2);
    assertThat(session(ada.wants("quiz-1")).id()).isEqualTo(first.id());
    assertThat(session(ada.wants("quiz-2")).id()).isEqualTo(second.id());
    assertThat(overage()).as("who asks again holds no more").isEqualTo(1);
  }

  @Test
  void expiryGivesTheUnitBack() {
    takesTheFreeOnes();
    ada.wants("quiz-1");
    assertThat(overage()).isEqualTo(2);

    world.advance(Duration.ofHours(25));

    assertThat(overage()).isEqualTo(3);
    assertThat(held()).isEmpty();
    world.advance(Duration.ofHours(25));
    assertThat(overage()).isEqualTo(3);
  }

  @Test
  void expiryAfterTheMonthGivesBackToTheMonthThatHasEnded() {
    takesTheFreeOnes();
    world.advance(Duration.between(world.provider().now(), quizzes().resetsAt().orElseThrow())
        .minus(Duration.ofHours(1)));
    ada.wants("quiz-1");
    world.advance(Duration.ofHours(2));
    assertThat(overage()).as("a new month").isEqualTo(3);

    world.advance(Duration.ofHours(24));

    assertThat(overage()).isEqualTo(3);
    assertThat(quizzes().used()).isZero();
    assertThat(held()).isEmpty();
  }

  @Test
  void aDeclinedAttemptHoldsTheUnitAndPaymentTakesIt() {
    takesTheFreeOnes();
    CheckoutSession session = session(ada.wants("quiz-1"));
    assertThat(world.provider().pay(session.id(), IS_DECLINED)).isFalse();
    world.settle();
    assertThat(held()).hasSize(1);

    assertThat(world.provider().pay(session.id(), Shopper.PAYS)).isTrue();
    world.settle();
    assertThat(held()).isEmpty();

    world.advance(Duration.ofHours(25));
    assertThat(overage()).isEqualTo(2);
  }

  @Test
  void aPaymentThatFailsAfterItsPageIsClosedGivesTheUnitBack() {
    takesTheFreeOnes();
    CheckoutSession open = session(ada.wants("quiz-1"));
    PaymentIntent failed = APayment.forPurchase(
        ada.account(),
        "pur_" + open.commandId().orElseThrow(),
        PaymentIntent.Status.REQUIRES_PAYMENT_METHOD,
        world.provider().now());
    stores(closedUnpaid(open));
    world.wallClock().advance(Duration.ofMinutes(2));
    world.work();
    assertThat(held()).as("it may still be on its way").hasSize(1);

    stores(failed);
    world.wallClock().advance(Duration.ofMinutes(2));
    world.work();

    assertThat(held()).isEmpty();
    assertThat(overage()).isEqualTo(3);
  }

  @Test
  void aCheckoutThatTheProviderRefusesHoldsNothing() {
    takesTheFreeOnes();
    world.engine().fail(new Fault("POST /v1/checkout/sessions", 400, When.BEFORE), 1);

    assertThatThrownBy(() -> ada.wants("quiz-1")).isInstanceOf(ProviderRejected.class);

    assertThat(held()).isEmpty();
    assertThat(overage()).isEqualTo(3);
    assertThat(buys("quiz-1").amount()).isEqualTo(new Money(12_00, "usd"));
  }

  @Test
  void whatIsFreeByNowIsNotPaidOnThePageThatIsOpen() {
    takesTheFreeOnes();
    CheckoutSession open = session(ada.wants("quiz-1"));
    world.advance(Duration.between(world.provider().now(), quizzes().resetsAt().orElseThrow())
        .minus(Duration.ofHours(1)));
    CheckoutSession late = session(ada.wants("quiz-1"));
    world.advance(Duration.ofHours(2));

    assertThat(ada.wants("quiz-1").free()).isPresent();
    world.settle();

    assertThat(late.id()).isNotEqualTo(open.id());
    assertThat(SimulatorReads.sessions(world, "open")).isEmpty();
    assertThat(held()).isEmpty();
  }

  @Test
  void termsEndWithTheMembership() {
    takesTheFreeOnes();
    CheckoutSession asMember = session(ada.wants("quiz-1"));
    world
        .billing()
        .subscriptions()
        .cancel(ada.account(), ada.newest().id(), Cancellation.NOW, Optional.empty());
    world.settle();

    CheckoutSession asGuest = session(ada.wants("quiz-1"));
    world.settle();

    assertThat(asGuest.id()).isNotEqualTo(asMember.id());
    assertThat(held()).isEmpty();
    assertThat(world.provider().pay(asGuest.id(), Shopper.PAYS)).isTrue();
    world.settle();
    assertThat(bought(asGuest).amount()).isEqualTo(new Money(15_00, "usd"));
  }

  @Test
  void whoHasNotSignedInPaysTheListPrice() {
    Principal visitor = Principal.ofAnonymous(
        world.billing().anonymousSessions().begin().session().account());

    Shopper guest = new Shopper(world, visitor);
    CheckoutSession session = session(guest.wants("quiz-1"));
    assertThat(world.provider().pay(session.id(), Shopper.PAYS)).isTrue();
    world.settle();

    assertThat(guest.purchases().get(0).amount()).isEqualTo(new Money(15_00, "usd"));
    assertThat(held()).isEmpty();
  }

  @Test
  void whatWasGivenIsFreeAlsoForWhoHasNoPlan() {
    Shopper bob = Shopper.named("bob", world);
    world
        .billing()
        .grants()
        .give(
            NewGrant.of(bob.account(), new GrantContent.Units("quiz", 1), "sorry", "a key"),
            "root");

    assertThat(bob.wants("quiz-1").free()).isPresent();

    CheckoutSession second = session(bob.wants("quiz-1"));
    assertThat(world.provider().pay(second.id(), Shopper.PAYS)).isTrue();
    world.settle();
    assertThat(bob.purchases())
        .extracting(purchase -> purchase.amount().amount())
        .containsExactlyInAnyOrder(0L, 15_00L);
    assertThat(bob.used("quiz")).isEqualTo(2);
  }

  @Test
  void underOneKeyOneIsGiven() {
    Sold first = wantsUnder("a key", "quiz-1");
    Sold again = wantsUnder("a key", "quiz-1");
    assertThat(again.created()).isFalse();
    assertThat(again.free()).isEqualTo(first.free());
    assertThat(quizzes().used()).isEqualTo(1);

    wantsUnder("another key", "quiz-1");
    assertThat(quizzes().used()).isEqualTo(2);
    assertThat(wantsUnder("a key", "quiz-1").free())
        .as("also when all are used")
        .isEqualTo(first.free());
  }

  @Test
  void nobodyTakesBackByHandWhatASaleTook() {
    Purchase given = ada.wants("quiz-1").free().orElseThrow();
    String unit = given.id().replace("pur_", "sale_");

    assertThatThrownBy(() -> world.billing().entitlements().release(ada.account(), "quiz", unit))
        .isInstanceOf(NotFound.class);
    assertThat(quizzes().used()).isEqualTo(1);
  }

  @Test
  void aRefundGivesMoneyBackAndNoUnit() {
    takesTheFreeOnes();
    Purchase bought = buys("quiz-1");

    world
        .billing()
        .refunds()
        .refund(
            new Refunds.RefundRequest(
                Optional.of(bought.id()), Optional.empty(), Optional.empty(), "duplicate"),
            RequestKey.of("operator", "refund"));
    world.settle();
    world.advance(Duration.ofHours(1));

    assertThat(world.billing().purchases().get(ada.account(), bought.id()).status())
        .isEqualTo(Purchase.Status.REFUNDED);
    assertThat(overage()).isEqualTo(2);
  }

  @Test
  void paymentsOnAPageOfOnesOwnAreOnTheSameTerms() {
    var first = world.billing().itemPayments().begin(ada.caller(), "quiz-1", Optional.empty());
    assertThat(first.free().orElseThrow().amount()).isEqualTo(new Money(0, "usd"));

    var dear = world.billing().itemPayments().begin(ada.caller(), "quiz-2", Optional.empty());

    assertThat(dear.payment().orElseThrow().intent().amount()).isEqualTo(48_00);
    assertThat(overage()).isEqualTo(2);
    assertThat(held()).hasSize(1);
  }

  @Test
  void aPaymentThatNobodyPaysInADayIsEndedAndItsUnitGivenBack() {
    var begun = world.billing().itemPayments().begin(ada.caller(), "quiz-2", Optional.empty());
    world.advance(Duration.ofHours(23));
    assertThat(held()).hasSize(1);

    world.advance(Duration.ofHours(2));

    assertThat(held()).isEmpty();
    assertThat(overage()).isEqualTo(3);
    String id = begun.payment().orElseThrow().intent().id();
    assertThat(world.billing().itemPayments().get(ada.account(), id).intent().status())
        .isEqualTo(PaymentIntent.Status.CANCELED);
  }

  private void takesTheFreeOnes() {
    assertThat(ada.wants("quiz-1").free()).isPresent();
    assertThat(ada.wants("quiz-1").free()).isPresent();
  }

  private Purchase buys(String item) {
    CheckoutSession session = session(ada.wants(item));
    assertThat(world.provider().pay(session.id(), Shopper.PAYS)).isTrue();
    world.settle();
    return bought(session);
  }

  private Purchase bought(CheckoutSession session) {
    return world
        .billing()
        .checkouts()
        .confirm(ada.account(), session.id())
        .purchase()
        .orElseThrow();
  }

  private Sold wantsUnder(String key, String item) {
    return world
        .billing()
        .checkouts()
        .open(
            ada.caller(),
            new ItemRequest(
                item,
                "https://shop.example.com/thanks",
                "https://shop.example.com/items",
                Optional.empty(),
                Optional.of(key)));
  }

  private Allowance quizzes() {
    return world
        .billing()
        .entitlements()
        .check(ada.account(), "quiz")
        .allowance()
        .orElseThrow();
  }

  private long overage() {
    return quizzes().overage().orElseThrow().remaining().orElseThrow();
  }

  private List<Held> held() {
    return world.store().reservations().held(Optional.empty(), 101);
  }

  private void stores(ProviderObject state) {
    SubjectId subject = state.subject();
    SubjectState known = world
        .store()
        .projections()
        .load(List.of(new SubjectQuery(subject, Set.of(), Set.of())))
        .getOrDefault(subject, SubjectState.nothing(subject));
    Change put = new Change.Put(state, world.provider().now(), Observation.Source.READ);
    Unit unit = new Unit(subject, known.version(), Optional.empty(), Set.of(), List.of(put));
    assertThat(
            world.store().projections().commit(List.of(unit), world.wallClock().instant()))
        .hasOnlyElementsOfType(CommitResult.Applied.class);
  }

  private static CheckoutSession session(Sold sold) {
    return sold.session().orElseThrow();
  }

  private static CheckoutSession closedUnpaid(CheckoutSession open) {
    return new CheckoutSession(
        open.id(),
        open.customerId(),
        open.account(),
        open.commandId(),
        CheckoutSession.Status.COMPLETE,
        false,
        Optional.empty(),
        open.expiresAt(),
        open.createdAt());
  }
}
