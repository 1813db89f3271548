package com.tatame.billing.schema;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.payment.PaymentIntentStore;
import com.tatame.billing.refund.Refund;
import com.tatame.billing.refund.RefundStore;
import java.util.List;
import java.util.Optional;

/** Payments and what went back of them, behind their functions. */
final class PaymentFunctions implements PaymentIntentStore, RefundStore {
  private static final String ACCOUNT = "account_id";

  private final Functions functions;

  PaymentFunctions(Functions functions) {
    this.functions = functions;
  }

  @Override
  public Optional<PaymentIntent> find(AccountId account, String paymentIntentId) {
    return functions
        .row(
            "find_payment_intent_v1",
            Row.empty().with(ACCOUNT, account).with("id", paymentIntentId))
        .map(row -> RecordRows.read(PaymentIntent.class, row));
  }

  @Override
  public Optional<PaymentIntent> ofCustomer(AccountId account, String paymentIntentId) {
    return functions
        .row(
            "find_account_object_v1",
            Row.empty()
                .with(ACCOUNT, account)
                .with("kind", ObjectKind.PAYMENT_INTENT)
                .with("id", paymentIntentId))
        .map(row -> (PaymentIntent) MirrorRows.object(ObjectKind.PAYMENT_INTENT, row));
  }

  @Override
  public Optional<Payment> ofPurchase(String purchaseId) {
    return paid("purchase_id", purchaseId);
  }

  @Override
  public Optional<Payment> ofInvoice(String invoiceId) {
    return paid("invoice_id", invoiceId);
  }

  private Optional<Payment> paid(String by, String id) {
    return functions
        .row("paid_v1", Row.empty().with(by, id))
        .map(row -> new Payment(
            row.optionalText(ACCOUNT).map(AccountId::new),
            RecordRows.read(PaymentIntent.class, row.optionalRow("payment").orElseThrow()),
            row.rows("refunds").map(each -> RecordRows.read(Refund.class, each))));
  }

  @Override
  public Optional<Given> find(String refundId) {
    return functions
        .row("find_refund_v1", Row.empty().with("id", refundId))
        .map(PaymentFunctions::given);
  }

  @Override
  public List<Given> list(Optional<String> after, int limit) {
    Page.check(limit);
    return functions
        .rows("list_refunds_v1", Row.empty().with("after", after).with("limit", limit))
        .map(PaymentFunctions::given);
  }

  private static Given given(Row row) {
    return new Given(
        RecordRows.read(Refund.class, row.optionalRow("refund").orElseThrow()),
        row.optionalText("purchase_id"),
        row.optionalText("invoice_id"));
  }
}
