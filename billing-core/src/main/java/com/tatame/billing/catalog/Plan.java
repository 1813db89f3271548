package com.tatame.billing.catalog;

import java.util.Map;
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
    Map<String, Feature> features) {
  public Plan {
    prices = Map.copyOf(prices);
    features = Map.copyOf(features);
  }

  /** The same plan with these features instead of its own. */
  public Plan with(Map<String, Feature> features) {
    return new Plan(
        tier, name, description, family, rank, selfService, trialDays, prices, features);
  }

  /** The provider's meters that the use of its features is reported to. */
  public Set<String> meters() {
    return features.values().stream()
        .flatMap(feature -> feature.meter().stream())
        .collect(Collectors.toUnmodifiableSet());
  }
}
