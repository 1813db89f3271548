package com.tatame.billing.drift;

import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Object by object, those that belong to no customer and those that are gone included. What a
 * customer's comparison compares is read here only if the store contradicts itself about it.
 */
final class ObjectWalk implements Walk {
  private final DriftStore store;
  private final Comparison comparison;

  ObjectWalk(DriftStore store, Comparison comparison) {
    this.store = store;
    this.comparison = comparison;
  }

  @Override
  public List<Step> page(Optional<String> after, int limit) {
    return store.objects(after.flatMap(ObjectWalk::object), limit).stream()
        .map(ObjectWalk::step)
        .toList();
  }

  @Override
  public Optional<Step> step(String key) {
    return object(key).flatMap(store::object).map(ObjectWalk::step);
  }

  @Override
  public ComparisonResult compare(String key) {
    return object(key)
        .flatMap(store::object)
        .map(row -> comparesAlone(row)
            ? comparison.of(row)
            : new ComparisonResult.Equal(row.subject(), Set.of(RowNames.ofColumns(row.object()))))
        .orElseGet(ComparisonResult.Unknown::new);
  }

  private static Step step(MirroredObject row) {
    ObjectKind kind = row.object().kind();
    return new Step(key(row.object()), comparesAlone(row) ? Set.of(kind) : Set.of());
  }

  /** Whether it is compared by itself. */
  static boolean comparesAlone(MirroredObject row) {
    return !row.withCustomer() || !row.copies().isEmpty();
  }

  private static String key(ObjectRef object) {
    return object.kind().code() + " " + object.id();
  }

  // What can't be read begins a new round.
  private static Optional<ObjectRef> object(String key) {
    int space = key.indexOf(' ');
    for (ObjectKind kind : ObjectKind.values()) {
      if (space > 0 && kind.name().equals(key.substring(0, space).toUpperCase(Locale.ROOT))) {
        return Optional.of(new ObjectRef(kind, key.substring(space + 1)));
      }
    }
    return Optional.empty();
  }
}
