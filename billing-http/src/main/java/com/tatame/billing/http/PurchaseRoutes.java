package com.tatame.billing.http;

import static com.tatame.billing.http.Access.ADMINISTRATOR;
import static com.tatame.billing.http.Access.PUBLIC;
import static com.tatame.billing.http.Access.SIGNED_IN;
import static com.tatame.billing.http.Effect.BILLING;
import static com.tatame.billing.http.Effect.NONE;
import static com.tatame.billing.http.Effect.USE;
import static com.tatame.billing.http.ProblemCode.ALREADY_OWNED;
import static com.tatame.billing.http.ProblemCode.CONFLICT;
import static com.tatame.billing.http.ProblemCode.IDEMPOTENCY_KEY_REUSED;
import static com.tatame.billing.http.ProblemCode.IN_PROGRESS;
import static com.tatame.billing.http.ProblemCode.NOT_FOUND;
import static com.tatame.billing.http.ProblemCode.PAYMENT_DECLINED;
import static com.tatame.billing.http.ProblemCode.POSSIBLE_DUPLICATE;
import static com.tatame.billing.http.ProblemCode.PROVIDER_REJECTED;
import static com.tatame.billing.http.ProblemCode.PROVIDER_UNAVAILABLE;
import static com.tatame.billing.http.Route.Parameter.query;
import static com.tatame.billing.http.Route.Reply.pageOf;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.get;
import static com.tatame.billing.http.Route.post;

import com.tatame.billing.apikey.Scope;
import com.tatame.billing.http.AnonymousSessionHandlers.AnonymousSessionAnswer;
import com.tatame.billing.http.AnonymousSessionHandlers.ClaimAnswer;
import com.tatame.billing.http.AnonymousSessionHandlers.ClaimRequest;
import com.tatame.billing.http.PaymentIntentHandlers.NewPaymentIntent;
import com.tatame.billing.http.PaymentIntentHandlers.PaymentIntentAnswer;
import com.tatame.billing.http.PurchaseHandlers.DuplicatePurchaseAnswer;
import com.tatame.billing.http.PurchaseHandlers.PurchaseAnswer;
import com.tatame.billing.http.RefundHandlers.NewRefund;
import com.tatame.billing.http.RefundHandlers.RefundAnswer;
import java.util.List;

/** The part of the table that is about what is bought once, and given back. */
final class PurchaseRoutes {
  private PurchaseRoutes() {}

  static List<Route> canonical() {
    return List.of(
        get(PurchaseHandlers.PATH, SIGNED_IN)
            .orAnonymous()
            .is("Purchases", "What the caller bought once")
            .with(query("item", "Only those of this item."))
            .paged()
            .answers(pageOf(PurchaseAnswer.class, "Newest first."))
            .by(to -> to.purchases()::list),
        get(PurchaseHandlers.PATH + "/owned/{item}", SIGNED_IN)
            .orAnonymous()
            .is("Purchases", "The purchase by which the caller owns an item")
            .answers(reply(200, PurchaseAnswer.class, "The first of several."))
            .by(to -> to.purchases()::owned),
        get(DuplicateHandlers.PATH + "/purchases", ADMINISTRATOR)
            .orKeyWith(Scope.CUSTOMERS_READ)
            .is("Purchases", "Purchases of what their buyers owned already")
            .paged()
            .answers(pageOf(DuplicatePurchaseAnswer.class, "Newest first."))
            .by(to -> to.purchases()::duplicates),
        get(PurchaseHandlers.PATH + "/{id}", SIGNED_IN)
            .orAnonymous()
            .is("Purchases", "One of the caller's purchases")
            .answers(reply(200, PurchaseAnswer.class, "The purchase."))
            .by(to -> to.purchases()::read),
        post(PaymentIntentHandlers.PATH, SIGNED_IN, BILLING)
            .is("Payments", "Begin a payment on a page of your own")
            .takes(NewPaymentIntent.class)
            .answers(reply(201, PaymentIntentAnswer.class, "It waits for its payer."))
            .refuses(
                PAYMENT_DECLINED, CONFLICT, ALREADY_OWNED, PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .reopens(to -> to.paymentIntents()::createAgain)
            .by(to -> to.paymentIntents()::create),
        get(PaymentIntentHandlers.PATH + "/{id}", SIGNED_IN)
            .is("Payments", "One of the caller's payments, as the provider holds it now")
            .answers(reply(200, PaymentIntentAnswer.class, "The payment."))
            .refuses(PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .by(to -> to.paymentIntents()::read),
        post(RefundHandlers.PATH, ADMINISTRATOR, BILLING)
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
            .by(to -> to.refunds()::create),
        get(RefundHandlers.PATH, ADMINISTRATOR)
            .orKeyWith(Scope.REFUNDS)
            .is("Refunds", "All refunds")
            .paged()
            .answers(pageOf(RefundAnswer.class, "Newest first."))
            .by(to -> to.refunds()::list),
        post("/api/v1/anonymous-sessions", PUBLIC, NONE)
            .is("Anonymous sessions", "Begin a session of somebody who has not signed in")
            .answers(reply(201, AnonymousSessionAnswer.class, "It has begun."))
            .reopens(to -> to.anonymousSessions()::beginAgain)
            .by(to -> to.anonymousSessions()::begin),
        post("/api/v1/anonymous-sessions/claim", SIGNED_IN, USE)
            .is("Anonymous sessions", "Take over what an anonymous session bought")
            .takes(ClaimRequest.class)
            .answers(reply(200, ClaimAnswer.class, "It is the caller's, now or since before."))
            .refuses(CONFLICT)
            .by(to -> to.anonymousSessions()::claim));
  }
}
