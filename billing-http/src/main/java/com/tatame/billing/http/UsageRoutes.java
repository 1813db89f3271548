package com.tatame.billing.http;

import static com.tatame.billing.http.Access.SIGNED_IN;
import static com.tatame.billing.http.Access.TRUSTED;
import static com.tatame.billing.http.Effect.USE;
import static com.tatame.billing.http.ProblemCode.IDEMPOTENCY_KEY_REUSED;
import static com.tatame.billing.http.ProblemCode.LIMIT_REACHED;
import static com.tatame.billing.http.ProblemCode.NOT_FOUND;
import static com.tatame.billing.http.Route.Parameter.flag;
import static com.tatame.billing.http.Route.Parameter.query;
import static com.tatame.billing.http.Route.Reply.pageOf;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.get;
import static com.tatame.billing.http.Route.post;
import static com.tatame.billing.http.Route.put;

import com.tatame.billing.apikey.Scope;
import com.tatame.billing.http.EntitlementHandlers.ConsumeRequest;
import com.tatame.billing.http.EntitlementHandlers.ConsumedAnswer;
import com.tatame.billing.http.EntitlementHandlers.ConsumptionAnswer;
import com.tatame.billing.http.EntitlementHandlers.DecisionAnswer;
import com.tatame.billing.http.EntitlementHandlers.EntitlementsAnswer;
import com.tatame.billing.http.EntitlementHandlers.ReleaseRequest;
import com.tatame.billing.http.UsageHandlers.GaugeRequest;
import com.tatame.billing.http.UsageHandlers.RecordedAnswer;
import com.tatame.billing.http.UsageHandlers.UsageReportRequest;
import com.tatame.billing.http.UsageHandlers.UsageRowAnswer;
import com.tatame.billing.http.UsageHandlers.UsageSummaryAnswer;
import java.util.ArrayList;
import java.util.List;

/** The part of the table that is about what the caller may do, and does. */
final class UsageRoutes {
  private static final String USAGE = "/api/v1/usage";
  private static final String FEATURE = "/api/v1/entitlements/{feature}";

  private static final Route.Parameter PAST = query(
      "at",
      "A moment that has passed, such as 2026-03-04T14:03:00Z: what was answered then, by what was"
          + " known then. Now if missing.");

  private UsageRoutes() {}

  static List<Route> canonical() {
    return List.of(
        get("/api/v1/entitlements", SIGNED_IN)
            .orAnonymous()
            .orKeyWith(Scope.ENTITLEMENTS)
            .is("Entitlements", "Everything that the caller may do, or might at a past moment")
            .with(PAST)
            .answers(reply(200, EntitlementsAnswer.class, "As of that moment."))
            .by(to -> to.entitlements()::all),
        get(FEATURE, SIGNED_IN)
            .orAnonymous()
            .orKeyWith(Scope.ENTITLEMENTS)
            .is("Entitlements", "Whether the caller may use a feature, or might at a past moment")
            .with(PAST)
            .with(flag("explain", "Whether to tell how the answer was derived."))
            .answers(reply(200, DecisionAnswer.class, "As of that moment."))
            .by(to -> to.entitlements()::one),
        post(FEATURE + "/consume", SIGNED_IN, USE)
            .orAnonymous()
            .orKeyWith(Scope.ENTITLEMENTS)
            .keepsKeysItself()
            .is("Entitlements", "Use units of a feature, all of them or none")
            .takes(ConsumeRequest.class)
            .answers(reply(200, ConsumedAnswer.class, "They are used."))
            .refuses(LIMIT_REACHED, NOT_FOUND, IDEMPOTENCY_KEY_REUSED)
            .by(to -> to.entitlements()::consume),
        post(FEATURE + "/release", TRUSTED, USE)
            .orKeyWith(Scope.ENTITLEMENTS)
            .keepsKeysItself()
            .is(
                "Entitlements",
                "Give units back for what was not done after all; for API keys and administrators")
            .takes(ReleaseRequest.class)
            .answers(reply(200, DecisionAnswer.class, "As it is now."))
            .refuses(NOT_FOUND)
            .by(to -> to.entitlements()::release),
        get(FEATURE + "/consumptions/{id}", TRUSTED)
            .orKeyWith(Scope.ENTITLEMENTS)
            .is(
                "Entitlements",
                "What was consumed, so that a backend honours what a front end consumed; for API keys"
                    + " and administrators")
            .answers(reply(200, ConsumptionAnswer.class, "As it is now."))
            .refuses(NOT_FOUND)
            .by(to -> to.entitlements()::consumption),
        put(FEATURE, TRUSTED, USE)
            .orKeyWith(Scope.USAGE_WRITE)
            .is("Usage", "Say how high a gauge stands; for API keys and administrators")
            .takes(GaugeRequest.class)
            .answers(reply(200, DecisionAnswer.class, "As it is now."))
            .refuses(NOT_FOUND)
            .by(to -> to.usage()::set),
        post(USAGE, TRUSTED, USE)
            .orKeyWith(Scope.USAGE_WRITE)
            .keepsKeysItself()
            .is("Usage", "Record what was used already; for API keys and administrators")
            .takes(UsageReportRequest.class)
            .answers(reply(200, RecordedAnswer.class, "It is counted, also beyond the limit."))
            .refuses(NOT_FOUND, IDEMPOTENCY_KEY_REUSED)
            .by(to -> to.usage()::record),
        get(USAGE, SIGNED_IN)
            .orKeyWith(Scope.ENTITLEMENTS)
            .is("Usage", "What the caller used, window by window")
            .with(query("type", "Only of this feature."))
            .paged()
            .answers(pageOf(UsageRowAnswer.class, "The windows that end last first."))
            .by(to -> to.usage()::list),
        get(USAGE + "/summary", SIGNED_IN)
            .orKeyWith(Scope.ENTITLEMENTS)
            .is("Usage", "What the caller used in the windows of today")
            .answers(reply(200, UsageSummaryAnswer.class, "Every feature that is counted."))
            .by(to -> to.usage()::summary));
  }

  static List<Route> aliases() {
    List<Route> aliases = new ArrayList<>();
    for (Route route : canonical()) {
      if (route.path().startsWith(USAGE)) {
        String rest = route.path().substring(USAGE.length());
        for (String root : List.of("/stripe", "/api/v1/stripe")) {
          aliases.add(alias(route, root + "/usage" + rest.replace('/', '-')));
          if (route.method().equals("POST")) {
            aliases.add(alias(route, root + "/usage-records"));
          }
        }
      }
    }
    return aliases;
  }

  private static Route alias(Route route, String path) {
    return route.alias(path);
  }
}
