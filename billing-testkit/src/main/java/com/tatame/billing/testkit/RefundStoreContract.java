package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Owner;
import com.tatame.billing.anonymous.AnonymousSession;
import com.tatame.billing.invoice.InvoicePayment;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.projection.Change;
import com.tatame.billing.refund.Refund;
import com.tatame.billing.refund.RefundStore;
import com.tatame.billing.refund.RefundStore.Given;
import com.tatame.billing.refund.RefundStore.Payment;
import com.tatame.billing.testkit.Commits.Linked;
import com.tatame.billing.testkit.fixture.APayment;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Payments as their accounts see them, and as a refund sees them. */
public interface RefundStoreContract extends StoreUnderTest {

  @Test
  default void aPaymentIsFoundByItsAccountAlone() {
    Instant now = Ids.morning();
    AccountId account = Ids.account();
    PaymentIntent payment = APayment.of(account, PaymentIntent.Status.REQUIRES_ACTION, now);
    Commits.store(store(), now, payment);

    assertThat(store().paymentIntents().find(account, payment.id())).contains(payment);
    assertThat(store().paymentIntents().find(Ids.account(), payment.id())).isEmpty();
    assertThat(store().paymentIntents().find(account, Ids.next("pi"))).isEmpty();
  }

  @Test
  default void aPaymentThatNamesNoAccountIsFoundByItsCustomersAccountAlone() {
    Instant now = Ids.morning();
    Linked payer = Commits.aLinkedCustomer(store(), now);
    Linked other = Commits.aLinkedCustomer(store(), now);
    PaymentIntent payment = APayment.byCustomer(payer.customerId(), now);
    PaymentIntent sold = APayment.of(payer.account(), PaymentIntent.Status.SUCCEEDED, now);
    Commits.store(store(), now, payment, sold);

    assertThat(store().paymentIntents().ofCustomer(payer.account(), payment.id()))
        .contains(payment);
    assertThat(store().paymentIntents().ofCustomer(other.account(), payment.id()))
        .isEmpty();
    assertThat(store().paymentIntents().ofCustomer(payer.account(), sold.id()))
        .as("it names an account and no customer")
        .isEmpty();
    assertThat(store().paymentIntents().ofCustomer(payer.account(), payer.customerId()))
        .as("no payment")
        .isEmpty();
    assertThat(store().paymentIntents().find(payer.account(), payment.id())).isEmpty();
  }

  @Test
  default void aPaymentOfAnAnonymousSessionIsItsClaimers() {
    Instant now = Ids.morning();
    AccountId claimer = Ids.account();
    AnonymousSession session = new AnonymousSession(
        new AccountId(Ids.next("anonymous")), now, now, Optional.empty(), Optional.empty());
    String hash = Ids.next("hash");
    store().anonymousSessions().add(session, hash);
    PaymentIntent payment = APayment.of(session.account(), PaymentIntent.Status.SUCCEEDED, now);
    Commits.store(store(), now, payment);
    assertThat(store().paymentIntents().find(claimer, payment.id())).isEmpty();

    store().anonymousSessions().claim(hash, Owner.of(claimer), now, AnAuditEntry.any());

    assertThat(store().paymentIntents().find(claimer, payment.id())).contains(payment);
  }

  @Test
  default void thePaymentOfAPurchaseIsFoundWithAllItsRefunds() {
    Instant now = Ids.morning();
    AccountId account = Ids.account();
    PaymentIntent payment = APayment.of(account, PaymentIntent.Status.SUCCEEDED, now);
    Refund first = APayment.refund(payment, 1_00, Refund.Status.FAILED, now);
    Refund second = APayment.refund(payment, 2_00, Refund.Status.PENDING, now);
    apply(now, payment, first, second);

    Payment found =
        refunds().ofPurchase(payment.sale().orElseThrow().purchaseId()).orElseThrow();

    assertThat(found.account()).contains(account);
    assertThat(found.intent()).isEqualTo(payment);
    assertThat(found.refunds()).containsExactlyInAnyOrder(first, second);
    assertThat(refunds().ofPurchase(Ids.next("pur"))).isEmpty();
  }

