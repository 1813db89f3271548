package com.tatame.billing.http;

import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.money.Money;
import com.tatame.billing.refund.Refund;
import com.tatame.billing.refund.RefundStore.Given;
import com.tatame.billing.refund.Refunds;
import com.tatame.billing.refund.Refunds.RefundRequest;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Payments that are given back. */
final class RefundHandlers {
  static final String PATH = "/api/v1/refunds";

  private final Refunds refunds;

  RefundHandlers(Refunds refunds) {
    this.refunds = refunds;
  }

  record NewRefund(
      @Doc(value = "What to refund; this or invoiceId.", example = "pur_1c8f") @Nullable
      String purchaseId,

      @Doc(value = "The provider's, of a paid invoice.", example = "in_123") @Nullable
      String invoiceId,

      @Doc("In minor units; all that is left if missing.") @Nullable
      Long amount,

      @Doc(
          value = "Why.",
          oneOf = {"duplicate", "fraudulent", "requested_by_customer"})
      String reason,

      @Doc("Whether the same amount of the payment may have been refunded in the last ten minutes.")
      @Nullable
      Boolean allowDuplicate,

      @Doc("Required, here or as the header Idempotency-Key: under it, this is refunded once.")
      @Nullable
      String idempotencyKey) {}

  record RefundAnswer(
      @Doc(value = "The provider's.", example = "re_123") String id,
      @Nullable String purchaseId,
      @Nullable String invoiceId,
      @Nullable String paymentIntentId,
      MoneyAnswer amount,

      @Doc(
          value = "How far it got.",
          oneOf = {"pending", "requires_action", "succeeded", "failed", "canceled"})
      String status,

      @Doc("As it was given, if it was.") @Nullable String reason,
      Instant createdAt) {
    static RefundAnswer of(Given given) {
      Refund refund = given.refund();
      return new RefundAnswer(
          refund.id(),
          given.purchaseId().orElse(null),
          given.invoiceId().orElse(null),
          refund.paymentIntentId().orElse(null),
          MoneyAnswer.of(new Money(refund.amount(), refund.currency())),
          refund.status().code(),
          refund.reason().orElse(null),
          refund.createdAt());
    }
  }

  // A missing field of the body is null here, whatever its type says.
  @SuppressWarnings("ConstantValue")
  Answer create(Call call) {
    NewRefund body = call.body(NewRefund.class);
    String key = EntitlementHandlers.key(call, body.idempotencyKey())
        .orElseThrow(() -> ValidationFailed.of(
            "idempotencyKey",
            "is required: send a fresh one, here or as the header Idempotency-Key, with each new"
                + " refund, and the same one with each repetition"));
    RefundRequest wanted = new RefundRequest(
        CustomerHandlers.text("purchaseId", body.purchaseId()),
        CustomerHandlers.text("invoiceId", body.invoiceId()),
        Optional.ofNullable(body.amount()),
        body.reason() == null ? "" : body.reason(),
        Boolean.TRUE.equals(body.allowDuplicate()));
    return Answer.created(PATH, RefundAnswer.of(refunds.refund(wanted, call.request(key))));
  }

  Answer list(Call call) {
    PageRequest page = call.page();
    return Answer.ok(page.render(
        refunds.list(page.after(), page.lookahead()),
        given -> given.refund().id(),
        RefundAnswer::of));
  }
}
