package com.tatame.billing.catalog;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One tier of the catalog.
 *
 * @param tier unique in the catalog, lower case
 * @param family an account has at most one live subscription of a family
 * @param rank of several live subscriptions the plan with the highest rank gives the entitlements
 * @param selfService whether a user may buy it at checkout
 * @param trialDays 0 for none
 * @param prices empty for a free plan
 * @param selfServicePause how users may pause it themselves; empty if they may not
 */
public record Plan(
    String tier,
    String name,
    String description,
    String family,
    int rank,
    boolean selfService,
    int trialDays,
    Map<BillingInterval, PlanPrice> prices,
    Map<String, Feature> features,
    Optional<SelfServicePause> selfServicePause) {
  public Plan {
    prices = Map.copyOf(prices);
    features = Map.copyOf(features);
  }

  /** A plan that users can't pause. */
  public Plan(
      String tier,
      String name,
      String description,
      String family,
      int rank,
      boolean selfService,
      int trialDays,
      Map<BillingInterval, PlanPrice> prices,
      Map<String, Feature> features) {
    this(
        tier,
        name,
        description,
        family,
        rank,
        selfService,
        trialDays,
        prices,
        features,
        Optional.empty());
  }

  /** The same plan, which users may pause like this. */
  public Plan with(SelfServicePause pause) {
    return new Plan(
        tier,
        name,
        description,
        family,
        rank,
        selfService,
        trialDays,
        prices,
        features,
        Optional.of(pause));
  }

  /** The same plan with these features instead of its own. */
  public Plan with(Map<String, Feature> features) {
    return new Plan(
        tier,
        name,
        description,
        family,
        rank,
        selfService,
        trialDays,
        prices,
        features,
        selfServicePause);
  }

  /** The provider's meters that the use of its features is reported to. */
  public Set<String> meters() {
    return features.values().stream()
        .flatMap(feature -> feature.meter().stream())
        .collect(Collectors.toUnmodifiableSet());
  }
}
