package com.tatame.billing.entitlement;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Feature;
import com.tatame.billing.entitlement.Explanation.Hindsight;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.ValidationFailed;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What accounts might do at an instant that has passed, by what was known here then: what was
 * answered then, if it was asked. Use counts at the time for which it was reported, and plans are
 * those of today's catalog. Each question is one query.
 */
public final class PastEntitlements {
  /** How long consumptions are kept. */
  public static final Duration RETENTION = Duration.ofDays(90);

  private final UsageStore store;
  private final Catalog catalog;
  private final Instant at;
  private final Instant now;

  PastEntitlements(UsageStore store, Catalog catalog, Instant at, Instant now) {
    this.store = store;
    this.catalog = catalog;
    this.at = at;
    this.now = now;
  }

  /** All features at once, without counted ones if the instant is past their retention. */
  public EntitlementReport of(AccountId account) {
    EntitlementReport report = standing(store.past(account, at)).report(account);
    if (withinRetention()) {
      return report;
    }
    SortedSet<String> unknown = new TreeSet<>();
    report.features().forEach((name, decision) -> {
      if (!(decision.feature() instanceof Feature.Flag)) {
        unknown.add(name);
      }
    });
    return report.without(unknown);
  }

  /**
   * One feature.
   *
   * @throws NotFound if no plan of the catalog has such a feature
   * @throws ValidationFailed if it is counted, and the instant is past the retention of consumptions
   */
  public Decision check(AccountId account, String feature) {
    return explain(account, feature).decision();
  }

  /**
   * Why the account might or might not use a feature.
   *
   * @throws NotFound if no plan of the catalog has such a feature
   * @throws ValidationFailed if it is counted, and the instant is past the retention of consumptions
   */
  public Explanation explain(AccountId account, String feature) {
    PastUsage past = store.past(account, at);
    EntitlementEvaluation standing = standing(past);
    Feature asked = standing.feature(feature).orElseThrow(() -> new NotFound("feature", feature));
    if (!(asked instanceof Feature.Flag) && !withinRetention()) {
      throw ValidationFailed.of(
          "at",
          "must be " + ExplanationText.time(now.minus(RETENTION)) + " or later for '" + feature
              + "': what was used before is not kept");
    }
    Explanation explanation = standing.explain(account, feature, asked);
    return past.hindsight()
        .map(later -> explanation.with(hindsight(account, feature, past, later)))
        .orElse(explanation);
  }

  private Hindsight hindsight(
      AccountId account, String feature, PastUsage past, RecordedEntitlement later) {
    EntitlementEvaluation standing = standing(Optional.of(later), past);
    Explanation explanation =
        standing.explain(account, feature, standing.feature(feature).orElseThrow());
    return new Hindsight(
        later.recordedAt(), explanation.decision(), explanation.plan(), explanation.grounds());
  }

  private EntitlementEvaluation standing(PastUsage past) {
    return standing(past.known(), past);
  }

  private EntitlementEvaluation standing(Optional<RecordedEntitlement> known, PastUsage past) {
    return new EntitlementEvaluation(
        catalog, new AccountUsage(known, "", past.open(), past.grants()), at);
  }

  private boolean withinRetention() {
    return !at.isBefore(now.minus(RETENTION));
  }
}
