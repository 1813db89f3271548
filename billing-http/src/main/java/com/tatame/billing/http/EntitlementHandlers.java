package com.tatame.billing.http;

import com.tatame.billing.entitlement.Decision;
import com.tatame.billing.entitlement.EntitlementReport;
import com.tatame.billing.entitlement.Entitlements;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the caller may do. */
final class EntitlementHandlers {
  private final Entitlements entitlements;

  EntitlementHandlers(Entitlements entitlements) {
    this.entitlements = entitlements;
  }

  record EntitlementsAnswer(
      @Doc(value = "Whose they are.", example = "user_alice")
      String accountId,

      @Doc(value = "The plan in force.", example = "pro") String tier,

      @Doc("The subscription that gives it; null for the default plan.") @Nullable
      SourceAnswer source,

      @Doc("Every feature of the catalog by name.") Map<String, FeatureAnswer> features) {}

  record SourceAnswer(
      String subscriptionId,

      @Doc(value = "Of the subscription.", example = "active")
      String status,

      @Doc("How long a past due one still entitles.") @Nullable
      Instant graceUntil) {}

  record FeatureAnswer(
      boolean allowed,

      @Doc(value = "How the feature is granted.", example = "flag")
      String kind,

      @Doc("Null where nothing is counted.") @Nullable Long limit,
      @Doc("Null where nothing is counted.") @Nullable Long used,
      @Doc("Null where nothing is counted.") @Nullable Long remaining,
      @Doc("Null where nothing is counted.") @Nullable Instant resetsAt,

      @Doc("Null where nothing goes beyond the limit.") @Nullable
      OverageAnswer overage) {}

  record OverageAnswer(int discountPercent, long remaining) {}

  record DecisionAnswer(
      boolean allowed,

      @Doc(value = "How the feature is granted.", example = "flag")
      String kind,

      @Doc("Null where nothing is counted.") @Nullable Long limit,
      @Doc("Null where nothing is counted.") @Nullable Long used,
      @Doc("Null where nothing is counted.") @Nullable Long remaining,
      @Doc("Null where nothing is counted.") @Nullable Instant resetsAt,

      @Doc("Null where nothing goes beyond the limit.") @Nullable
      OverageAnswer overage,

      @Doc("Why not, in words for the user; null when allowed.") @Nullable
      String reason) {}

  Answer all(Call call) {
    EntitlementReport report = entitlements.of(call.account());
    Map<String, FeatureAnswer> features = new TreeMap<>();
    report.features().forEach((name, decision) -> features.put(name, feature(decision)));
    return Answer.ok(new EntitlementsAnswer(
        report.account().value(),
        report.tier(),
        report
            .source()
            .map(source -> new SourceAnswer(
                source.subscriptionId(),
                source.status().code(),
                source.graceUntil().orElse(null)))
            .orElse(null),
        features));
  }

  Answer one(Call call) {
    Decision decision = entitlements.check(call.account(), call.id("feature"));
    return Answer.ok(new DecisionAnswer(
        decision.allowed(),
        ProductHandlers.kind(decision.feature()),
        null,
        null,
        null,
        null,
        null,
        decision.reason().orElse(null)));
  }

  private static FeatureAnswer feature(Decision decision) {
    return new FeatureAnswer(
        decision.allowed(), ProductHandlers.kind(decision.feature()), null, null, null, null, null);
  }
}
