package com.tatame.billing.catalog;

import java.util.EnumMap;
import java.util.HashMap;
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

  /**
   * A plan that is free and gives nothing, until its builder hears more.
   *
   * @param tier unique in the catalog, lower case
   */
  public static Builder builder(String tier) {
    return new Builder(tier);
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

  /** How often it is billed, if there is no choice. */
  public Optional<BillingInterval> onlyInterval() {
    return prices.size() == 1 ? Optional.of(prices.keySet().iterator().next()) : Optional.empty();
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

  /** Collects what a plan is; everything but its tier has a default. */
  public static final class Builder {
    private final String tier;
    private String name;
    private String description = "";
    private String family = "default";
    private int rank;
    private Optional<Boolean> selfService = Optional.empty();
    private int trialDays;
    private final Map<BillingInterval, PlanPrice> prices = new EnumMap<>(BillingInterval.class);
    private final Map<String, Feature> features = new HashMap<>();
    private Optional<SelfServicePause> selfServicePause = Optional.empty();

    private Builder(String tier) {
      this.tier = tier;
      this.name = tier;
    }

    /** As it is shown. Default: the tier. */
    public Builder name(String value) {
      name = value;
      return this;
    }

    /** As it is shown. Default: empty. */
    public Builder description(String value) {
      description = value;
      return this;
    }

    /** An account has at most one live subscription of a family. Default: {@code default}. */
    public Builder family(String value) {
      family = value;
      return this;
    }

    /** The plan with the highest rank gives the entitlements. Default: 0. */
    public Builder rank(int value) {
      rank = value;
      return this;
    }

    /** Whether users may buy it at checkout. Default: whether it has a price. */
    public Builder selfService(boolean value) {
      selfService = Optional.of(value);
      return this;
    }

    /** Days of trial. Default: none. */
    public Builder trialDays(int value) {
      trialDays = value;
      return this;
    }

    /** What it costs for an interval; a second price for one replaces the first. */
    public Builder price(BillingInterval interval, PlanPrice price) {
      prices.put(interval, price);
      return this;
    }

    /** What it gives; a second feature of a name replaces the first. */
    public Builder feature(String featureName, Feature feature) {
      features.put(featureName, feature);
      return this;
    }

    /** How users may pause it themselves. Default: not at all. */
    public Builder selfServicePause(SelfServicePause value) {
      selfServicePause = Optional.of(value);
      return this;
    }

    /** The plan. A catalog checks whether it can be sold. */
    public Plan build() {
      return new Plan(
          tier,
          name,
          description,
          family,
          rank,
          selfService.orElse(!prices.isEmpty()),
          trialDays,
          prices,
          features,
          selfServicePause);
    }
  }
}
