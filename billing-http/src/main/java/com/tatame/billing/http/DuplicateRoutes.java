package com.tatame.billing.http;

import static com.tatame.billing.http.Access.ADMINISTRATOR;
import static com.tatame.billing.http.Effect.BILLING;
import static com.tatame.billing.http.ProblemCode.CONFLICT;
import static com.tatame.billing.http.ProblemCode.PROVIDER_REJECTED;
import static com.tatame.billing.http.ProblemCode.PROVIDER_UNAVAILABLE;
import static com.tatame.billing.http.Route.Parameter.flag;
import static com.tatame.billing.http.Route.Reply.pageOf;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.get;
import static com.tatame.billing.http.Route.post;

import com.tatame.billing.apikey.Scope;
import com.tatame.billing.http.DuplicateHandlers.DuplicateAnswer;
import com.tatame.billing.http.TrialHandlers.RepeatedTrialAnswer;
import java.util.List;

/** The part of the table that is about accounts with one subscription or trial too many. */
final class DuplicateRoutes {
  private DuplicateRoutes() {}

  static List<Route> canonical() {
    return List.of(
        get(DuplicateHandlers.PATH, ADMINISTRATOR)
            .orKeyWith(Scope.CUSTOMERS_READ)
            .is("Subscriptions", "Accounts that have, or had, two subscriptions of one plan family")
            .with(flag("open", "Only what is still to be dealt with."))
            .paged()
            .answers(pageOf(DuplicateAnswer.class, "Those found last first."))
            .by(to -> to.duplicates()::list),
        post(DuplicateHandlers.PATH + "/{id}/cancel", ADMINISTRATOR, BILLING)
            .is("Subscriptions", "End the one that is too many, and give back what it cost")
            .answers(reply(200, DuplicateAnswer.class, "It has ended, or had before."))
            .refuses(CONFLICT, PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .by(to -> to.duplicates()::cancel),
        get(TrialHandlers.PATH, ADMINISTRATOR)
            .orKeyWith(Scope.CUSTOMERS_READ)
            .is("Subscriptions", "Trials of people who had had one")
            .with(flag("open", "Only those that go on."))
            .paged()
            .answers(pageOf(RepeatedTrialAnswer.class, "Those that began last first."))
            .by(to -> to.trials()::list),
        post(TrialHandlers.PATH + "/{id}/end", ADMINISTRATOR, BILLING)
            .is("Subscriptions", "End such a trial at once; its first period is charged")
            .answers(reply(200, RepeatedTrialAnswer.class, "It has ended, or had before."))
            .refuses(CONFLICT, PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .by(to -> to.trials()::end));
  }
}
