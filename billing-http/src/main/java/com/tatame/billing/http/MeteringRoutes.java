package com.tatame.billing.http;

import static com.tatame.billing.http.Access.ADMINISTRATOR;
import static com.tatame.billing.http.Access.SIGNED_IN;
import static com.tatame.billing.http.Effect.BILLING;
import static com.tatame.billing.http.ProblemCode.CONFLICT;
import static com.tatame.billing.http.ProblemCode.NOT_FOUND;
import static com.tatame.billing.http.Route.Parameter.query;
import static com.tatame.billing.http.Route.Reply.pageOf;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.get;
import static com.tatame.billing.http.Route.post;

import com.tatame.billing.apikey.Scope;
import com.tatame.billing.http.MeteringHandlers.MeteredUsageAnswer;
import com.tatame.billing.http.MeteringHandlers.ResolveReport;
import com.tatame.billing.http.MeteringHandlers.UsageToReportAnswer;
import java.util.List;

/** The part of the table that is about what is billed by its use. */
final class MeteringRoutes {
  private MeteringRoutes() {}

  static List<Route> canonical() {
    return List.of(
        get("/api/v1/usage/metered", SIGNED_IN)
            .orKeyWith(Scope.ENTITLEMENTS)
            .is("Usage", "What the caller used in this billing period of what is billed by its use")
            .answers(reply(200, MeteredUsageAnswer.class, "Every feature that is metered."))
            .by(to -> to.metering()::current),
        get(MeteringHandlers.PATH, ADMINISTRATOR)
            .orKeyWith(Scope.COMMANDS_READ)
            .is("Usage", "What was used, on its way to the provider's meters")
            .with(
                query("state", "Only of this state: open, sending, sent, dead or needs_operator."),
                query("account", "Only of this account."))
            .paged()
            .answers(pageOf(UsageToReportAnswer.class, "What was used last first."))
            .by(to -> to.metering()::list),
        post(MeteringHandlers.PATH + "/{id}/resolve", ADMINISTRATOR, BILLING)
            .orKeyWith(Scope.COMMANDS_WRITE)
            .is("Usage", "Decide about use that is given up, or that may have been counted")
            .takes(ResolveReport.class)
            .answers(reply(200, UsageToReportAnswer.class, "As it is now."))
            .refuses(NOT_FOUND, CONFLICT)
            .by(to -> to.metering()::resolve));
  }
}
