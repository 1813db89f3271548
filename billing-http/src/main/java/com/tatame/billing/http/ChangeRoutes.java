package com.tatame.billing.http;

import static com.tatame.billing.http.Access.SIGNED_IN;
import static com.tatame.billing.http.Effect.BILLING;
import static com.tatame.billing.http.Effect.NONE;
import static com.tatame.billing.http.ProblemCode.CONFLICT;
import static com.tatame.billing.http.ProblemCode.PAYMENT_DECLINED;
import static com.tatame.billing.http.ProblemCode.PROVIDER_REJECTED;
import static com.tatame.billing.http.ProblemCode.PROVIDER_UNAVAILABLE;
import static com.tatame.billing.http.ProblemCode.QUOTE_STALE;
import static com.tatame.billing.http.ProblemCode.SUBSCRIPTION_EXISTS;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.patch;
import static com.tatame.billing.http.Route.post;

import com.tatame.billing.http.ChangeHandlers.NewQuote;
import com.tatame.billing.http.ChangeHandlers.PauseRequest;
import com.tatame.billing.http.ChangeHandlers.QuoteAnswer;
import com.tatame.billing.http.ChangeHandlers.SubscriptionUpdate;
import com.tatame.billing.http.SubscriptionHandlers.SubscriptionAnswer;
import java.util.List;

/** The part of the table that is about changes of subscriptions. */
final class ChangeRoutes {
  private static final String ONE = "/api/v1/subscriptions/{id}";
  private static final String UPDATE = ONE + "/update";

  private ChangeRoutes() {}

  static List<Route> canonical() {
    return List.of(
        post(ONE + "/quote", SIGNED_IN, NONE)
            .is("Subscriptions", "What a change would cost")
            .takes(NewQuote.class)
            .answers(reply(200, QuoteAnswer.class, "Holds for ten minutes; nothing is changed."))
            .refuses(CONFLICT, SUBSCRIPTION_EXISTS, PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .by(to -> to.changes()::quote),
        change(post(UPDATE, SIGNED_IN, BILLING)),
        change(patch(ONE, SIGNED_IN, BILLING)),
        post(ONE + "/pause", SIGNED_IN, BILLING)
            .is(
                "Subscriptions",
                "Stop collecting payments for a while; users only where the plan allows it")
            .takes(PauseRequest.class)
            .answers(reply(
                200,
                SubscriptionAnswer.class,
                "As it is now. It still entitles, unless its user paused it."))
            .refuses(CONFLICT, PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .reopens(to -> to.subscriptions()::readAgain)
            .by(to -> to.changes()::pause),
        post(ONE + "/unpause", SIGNED_IN, BILLING)
            .is("Subscriptions", "Collect payments again")
            .answers(reply(200, SubscriptionAnswer.class, "As it is now."))
            .refuses(CONFLICT, PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .reopens(to -> to.subscriptions()::readAgain)
            .by(to -> to.changes()::unpause));
  }

  private static Route change(Route.Builder route) {
    return route
        .is("Subscriptions", "Change plan, interval or quantity, as quoted or as asked")
        .takes(SubscriptionUpdate.class)
        .answers(reply(
            200, SubscriptionAnswer.class, "As it is now; a paymentAction is still to be done."))
        .refuses(
            PAYMENT_DECLINED,
            CONFLICT,
            QUOTE_STALE,
            SUBSCRIPTION_EXISTS,
            PROVIDER_REJECTED,
            PROVIDER_UNAVAILABLE)
        .reopens(to -> to.subscriptions()::readAgain)
        .by(to -> to.changes()::update);
  }

  /** The paths of the applications that came before this contract. */
  static List<Route> aliases() {
    Route update = canonical().stream()
        .filter(route -> route.path().equals(UPDATE))
        .findFirst()
        .orElseThrow();
    return List.of(
        update.alias("/stripe/subscriptions/{id}/update"),
        update.alias("/api/v1/stripe/subscriptions/{id}/update"));
  }
}
