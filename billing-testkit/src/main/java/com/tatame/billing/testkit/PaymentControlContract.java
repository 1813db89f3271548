package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.ItemSale;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.checkout.CheckoutSessions.NewItemCheckout;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.Observation.Source;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.payment.PaymentIntentControl.Handle;
import com.tatame.billing.payment.PaymentIntentControl.NewPayment;
import com.tatame.billing.purchase.SaleTerms;
import com.tatame.billing.refund.Refund;
import com.tatame.billing.refund.RefundControl.NewRefund;
import com.tatame.billing.testkit.fixture.APayment;
import com.tatame.billing.testkit.fixture.Ids;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Payments that are taken by intent, and payments that are given back. */
public interface PaymentControlContract extends GatewayUnderTest {

  @Test
  default void aPaymentWaitsForItsPayerAndCarriesWhatItSells() {
    AccountId account = Ids.account();
    ItemSale sale = APayment.sale(Ids.next("pur"));

    Observation created = gateway()
        .paymentIntents()
        .create(payment(account, Optional.of(sale)), Ids.next("command"), Ids.next("key"));

    PaymentIntent payment = GatewayCalls.state(created, PaymentIntent.class);
    assertThat(created.source()).isEqualTo(Source.READ);
    assertThat(payment.status()).isEqualTo(PaymentIntent.Status.REQUIRES_PAYMENT_METHOD);
    assertThat(payment.money()).isEqualTo(new Money(8_00, "usd"));
    assertThat(payment.amountReceived()).isZero();
    assertThat(payment.account()).contains(account);
    assertThat(payment.sale()).contains(sale);
    assertThat(GatewayCalls.read(gateway(), payment)).isEqualTo(payment);
  }

  @Test
  default void aPaymentIsReadWithTheSecretOfItsPayer() {
    Observation created = gateway()
        .paymentIntents()
        .create(payment(Ids.account(), Optional.empty()), Ids.next("command"), Ids.next("key"));

    Handle handle = gateway().paymentIntents().read(created.object().id());

    assertThat(handle.observation().state()).isEqualTo(created.state());
    assertThat(handle.clientSecret()).isPresent();
    assertThat(handle.toString()).doesNotContain(handle.clientSecret().orElseThrow());
    assertThat(GatewayCalls.state(created, PaymentIntent.class).sale()).isEmpty();
  }

  @Test
  default void aPaymentThatIsCanceledIsPaidByNobody() {
    String id = gateway()
        .paymentIntents()
        .create(payment(Ids.account(), Optional.empty()), Ids.next("command"), Ids.next("key"))
        .object()
        .id();
    String key = Ids.next("key");

    Observation canceled = gateway().paymentIntents().cancel(id, key);

    PaymentIntent payment = GatewayCalls.state(canceled, PaymentIntent.class);
    assertThat(payment.status()).isEqualTo(PaymentIntent.Status.CANCELED);
    assertThat(payment.canceledAt()).isPresent();
    assertThat(GatewayCalls.read(gateway(), payment)).isEqualTo(payment);
    assertThat(gateway().paymentIntents().cancel(id, key).state()).isEqualTo(canceled.state());
  }

  @Test
  default void whatIsPaidIsNotCanceled() {
    PaymentIntent paid = paid();

    assertThatThrownBy(() -> gateway().paymentIntents().cancel(paid.id(), Ids.next("key")))
        .isInstanceOf(ProviderRejected.class);

    assertThat(GatewayCalls.read(gateway(), paid)).isEqualTo(paid);
  }

  @Test
  default void repeatingAKeyTakesNoSecondPayment() {
    NewPayment payment = payment(Ids.account(), Optional.empty());
    String key = Ids.next("key");
    Observation first = gateway().paymentIntents().create(payment, "command_1", key);

    assertThat(gateway().paymentIntents().create(payment, "command_1", key).object())
        .isEqualTo(first.object());
    assertThat(gateway()
            .paymentIntents()
            .create(payment, "command_1", Ids.next("key"))
            .object())
        .isNotEqualTo(first.object());
  }

  @Test
  default void aPaymentIsGivenBackInPartsUntilNothingIsLeft() {
    PaymentIntent paid = paid();

    Refund part = refund(paid, Optional.of(3_00L), Ids.next("key"));
    assertThat(part.amount()).isEqualTo(3_00);
    Refund rest = refund(paid, Optional.empty(), Ids.next("key"));

    assertThat(part.paymentIntentId()).contains(paid.id());
    assertThat(part.subject()).isEqualTo(paid.subject());
    assertThat(part.status()).isEqualTo(Refund.Status.SUCCEEDED);
    assertThat(part.reason()).contains("requested_by_customer");
    assertThat(rest.amount()).isEqualTo(5_00);
    assertThat(gateway().refunds().refunds(paid.id()).stream()
            .map(seen -> GatewayCalls.state(seen, Refund.class)))
        .containsExactlyInAnyOrder(part, rest);
    assertThatThrownBy(() -> refund(paid, Optional.of(1L), Ids.next("key")))
        .isInstanceOf(ProviderRejected.class);
  }

  @Test
  default void moreThanIsLeftIsNotGivenBack() {
    PaymentIntent paid = paid();

    assertThatThrownBy(() -> refund(paid, Optional.of(8_01L), Ids.next("key")))
        .isInstanceOf(ProviderRejected.class);

    assertThat(gateway().refunds().refunds(paid.id())).isEmpty();
  }

  @Test
  default void repeatingAKeyGivesBackNothingMore() {
    PaymentIntent paid = paid();
    String key = Ids.next("key");

    Refund first = refund(paid, Optional.of(3_00L), key);

    assertThat(refund(paid, Optional.of(3_00L), key)).isEqualTo(first);
    assertThat(gateway().refunds().refunds(paid.id())).hasSize(1);
  }

  private static NewPayment payment(AccountId account, Optional<ItemSale> sale) {
    return new NewPayment(
        account, Optional.empty(), new Money(8_00, "usd"), Optional.of("A quiz"), sale);
  }

  private PaymentIntent paid() {
    SaleTerms terms =
        new SaleTerms(APayment.sale(Ids.next("pur")), "A quiz", new Money(8_00, "usd"));
    CheckoutSession open = GatewayCalls.state(
        gateway()
            .checkouts()
            .create(
                new NewItemCheckout(
                    Ids.account(),
                    Optional.empty(),
                    Optional.empty(),
                    terms,
                    "https://shop.example.com/thanks",
                    "https://shop.example.com/items"),
                Ids.next("command"),
                Ids.next("key")),
        CheckoutSession.class);
    assertThat(provider().pay(open.id(), GatewayCalls.PAYS)).isTrue();
    return GatewayCalls.state(gateway().checkouts().payment(open.id()), PaymentIntent.class);
  }

  private Refund refund(PaymentIntent paid, Optional<Long> amount, String key) {
    NewRefund wanted =
        new NewRefund(paid.id(), amount, Optional.of("requested_by_customer"), Map.of("a", "b"));
    return GatewayCalls.state(gateway().refunds().create(wanted, "command_1", key), Refund.class);
  }
}
