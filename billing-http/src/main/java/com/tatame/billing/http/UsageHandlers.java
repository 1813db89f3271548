package com.tatame.billing.http;

import static com.tatame.billing.http.Access.SIGNED_IN;
import static com.tatame.billing.http.Access.TRUSTED;
import static com.tatame.billing.http.ProblemCode.IDEMPOTENCY_KEY_REUSED;
import static com.tatame.billing.http.ProblemCode.NOT_FOUND;
import static com.tatame.billing.http.Route.Parameter.query;
import static com.tatame.billing.http.Route.Reply.pageOf;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.get;
import static com.tatame.billing.http.Route.post;
import static com.tatame.billing.http.Route.put;
import static com.tatame.billing.http.RouteEffect.USE;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.apikey.Scope;
import com.tatame.billing.entitlement.Consumption;
import com.tatame.billing.entitlement.Decision;
import com.tatame.billing.entitlement.Decision.Allowance;
import com.tatame.billing.entitlement.Entitlements;
import com.tatame.billing.entitlement.RecordedUsage;
import com.tatame.billing.entitlement.UsageReport;
import com.tatame.billing.entitlement.UsageRow;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.http.EntitlementHandlers.DecisionAnswer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Usage: reported by permitted callers, and read back. */
final class UsageHandlers {
  private static final String USAGE = "/api/v1/usage";
  private static final String FEATURE = "/api/v1/entitlements/{feature}";
  private final Entitlements entitlements;
  private final InstantSource wallClock;

  static List<Route> routes() {
    return List.of(
        put(FEATURE, TRUSTED, USE)
            .orKeyWith(Scope.USAGE_WRITE)
            .is("Usage", "Say how high a gauge stands; for API keys and administrators")
            .takes(GaugeRequest.class)
            .answers(reply(200, DecisionAnswer.class, "As it is now."))
            .refuses(NOT_FOUND)
            .by(to -> to.get(UsageHandlers.class)::set),
        post(USAGE, TRUSTED, USE)
            .orKeyWith(Scope.USAGE_WRITE)
            .keepsKeysItself()
            .is("Usage", "Record what was used already; for API keys and administrators")
            .takes(UsageReportRequest.class)
            .answers(reply(200, RecordedAnswer.class, "It is counted, also beyond the limit."))
            .refuses(NOT_FOUND, IDEMPOTENCY_KEY_REUSED)
            .by(to -> to.get(UsageHandlers.class)::record),
        get(USAGE, SIGNED_IN)
            .orKeyWith(Scope.ENTITLEMENTS)
            .is("Usage", "What the caller used, window by window")
            .with(query("type", "Only of this feature."))
            .paged()
            .answers(pageOf(UsageRowAnswer.class, "The windows that end last first."))
            .by(to -> to.get(UsageHandlers.class)::list),
        get(USAGE + "/summary", SIGNED_IN)
            .orKeyWith(Scope.ENTITLEMENTS)
            .is("Usage", "What the caller used in the windows of today")
            .answers(reply(200, UsageSummaryAnswer.class, "Every feature that is counted."))
            .by(to -> to.get(UsageHandlers.class)::summary));
  }

  /**
   * Answers nothing yet.
   *
   * @param wallClock tells how old a stale answer is
   */
  UsageHandlers(Entitlements entitlements, InstantSource wallClock) {
    this.entitlements = entitlements;
    this.wallClock = wallClock;
  }

  record GaugeRequest(
      @Doc(value = "How high it stands.", example = "250") Long value,

      @Doc("Whose level it is, if an administrator says so; the caller's if missing.") @Nullable
      String accountId) {}

  record UsageReportRequest(
      @Doc(value = "A feature that is counted.", example = "pain_entry")
      String type,

      @Doc("Units; 1 if missing.") @Nullable Long amount,

      @Doc("Under it, this is counted once; the header Idempotency-Key says the same.") @Nullable
      String idempotencyKey,

      @Doc("When it was used, within the last 35 days; now if missing.") @Nullable
      String occurredAt,

      @Doc("Texts by name, kept with it.") @Nullable Map<String, String> metadata,

      @Doc("Who used it, if an administrator says so; the caller if missing.") @Nullable
      String accountId) {}

  record RecordedAnswer(
      @Doc(value = "The feature.", example = "pain_entry") String type,

      @Doc("Units that were counted.") long amount,
      @Doc("Of what is included, right after.") long used,

      @Doc("What costs nothing and is left right after, included or granted, at least 0; null where"
          + " there is no limit.")
      @Nullable
      Long remaining,

      @Doc("To take it back with.") String consumptionId) {}

