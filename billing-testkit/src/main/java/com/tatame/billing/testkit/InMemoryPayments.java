package com.tatame.billing.testkit;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.ItemSale;
import com.tatame.billing.invoice.InvoicePayment;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.payment.PaymentIntentStore;
import com.tatame.billing.refund.Refund;
import com.tatame.billing.refund.RefundStore;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

final class InMemoryPayments implements PaymentIntentStore, RefundStore {
  private static final Comparator<Refund> NEWEST_FIRST =
      Comparator.comparing(Refund::createdAt).reversed().thenComparing(Refund::id);

  private final SharedLock lock;
  private final MirroredRows rows;
  private final InMemoryAnonymousSessions anonymous;

  InMemoryPayments(SharedLock lock, MirroredRows rows, InMemoryAnonymousSessions anonymous) {
    this.lock = lock;
    this.rows = rows;
    this.anonymous = anonymous;
  }

  @Override
  public Optional<PaymentIntent> find(AccountId account, String paymentIntentId) {
    return lock.hold(() -> intent(paymentIntentId)
        .filter(intent ->
            intent.account().filter(buyer -> anonymous.owns(account, buyer)).isPresent()));
  }

  @Override
  public Optional<PaymentIntent> ofCustomer(AccountId account, String paymentIntentId) {
    return lock.hold(() -> intent(paymentIntentId)
        .filter(intent ->
            intent.customerId().flatMap(rows::accountOf).filter(account::equals).isPresent()));
  }

  private Optional<PaymentIntent> intent(String id) {
    return rows.state(new ObjectRef(ObjectKind.PAYMENT_INTENT, id)).map(PaymentIntent.class::cast);
  }

  @Override
  public Optional<Payment> ofPurchase(String purchaseId) {
    return lock.hold(() -> rows.living(PaymentIntent.class)
        .filter(intent ->
            intent.sale().map(ItemSale::purchaseId).filter(purchaseId::equals).isPresent())
        .findFirst()
        .map(this::payment));
  }

  @Override
  public Optional<Payment> ofInvoice(String invoiceId) {
    return lock.hold(() -> rows.living(InvoicePayment.class)
        .filter(pays -> pays.invoiceId().equals(invoiceId))
        .filter(pays -> pays.status() == InvoicePayment.Status.PAID)
        .flatMap(pays -> pays.paymentIntentId().flatMap(this::intent).stream())
        .findFirst()
        .map(this::payment));
  }

  private Payment payment(PaymentIntent intent) {
    List<Refund> refunds = rows.living(Refund.class)
        .filter(refund -> refund.paymentIntentId().filter(intent.id()::equals).isPresent())
        .toList();
    return new Payment(
        intent.customerId().flatMap(rows::accountOf).or(intent::account), intent, refunds);
  }

  @Override
  public Optional<Given> find(String refundId) {
    return lock.hold(() -> rows.state(new ObjectRef(ObjectKind.REFUND, refundId))
        .map(Refund.class::cast)
        .map(this::given));
  }

  @Override
  public List<Given> list(Optional<String> after, int limit) {
    PageLimit.require(limit);
    return lock.hold(() -> {
      List<Refund> all = rows.living(Refund.class).sorted(NEWEST_FIRST).toList();
      Optional<Refund> cursor =
          after.flatMap(id -> all.stream().filter(r -> r.id().equals(id)).findFirst());
      if (after.isPresent() && cursor.isEmpty()) {
        return List.of();
      }
      return all.stream()
          .filter(r -> cursor.isEmpty() || NEWEST_FIRST.compare(r, cursor.get()) > 0)
          .limit(limit)
          .map(this::given)
          .toList();
    });
  }

  private Given given(Refund refund) {
    return new Given(
        refund,
        refund
            .paymentIntentId()
            .flatMap(this::intent)
            .flatMap(PaymentIntent::sale)
            .map(ItemSale::purchaseId),
        rows.living(InvoicePayment.class)
            .filter(pays -> pays.paymentIntentId().isPresent()
                && pays.paymentIntentId().equals(refund.paymentIntentId()))
            .map(InvoicePayment::invoiceId)
            .findFirst());
  }
}
