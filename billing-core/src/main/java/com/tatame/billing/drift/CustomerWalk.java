package com.tatame.billing.drift;

import com.tatame.billing.observation.ObjectKind;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Customer by customer, each with all that the provider lists of it. */
final class CustomerWalk implements Walk {
  private static final Set<ObjectKind> READ =
      Set.of(ObjectKind.CUSTOMER, ObjectKind.SUBSCRIPTION, ObjectKind.INVOICE);

  private final DriftStore store;
  private final Comparison comparison;

  CustomerWalk(DriftStore store, Comparison comparison) {
    this.store = store;
    this.comparison = comparison;
  }

  @Override
  public List<Step> page(Optional<String> after, int limit) {
    return store.customers(after, limit).stream().map(id -> new Step(id, READ)).toList();
  }

  @Override
  public Optional<Step> step(String key) {
    return Optional.of(new Step(key, READ));
  }

  @Override
  public ComparisonResult compare(String key) {
    return comparison.of(key);
  }
}
