package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.checkout.CheckoutSessions.NewItemCheckout;
import com.tatame.billing.customer.CustomerAccounts.NewCustomer;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.purchase.SaleTerms;
import com.tatame.billing.testkit.fixture.APayment;
import com.tatame.billing.testkit.fixture.Ids;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Checkouts of what is paid once, by customers and by guests. */
public interface ItemCheckoutContract extends GatewayUnderTest {

  @Test
  default void aCheckoutOfAnItemOpensForItsAccountAndCommand() {
    AccountId account = Ids.account();
    String customer = customer(account);
    String command = Ids.next("command");

    Observation opened = gateway()
        .checkouts()
        .create(ofCustomer(account, customer, terms()), command, Ids.next("key"));

    CheckoutSession session = GatewayCalls.state(opened, CheckoutSession.class);
    assertThat(session.status()).isEqualTo(CheckoutSession.Status.OPEN);
    assertThat(session.account()).contains(account);
    assertThat(session.customerId()).contains(customer);
    assertThat(session.commandId()).contains(command);
    assertThat(session.paid()).isFalse();
    assertThat(gateway().checkouts().read(session.id()).url()).isPresent();
    assertThat(session.subscriptionId()).isEmpty();
    assertThat(opened.subject()).isEqualTo(new SubjectId(customer));
    assertThatThrownBy(() -> gateway().checkouts().payment(session.id()))
        .isInstanceOf(NotFound.class);
  }

  @Test
  default void thePaymentOfAnItemCarriesAllThatWasAgreed() {
    AccountId account = Ids.account();
    String customer = customer(account);
    SaleTerms terms = terms();
    CheckoutSession open = open(ofCustomer(account, customer, terms));

    assertThat(provider().pay(open.id(), GatewayCalls.PAYS)).isTrue();

    CheckoutSession complete = GatewayCalls.read(gateway(), open);
    assertThat(complete.status()).isEqualTo(CheckoutSession.Status.COMPLETE);
    assertThat(complete.paid()).isTrue();
    assertThat(complete.subscriptionId()).isEmpty();
    PaymentIntent payment = paymentOf(open);
    assertThat(payment.status()).isEqualTo(PaymentIntent.Status.SUCCEEDED);
    assertThat(payment.account()).contains(account);
    assertThat(payment.customerId()).contains(customer);
    assertThat(payment.money()).isEqualTo(terms.amount());
    assertThat(payment.amountReceived()).isEqualTo(terms.amount().amount());
    assertThat(payment.sale()).contains(terms.sale());
    assertThat(GatewayCalls.read(gateway(), payment)).isEqualTo(payment);
  }

  @Test
  default void aGuestPaysAndStaysNobodysCustomer() {
    AccountId account = Ids.account();
    SaleTerms terms = terms();
    CheckoutSession open = open(ofGuest(account, terms));
    assertThat(open.subject()).isEqualTo(new SubjectId(open.id()));

    assertThat(provider().pay(open.id(), GatewayCalls.PAYS)).isTrue();

    CheckoutSession complete = GatewayCalls.read(gateway(), open);
    assertThat(complete.paid()).isTrue();
    assertThat(complete.customerId()).isEmpty();
    assertThat(complete.subject()).isEqualTo(open.subject());
    PaymentIntent payment = paymentOf(open);
    assertThat(payment.customerId()).isEmpty();
    assertThat(payment.account()).contains(account);
    assertThat(payment.sale()).contains(terms.sale());
  }

  @Test
  default void aDeclinedCardLeavesTheCheckoutOfAnItemOpen() {
    CheckoutSession open = open(ofGuest(Ids.account(), terms()));

    assertThat(provider().pay(open.id(), GatewayCalls.IS_DECLINED)).isFalse();

    assertThat(GatewayCalls.read(gateway(), open).status()).isEqualTo(CheckoutSession.Status.OPEN);
    assertThat(provider().pay(open.id(), GatewayCalls.PAYS)).isTrue();
    assertThat(paymentOf(open).status()).isEqualTo(PaymentIntent.Status.SUCCEEDED);
  }

  @Test
  default void repeatingAKeyOpensNoSecondCheckoutOfAnItem() {
    NewItemCheckout checkout = ofGuest(Ids.account(), terms());
    String key = Ids.next("key");
    String command = Ids.next("command");
    Observation first = gateway().checkouts().create(checkout, command, key);

    assertThat(gateway().checkouts().create(checkout, command, key).object())
        .isEqualTo(first.object());
    assertThat(gateway().checkouts().create(checkout, command, Ids.next("key")).object())
        .isNotEqualTo(first.object());
  }

  private CheckoutSession open(NewItemCheckout checkout) {
    return GatewayCalls.state(
        gateway().checkouts().create(checkout, Ids.next("command"), Ids.next("key")),
        CheckoutSession.class);
  }

  private PaymentIntent paymentOf(CheckoutSession session) {
    return GatewayCalls.state(gateway().checkouts().payment(session.id()), PaymentIntent.class);
  }

  private String customer(AccountId account) {
    return gateway()
        .customers()
        .create(
            new NewCustomer(account, Optional.of("ada@example.com"), Optional.empty()),
            Ids.next("command"),
            Ids.next("key"))
        .object()
        .id();
  }

  private static SaleTerms terms() {
    return new SaleTerms(
        APayment.sale(Ids.next("pur")), "Wie groß ist dein Ärger?", new Money(8_00, "usd"));
  }

  private static NewItemCheckout ofCustomer(AccountId account, String customer, SaleTerms terms) {
    return checkout(account, Optional.of(customer), terms);
  }

  private static NewItemCheckout ofGuest(AccountId account, SaleTerms terms) {
    return checkout(account, Optional.empty(), terms);
  }

  private static NewItemCheckout checkout(
      AccountId account, Optional<String> customer, SaleTerms terms) {
    return new NewItemCheckout(
        account,
        customer,
        Optional.empty(),
        terms,
        "https://shop.example.com/thanks?session={CHECKOUT_SESSION_ID}",
        "https://shop.example.com/items");
  }
}
