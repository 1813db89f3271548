package com.tatame.billing.projection;

import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.ProviderObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a projection makes of one row: the fields that differ, as text. A field that is absent on one
 * side is absent in its map; a row that is absent on one side has no field there.
 *
 * @param kind such as {@code subscription} or {@code entitlement}
 * @param id the object's, or the account's
 */
public record RowChange(
    String kind, String id, SortedMap<String, String> before, SortedMap<String, String> after) {
  public RowChange {
    before = Collections.unmodifiableSortedMap(new TreeMap<>(before));
    after = Collections.unmodifiableSortedMap(new TreeMap<>(after));
  }

  /** The rows of state that would differ if the projection was committed; facts are not among them. */
  public static List<RowChange> of(SubjectState known, Projection projection) {
    List<RowChange> rows = new ArrayList<>();
    for (Change change : projection.changes()) {
      if (change instanceof Change.Put put) {
        between(put.state().ref(), stored(known, put.state().ref()), Optional.of(put.state()))
            .ifPresent(rows::add);
      } else if (change instanceof Change.Tombstone tombstone) {
        between(tombstone.object(), stored(known, tombstone.object()), Optional.empty())
            .ifPresent(rows::add);
      } else if (change instanceof Change.Entitle entitle) {
        between(
                "entitlement",
                entitle.entitlement().account().value(),
                known.entitlement().map(FieldTexts::of).orElseGet(TreeMap::new),
                FieldTexts.of(entitle.entitlement()))
            .ifPresent(rows::add);
      }
    }
    return List.copyOf(rows);
  }

  private static Optional<ProviderObject> stored(SubjectState known, ObjectRef object) {
    return Optional.ofNullable(known.rows().get(object)).flatMap(StoredObject::state);
  }

  private static Optional<RowChange> between(
      ObjectRef object, Optional<ProviderObject> before, Optional<ProviderObject> after) {
    return between(
        object.kind().name().toLowerCase(Locale.ROOT),
        object.id(),
        before.map(FieldTexts::of).orElseGet(TreeMap::new),
        after.map(FieldTexts::of).orElseGet(TreeMap::new));
  }

  private static Optional<RowChange> between(
      String kind, String id, SortedMap<String, String> before, SortedMap<String, String> after) {
    SortedMap<String, String> lost = new TreeMap<>(before);
    lost.entrySet().removeIf(field -> field.getValue().equals(after.get(field.getKey())));
    SortedMap<String, String> won = new TreeMap<>(after);
    won.entrySet().removeIf(field -> field.getValue().equals(before.get(field.getKey())));
    return lost.isEmpty() && won.isEmpty()
        ? Optional.empty()
        : Optional.of(new RowChange(kind, id, lost, won));
  }
}