  @Test
  default void thePaymentOfAnInvoiceIsFoundForTheAccountOfItsCustomer() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    PaymentIntent payment = APayment.byCustomer(linked.customerId(), now);
    String invoice = Ids.next("in");
    apply(now, payment, pays(invoice, payment, InvoicePayment.Status.PAID, now));

    Payment found = refunds().ofInvoice(invoice).orElseThrow();

    assertThat(found.account()).contains(linked.account());
    assertThat(found.intent()).isEqualTo(payment);
    assertThat(found.refunds()).isEmpty();
  }

  @Test
  default void anInvoiceThatNobodyPaidHasNoPayment() {
    Instant now = Ids.morning();
    PaymentIntent payment = APayment.byCustomer(Ids.next("cus"), now);
    String invoice = Ids.next("in");
    apply(now, payment, pays(invoice, payment, InvoicePayment.Status.OPEN, now));

    assertThat(refunds().ofInvoice(invoice)).isEmpty();
    assertThat(refunds().ofInvoice(Ids.next("in"))).isEmpty();
  }

  @Test
  default void aRefundIsFoundWithWhatItsPaymentPaid() {
    Instant now = Ids.morning();
    PaymentIntent sold = APayment.of(Ids.account(), PaymentIntent.Status.SUCCEEDED, now);
    Refund ofPurchase = APayment.refund(sold, 1_00, Refund.Status.SUCCEEDED, now);
    PaymentIntent billed = APayment.byCustomer(Ids.next("cus"), now);
    String invoice = Ids.next("in");
    Refund ofInvoice = APayment.refund(billed, 1_00, Refund.Status.SUCCEEDED, now);
    apply(now, sold, ofPurchase);
    apply(now, billed, pays(invoice, billed, InvoicePayment.Status.PAID, now), ofInvoice);

    assertThat(refunds().find(ofPurchase.id()))
        .contains(new Given(
            ofPurchase, Optional.of(sold.sale().orElseThrow().purchaseId()), Optional.empty()));
    assertThat(refunds().find(ofInvoice.id()))
        .contains(new Given(ofInvoice, Optional.empty(), Optional.of(invoice)));
    assertThat(refunds().find(Ids.next("re"))).isEmpty();
  }

  @Test
  default void refundsAreListedNewestFirstPageByPage() {
    Instant now = Ids.morning();
    PaymentIntent payment = APayment.of(Ids.account(), PaymentIntent.Status.SUCCEEDED, now);
    Refund oldest = APayment.refund(payment, 1_00, Refund.Status.SUCCEEDED, now);
    Refund middle = APayment.refund(payment, 1_00, Refund.Status.SUCCEEDED, now.plusSeconds(1));
    Refund twin = APayment.refund(payment, 1_00, Refund.Status.FAILED, now.plusSeconds(1));
    Refund start = APayment.refund(payment, 1_00, Refund.Status.SUCCEEDED, now.plusSeconds(2));
    apply(now, payment, twin, oldest, start, middle);

    assertThat(listed(Optional.of(start.id()), 3)).containsExactly(middle, twin, oldest);
    assertThat(listed(Optional.of(middle.id()), 1)).containsExactly(twin);
    assertThat(listed(Optional.of(Ids.next("re")), 3)).isEmpty();
    assertThat(listed(Optional.empty(), 101)).contains(start);
  }

  private RefundStore refunds() {
    return store().refunds();
  }

  private List<Refund> listed(Optional<String> after, int limit) {
    return refunds().list(after, limit).stream().map(Given::refund).toList();
  }

  // All belong to the payment, which is the first.
  private void apply(Instant now, ProviderObject... objects) {
    Commits.apply(
        store(),
        objects[0].subject(),
        now,
        Stream.of(objects).<Change>map(each -> Commits.put(each, now)).toList());
  }

  private static InvoicePayment pays(
      String invoice, PaymentIntent payment, InvoicePayment.Status status, Instant at) {
    return new InvoicePayment(
        Ids.next("inpay"),
        invoice,
        Optional.of(payment.id()),
        Optional.empty(),
        status,
        "usd",
        8_00,
        Optional.empty(),
        at,
        Optional.empty(),
        Optional.empty());
  }
}
