package com.tatame.billing.http;

import static com.tatame.billing.http.Access.ADMINISTRATOR;
import static com.tatame.billing.http.ProblemCode.CONFLICT;
import static com.tatame.billing.http.ProblemCode.IDEMPOTENCY_KEY_REUSED;
import static com.tatame.billing.http.ProblemCode.IN_PROGRESS;
import static com.tatame.billing.http.ProblemCode.NOT_FOUND;
import static com.tatame.billing.http.ProblemCode.POSSIBLE_DUPLICATE;
import static com.tatame.billing.http.ProblemCode.PROVIDER_REJECTED;
import static com.tatame.billing.http.ProblemCode.PROVIDER_UNAVAILABLE;
import static com.tatame.billing.http.Route.Reply.pageOf;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.get;
import static com.tatame.billing.http.Route.post;
import static com.tatame.billing.http.RouteEffect.BILLING;

import com.tatame.billing.apikey.Scope;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.money.Money;
import com.tatame.billing.refund.Refund;
import com.tatame.billing.refund.RefundStore.Given;
import com.tatame.billing.refund.Refunds;
import com.tatame.billing.refund.Refunds.RefundRequest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Payments that are given back. */
final class RefundHandlers {
  static final String PATH = "/api/v1/refunds";

  private final Refunds refunds;

  static List<Route> routes() {
    return List.of(
        post(PATH, ADMINISTRATOR, BILLING)
            .orKeyWith(Scope.REFUNDS)
            .is("Refunds", "Give back what a purchase or an invoice cost, whole or in part")
            .takes(NewRefund.class)
            .answers(reply(201, RefundAnswer.class, "It is made, or was, under the same key."))
            .refuses(
                NOT_FOUND,
                CONFLICT,
                IN_PROGRESS,
                POSSIBLE_DUPLICATE,
                IDEMPOTENCY_KEY_REUSED,
                PROVIDER_REJECTED,
                PROVIDER_UNAVAILABLE)
            .by(to -> to.get(RefundHandlers.class)::create),
        get(PATH, ADMINISTRATOR)
            .orKeyWith(Scope.REFUNDS)
            .is("Refunds", "All refunds")
            .paged()
            .answers(pageOf(RefundAnswer.class, "Newest first."))
            .by(to -> to.get(RefundHandlers.class)::list));
  }

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
    String key = RequestFields.idempotencyKey(call, body.idempotencyKey())
        .orElseThrow(() -> ValidationFailed.of(
            "idempotencyKey",
            "is required: send a fresh one, here or as the header Idempotency-Key, with each new"
                + " refund, and the same one with each repetition"));
    RefundRequest wanted = new RefundRequest(
        RequestFields.text("purchaseId", body.purchaseId()),
        RequestFields.text("invoiceId", body.invoiceId()),
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
