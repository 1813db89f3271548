package com.tatame.billing.http;

import static com.tatame.billing.http.Access.ADMINISTRATOR;
import static com.tatame.billing.http.Access.SIGNED_IN;
import static com.tatame.billing.http.ProblemCode.CONFLICT;
import static com.tatame.billing.http.ProblemCode.NOT_FOUND;
import static com.tatame.billing.http.Route.Parameter.query;
import static com.tatame.billing.http.Route.Reply.pageOf;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.get;
import static com.tatame.billing.http.Route.post;
import static com.tatame.billing.http.RouteEffect.BILLING;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.apikey.Scope;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.metering.MeterReport;
import com.tatame.billing.metering.MeterReportStore.Filter;
import com.tatame.billing.metering.MeteredUsage;
import com.tatame.billing.metering.MeteredUsage.Current;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is billed by its use: how much it is, and what of it the provider has. */
final class MeteringHandlers {
  static final String PATH = "/api/v1/usage/reports";

  private final MeteredUsage metering;

  static List<Route> routes() {
    return List.of(
        get("/api/v1/usage/metered", SIGNED_IN)
            .orKeyWith(Scope.ENTITLEMENTS)
            .is("Usage", "What the caller used in this billing period of what is billed by its use")
            .answers(reply(200, MeteredUsageAnswer.class, "Every feature that is metered."))
            .by(to -> to.get(MeteringHandlers.class)::current),
        get(PATH, ADMINISTRATOR)
            .orKeyWith(Scope.COMMANDS_READ)
            .is("Usage", "What was used, on its way to the provider's meters")
            .with(
                query("state", "Only of this state: open, sending, sent, dead or needs_operator."),
                query("account", "Only of this account."))
            .paged()
            .answers(pageOf(UsageToReportAnswer.class, "What was used last first."))
            .by(to -> to.get(MeteringHandlers.class)::list),
        post(PATH + "/{id}/resolve", ADMINISTRATOR, BILLING)
            .orKeyWith(Scope.COMMANDS_WRITE)
            .is("Usage", "Decide about use that is given up, or that may have been counted")
            .takes(ResolveReport.class)
            .answers(reply(200, UsageToReportAnswer.class, "As it is now."))
            .refuses(NOT_FOUND, CONFLICT)
            .by(to -> to.get(MeteringHandlers.class)::resolve));
  }

  MeteringHandlers(MeteredUsage metering) {
    this.metering = metering;
  }

  record MeteredUsageAnswer(List<MeteredFeatureAnswer> data) {}

  record MeteredFeatureAnswer(
      @Doc(value = "The feature.", example = "calls") String feature,

      @Doc(value = "The provider's meter, by the name of its events.", example = "api_calls")
      String meter,

      @Doc("Of the billing period, in whole minutes.") Instant periodStart,

      Instant periodEnd,
      @Doc("Units that were used, and not given back.") long used,
      @Doc("Of them those that the provider has.") long sent,
      @Doc("Of them those that are on their way.") long pending,

      @Doc("Of them those that the provider will never have.")
      long dead,

      @Doc("Of them those that a person must decide about.") long undecided,

      @Doc("What the provider's meter holds, which takes it a while; null if it can't be asked.")
      @Nullable
      Long counted,

      @Doc("Used and not counted; null if the provider can't be asked.") @Nullable
      Long difference) {
    static MeteredFeatureAnswer of(Current current) {
      return new MeteredFeatureAnswer(
          current.feature(),
          current.own().meter(),
          current.period().start(),
          current.period().end(),
          current.own().used(),
          current.own().sent(),
          current.own().pending(),
          current.own().dead(),
          current.own().undecided(),
          current.counted().orElse(null),
          current.difference().orElse(null));
    }
  }

  record UsageToReportAnswer(
      @Doc("Also the identifier of the provider's event.") String id,
      String accountId,

      @Doc(value = "The provider's meter, by the name of its events.", example = "api_calls")
      String meter,

      @Doc("Less than 0 where more was given back than used since the last report.")
      long units,

      @Doc("When the first of them was used.") Instant usedAt,

      @Doc(
          value = "How far it got.",
          oneOf = {"open", "sending", "sent", "dead", "needs_operator"})
      String state,

      @Doc(value = "The provider's.", example = "cus_123") @Nullable
      String customerId,

      @Doc("Attempts that failed.") int attempts,

      @Doc("When the invoice that bills it is finalised; null as long as there is none.") @Nullable
      Instant deadline,

      @Doc("Why it was not sent, the last time.") @Nullable String error) {
    static UsageToReportAnswer of(MeterReport report) {
      return new UsageToReportAnswer(
          report.id(),
          report.account().value(),
          report.meter(),
          report.units(),
          report.at(),
          report.state().code(),
          report.customerId().orElse(null),
          report.attempts(),
          report.deadline().orElse(null),
          report.error().orElse(null));
    }
  }

  record ResolveReport(
      @Doc("Whether the provider has it; if not, it is sent anew.")
      Boolean sent) {}

  Answer current(Call call) {
    return Answer.ok(new MeteredUsageAnswer(
        metering.current(call.account()).stream().map(MeteredFeatureAnswer::of).toList()));
  }

  Answer list(Call call) {
    PageRequest page = call.page();
    Filter filter = new Filter(
        call.query("state").map(MeteringHandlers::state),
        call.query("account").map(AccountId::new));
    return Answer.ok(page.render(
        metering.list(filter, page.after(), page.lookahead()),
        MeterReport::id,
        UsageToReportAnswer::of));
  }

  // A missing field of the body is null here, whatever its type says.
  @SuppressWarnings("ConstantValue")
  Answer resolve(Call call) {
    ResolveReport wanted = call.body(ResolveReport.class);
    if (wanted.sent() == null) {
      throw ValidationFailed.of("sent", "say whether the provider has it");
    }
    return Answer.ok(UsageToReportAnswer.of(metering.resolve(call.id("id"), wanted.sent())));
  }

  private static MeterReport.State state(String code) {
    return Arrays.stream(MeterReport.State.values())
        .filter(state -> state.code().equals(code))
        .findFirst()
        .orElseThrow(() -> ValidationFailed.of(
            "state",
            "must be one of "
                + Arrays.stream(MeterReport.State.values())
                    .map(MeterReport.State::code)
                    .collect(Collectors.joining(", "))));
  }
}
