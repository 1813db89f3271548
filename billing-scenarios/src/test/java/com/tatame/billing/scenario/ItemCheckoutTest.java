package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.checkout.Checkouts.Sold;
import com.tatame.billing.checkout.Confirmation;
import com.tatame.billing.checkout.Confirmation.Status;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.money.Money;
import com.tatame.billing.purchase.Purchase;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.Disorder;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Items are sold at our price, once for each payment. */
class ItemCheckoutTest {
  private static final String IS_DECLINED = "4000000000000002";
  private static final String IS_DISPUTED = "4000000000000259";

  private final BillingWorld world = BillingWorld.builder().build();
  private final Shopper ada = Shopper.named("ada", world);

  @AfterEach
  void end() {
    world.close();
  }

  @Test
  void anItemIsPaidAtTheCatalogsPrice() {
    CheckoutSession session = session(ada.wants("quiz-1"));
    assertThat(ada.purchases()).isEmpty();

    assertThat(world.provider().pay(session.id(), Shopper.PAYS)).isTrue();
    world.settle();

    Purchase purchase = ada.purchases().get(0);
    assertThat(ada.purchases()).hasSize(1);
    assertThat(purchase.status()).isEqualTo(Purchase.Status.PAID);
    assertThat(purchase.sale().item()).isEqualTo("quiz-1");
    assertThat(purchase.sale().kind()).isEqualTo("quiz");
    assertThat(purchase.sale().listPrice()).isEqualTo(new Money(15_00, "usd"));
    assertThat(purchase.sale().discount()).isEmpty();
    assertThat(purchase.amount()).isEqualTo(new Money(15_00, "usd"));
    assertThat(purchase.refundState()).isEqualTo(Purchase.RefundState.NONE);
    assertThat(confirm(session).purchase()).contains(purchase);
  }

  @Test
  void confirmationKnowsOfThePurchaseBeforeAnyEventArrives() {
    CheckoutSession session = session(ada.wants("quiz-1"));
    assertThat(confirm(session).status()).isEqualTo(Status.PENDING);
    world.provider().pay(session.id(), Shopper.PAYS);

    Confirmation confirmation = confirm(session);

    assertThat(confirmation.status()).isEqualTo(Status.PAID);
    assertThat(confirmation.purchase()).contains(ada.purchases().get(0));
    world.deliver(new Disorder(true, 0, 0, 0));
    world.work();
    assertThat(confirm(session)).isEqualTo(confirmation);
  }

  @Test
  void askingTwiceOpensOneCheckoutAndAnotherItemAnother() {
    Sold first = ada.wants("quiz-1");

    Sold second = ada.wants("quiz-1");
    Sold other = ada.wants("quiz-2");

    assertThat(first.created()).isTrue();
    assertThat(second.created()).isFalse();
    assertThat(session(second).id()).isEqualTo(session(first).id());
    assertThat(session(other).id()).isNotEqualTo(session(first).id());
    assertThat(SimulatorReads.sessions(world, "open")).hasSize(2);
    assertThat(SimulatorReads.customers(world)).hasSize(1);
  }

  @Test
  void whatWasPaidIsNotOfferedAgainUnderTheSameSession() {
    CheckoutSession first = session(ada.wants("quiz-1"));
    world.provider().pay(first.id(), Shopper.PAYS);

    CheckoutSession second = session(ada.wants("quiz-1"));

    assertThat(second.id()).isNotEqualTo(first.id());
  }

  @Test
  void whatIsFreeIsBoughtAtOnceAndOnce() {
    Sold given = ada.wants("article-1");

    assertThat(given.session()).isEmpty();
    assertThat(given.created()).isTrue();
    Purchase purchase = given.free().orElseThrow();
    assertThat(purchase.status()).isEqualTo(Purchase.Status.PAID);
    assertThat(purchase.amount()).isEqualTo(new Money(0, "usd"));
    assertThat(ada.purchases()).containsExactly(purchase);
    Sold again = ada.wants("article-1");
    assertThat(again.created()).isFalse();
    assertThat(again.free()).contains(purchase);
    assertThat(SimulatorReads.customers(world)).isEmpty();
  }

  @Test
  void whatTheCatalogDoesNotHaveIsNotSold() {
    assertThatThrownBy(() -> ada.wants("quiz-99"))
        .isInstanceOfSatisfying(
            ValidationFailed.class,
            refused -> assertThat(refused.errors().get(0).field()).isEqualTo("item"));
  }

  @Test
  void anAttemptThatWasDeclinedIsPendingAndThenPaid() {
    CheckoutSession session = session(ada.wants("quiz-1"));
    assertThat(world.provider().pay(session.id(), IS_DECLINED)).isFalse();
    world.settle();
    assertThat(ada.purchases())
        .extracting(Purchase::status)
        .containsExactly(Purchase.Status.PENDING);

    assertThat(world.provider().pay(session.id(), Shopper.PAYS)).isTrue();
    world.settle();

    assertThat(ada.purchases()).extracting(Purchase::status).containsExactly(Purchase.Status.PAID);
  }

  @Test
  void whatNobodyPaysIsCanceledWithItsCheckout() {
    CheckoutSession session = session(ada.wants("quiz-1"));
    world.provider().pay(session.id(), IS_DECLINED);

    world.advance(Duration.ofHours(25));

    assertThat(confirm(session).status()).isEqualTo(Status.EXPIRED);
    assertThat(ada.purchases())
        .extracting(Purchase::status)
        .containsExactly(Purchase.Status.CANCELED);
  }

  @Test
  void aDisputedPurchaseStaysOne() {
    CheckoutSession session = session(ada.wants("quiz-1"));
    world.provider().pay(session.id(), IS_DISPUTED);
    world.settle();

    assertThat(ada.purchases()).extracting(Purchase::status).containsExactly(Purchase.Status.PAID);
  }

  private static CheckoutSession session(Sold sold) {
    return sold.session().orElseThrow();
  }

  private Confirmation confirm(CheckoutSession session) {
    return world.billing().checkouts().confirm(ada.account(), session.id());
  }
}