  record UsageRowAnswer(
      @Doc(value = "The feature.", example = "pain_entry") String type,

      @Doc("All units.") long amount,

      @Doc("Of them beyond the limit at a discount.") long overage,

      @Doc("Of them beyond that, too, at the whole price.") long fullPrice,

      @Doc("Of them drawn from grants.") long granted,

      Instant periodStart,
      @Doc("Null if it never ends.") @Nullable Instant periodEnd) {
    static UsageRowAnswer of(UsageRow row) {
      return new UsageRowAnswer(
          row.feature(),
          row.used().total(),
          row.used().overage(),
          row.used().fullPrice(),
          row.used().granted(),
          row.period().start(),
          row.period().endless() ? null : row.period().end());
    }
  }

  record UsageSummaryAnswer(List<UsageSummaryRow> data) {}

  record UsageSummaryRow(
      @Doc(value = "The feature.", example = "pain_entry") String type,
      @Doc("Of what the plan includes.") long used,

      @Doc("What the plan includes; null where there is no limit.") @Nullable
      Long limit,

      @Doc("What costs nothing and is left, included or granted; null where there is no limit.")
      @Nullable
      Long remaining,

      @Doc("When it is counted anew; null if never.") @Nullable
      Instant resetsAt) {
    static UsageSummaryRow of(String type, Allowance allowance) {
      return new UsageSummaryRow(
          type,
          allowance.used(),
          allowance.limit().orElse(null),
          allowance.remaining().orElse(null),
          allowance.resetsAt().orElse(null));
    }
  }

  // A missing field of the body is null here, whatever its type says.
  @SuppressWarnings("ConstantValue")
  Answer set(Call call) {
    GaugeRequest body = call.body(GaugeRequest.class);
    if (body.value() == null) {
      throw ValidationFailed.of("value", "is required");
    }
    Decision decision =
        entitlements.set(account(call, body.accountId()), call.id("feature"), body.value());
    return Answer.ok(DecisionAnswer.of(decision, wallClock.instant()));
  }

  @SuppressWarnings("ConstantValue")
  Answer record(Call call) {
    UsageReportRequest body = call.body(UsageReportRequest.class);
    if (body.type() == null || body.type().isBlank()) {
      throw ValidationFailed.of("type", "is required");
    }
    RecordedUsage recorded = entitlements.record(
        account(call, body.accountId()),
        new UsageReport(
            body.type(),
            body.amount() == null ? 1 : body.amount(),
            RequestFields.idempotencyKey(call, body.idempotencyKey()),
            Optional.ofNullable(body.occurredAt())
                .map(text -> RequestFields.time("occurredAt", text)),
            metadata(body.metadata())));
    Consumption consumption = recorded.consumption();
    Answer answer = Answer.ok(new RecordedAnswer(
        consumption.feature(),
        consumption.amount(),
        consumption.used(),
        consumption.remaining().orElse(null),
        consumption.id()));
    return recorded.again() ? answer.with("Idempotent-Replayed", "true") : answer;
  }

  Answer list(Call call) {
    PageRequest page = call.page();
    Optional<UsageRow> after = page.after()
        .map(id -> UsageRow.of(id)
            .orElseThrow(() ->
                ValidationFailed.of("cursor", "must be the nextCursor of an earlier answer")));
    return Answer.ok(page.render(
        entitlements.history(call.account(), call.query("type"), after, page.lookahead()),
        UsageRow::id,
        UsageRowAnswer::of));
  }

  Answer summary(Call call) {
    return Answer.ok(new UsageSummaryAnswer(
        entitlements.of(call.account()).features().entrySet().stream()
            .flatMap(entry -> entry.getValue().allowance().stream()
                .map(allowance -> UsageSummaryRow.of(entry.getKey(), allowance)))
            .toList()));
  }

  // A key acts for the account that the header names, and for no other.
  private static AccountId account(Call call, @Nullable String named) {
    AccountId account =
        RequestFields.text("accountId", named).map(AccountId::new).orElse(call.account());
    if (call.principal().isApiKey() && !account.equals(call.account())) {
      throw ValidationFailed.of("accountId", "must be the one that X-Account-Id names");
    }
    return account;
  }

  private static Map<String, String> metadata(@Nullable Map<String, String> sent) {
    Map<String, String> metadata = RequestFields.texts("metadata", sent);
    metadata.forEach((name, text) -> {
      if (!InputRules.plain(name) || name.isBlank() || name.length() > 100) {
        throw ValidationFailed.of("metadata", "must be named in at most 100 plain characters");
      }
      if (text.length() > 500) {
        throw ValidationFailed.of("metadata." + name, "must be a text of at most 500 characters");
      }
    });
    return metadata;
  }
}
