package com.tatame.billing.catalog;

import com.tatame.billing.money.Money;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What operators should know before one catalog takes the place of another. */
final class CatalogChanges {
  /** Where counting subscriptions ends: more are no more of a reason to look. */
  private static final int MAX_COUNT = 10_000;

  private final CatalogStore store;
  private final ProductStore prices;

  CatalogChanges(CatalogStore store, ProductStore prices) {
    this.store = store;
    this.prices = prices;
  }

  List<String> notes(Catalog before, Catalog after) {
    List<String> notes = new ArrayList<>(losses(before, after));
    notes.addAll(missingPrices(before, after));
    return notes;
  }

  private List<String> losses(Catalog before, Catalog after) {
    Map<String, Set<String>> lost = new TreeMap<>();
    for (Plan plan : before.plans()) {
      Optional<Plan> same = after.plan(plan.tier());
      Set<String> features = new TreeSet<>(plan.features().keySet());
      same.ifPresent(kept -> features.removeAll(kept.features().keySet()));
      if (same.isEmpty() || !features.isEmpty()) {
        lost.put(plan.tier(), features);
      }
    }
    if (lost.isEmpty()) {
      return List.of();
    }
    List<String> notes = new ArrayList<>();
    store.liveSubscriptions(lost.keySet(), MAX_COUNT).forEach((tier, count) -> {
      String who = (count < MAX_COUNT ? "" : "at least ")
          + count
          + (count == 1 ? " live subscription" : " live subscriptions");
      if (after.plan(tier).isEmpty()) {
        notes.add("tiers." + tier + " is gone, and " + who + " of it give only what tiers."
            + after.defaultTier() + " gives; keep the tier with selfService: false instead");
      } else {
        lost.getOrDefault(tier, Set.of())
            .forEach(feature -> notes.add(
                "tiers." + tier + ".features." + feature + " is gone, and " + who + " lose it"));
      }
    });
    return notes;
  }

  private List<String> missingPrices(Catalog before, Catalog after) {
    Map<String, PlanPrice> changed = new TreeMap<>();
    Set<String> lookupKeys = new HashSet<>();
    for (Plan plan : after.plans()) {
      Optional<Plan> same = before.plan(plan.tier());
      plan.prices().forEach((interval, price) -> {
        if (!same.map(old -> price.equals(old.prices().get(interval))).orElse(false)) {
          changed.put("tiers." + plan.tier() + ".prices." + interval.code(), price);
          lookupKeys.add(price.lookupKey());
        }
      });
    }
    if (changed.isEmpty()) {
      return List.of();
    }
    Map<String, Price> active = new HashMap<>();
    prices
        .pricesByLookupKey(lookupKeys)
        .forEach(price -> price.lookupKey().ifPresent(key -> active.put(key, price)));
    List<String> notes = new ArrayList<>();
    changed.forEach((path, price) -> {
      Optional<Price> known = price.priceId().isPresent()
          ? price.priceId().flatMap(prices::price).filter(Price::active)
          : Optional.ofNullable(active.get(price.lookupKey()));
      // What the provider's price costs in other currencies is not mirrored.
      if (!price.amounts().others().isEmpty()) {
        notes.add(path + ": what the provider has in "
            + String.join(", ", price.amounts().currencies())
            + " is not known here; run 'billing setup' with this catalog before it is published, or"
            + " checkouts charge what the provider has");
      } else if (known.filter(found -> costs(found, price.price())).isEmpty()) {
        notes.add(
            path + ": the provider has no active price of " + price.price().amount() + " "
                + price.price().currency()
                + price
                    .priceId()
                    .map(id -> " with id " + id)
                    .orElse(" with lookup key " + price.lookupKey())
                + ", as far as is known here; run 'billing setup' with this catalog before it is"
                + " published, or checkouts charge what the provider has");
      }
    });
    return notes;
  }

  // An amount that isn't known is finer than the minor unit, or in tiers: nothing to compare.
  private static boolean costs(Price price, Money amount) {
    return price.currency().equals(amount.currency())
        && price.unitAmount().filter(unit -> unit != amount.amount()).isEmpty();
  }
}
