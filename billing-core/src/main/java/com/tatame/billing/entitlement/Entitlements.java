package com.tatame.billing.entitlement;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Feature;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.failure.NotFound;
import java.time.InstantSource;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Use cases: what an account may do now. One query each. */
public final class Entitlements {
  private final EntitlementStore store;
  private final Catalog catalog;
  private final InstantSource clock;

  /**
   * Wires the use cases.
   *
   * @param clock the billing clock
   */
  public Entitlements(EntitlementStore store, Catalog catalog, InstantSource clock) {
    this.store = store;
    this.catalog = catalog;
    this.clock = clock;
  }

  /** All features at once. */
  public EntitlementReport of(AccountId account) {
    Optional<AccountEntitlement.Source> source =
        store.find(account).flatMap(entitlement -> entitlement.sourceAt(clock.instant()));
    Plan plan = source.flatMap(s -> catalog.plan(s.tier())).orElseGet(catalog::defaultPlan);
    SortedMap<String, Decision> features = new TreeMap<>();
    catalog.plans().stream()
        .flatMap(any -> any.features().keySet().stream())
        .forEach(name -> features.computeIfAbsent(name, n -> decide(plan, n)));
    return new EntitlementReport(account, plan.tier(), source, features);
  }

  /**
   * One feature.
   *
   * @throws NotFound if no plan of the catalog has such a feature
   */
  public Decision check(AccountId account, String feature) {
    Decision decision = of(account).features().get(feature);
    if (decision == null) {
      throw new NotFound("feature", feature);
    }
    return decision;
  }

  private static Decision decide(Plan plan, String name) {
    Feature feature = plan.features().getOrDefault(name, new Feature.Flag(false));
    boolean allowed = feature instanceof Feature.Flag flag && flag.included();
    return new Decision(
        allowed,
        feature,
        allowed
            ? Optional.empty()
            : Optional.of("The plan " + plan.name() + " does not include it."));
  }
}
