package com.tatame.billing.drift;

import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.RowChange;
import com.tatame.billing.projection.SubjectState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Rows of one comparison that differ, and what would make them equal. */
final class Differences implements ComparisonResult {
  private final SubjectState known;
  private final List<Change> repair;
  private final List<RowChange> rows = new ArrayList<>();
  private final Map<String, Drift.Cause> causes = new HashMap<>();
  private final Set<String> lasting = new HashSet<>();
  private final Set<String> compared = new HashSet<>();
  private boolean wholeCustomer;

  Differences(SubjectState known, List<Change> repair) {
    this.known = known;
    this.repair = new ArrayList<>(repair);
  }

  void comparedAlso(String name) {
    compared.add(name);
  }

  void comparedWholeCustomer() {
    wholeCustomer = true;
  }

  /** A row whose cause the comparison doesn't show. */
  void add(RowChange row) {
    rows.add(row);
    compared.add(RowNames.of(row));
  }

  void add(RowChange row, Drift.Cause cause) {
    add(row);
    causes.put(RowNames.of(row), cause);
  }

  /** A row that no repair makes equal. */
  void addLasting(RowChange row, Drift.Cause cause) {
    add(row, cause);
    lasting.add(RowNames.of(row));
  }

  SubjectId subject() {
    return known.subject();
  }

  /** Before: as stored; after: as the provider holds it. */
  List<RowChange> rows() {
    return List.copyOf(rows);
  }

  /** The cause, where the comparison alone shows it. */
  Optional<Drift.Cause> cause(RowChange row) {
    return Optional.ofNullable(causes.get(RowNames.of(row)));
  }

  SubjectState known() {
    return known;
  }

  /** The names of all rows that were compared, also of those that are equal. */
  Set<String> compared() {
    return Set.copyOf(compared);
  }

  boolean differs(String name) {
    return rows.stream().anyMatch(row -> RowNames.of(row).equals(name));
  }

  /** Whether a repair makes this row equal; if not, a person must decide. */
  boolean mends(RowChange row) {
    return !repair.isEmpty() && !lasting.contains(RowNames.of(row));
  }

  /** What makes the rows equal, but for those that need a person. */
  List<Change> repair() {
    return rows.stream().anyMatch(this::mends) ? List.copyOf(repair) : List.of();
  }

  void repairBy(Change change) {
    repair.add(change);
  }

  boolean isRepairedBy(Predicate<Change> change) {
    return repair.stream().anyMatch(change);
  }

  /** While it is open whose customer this is, nothing of it may be repaired. */
  void refuseRepair() {
    repair.clear();
    rows.removeIf(row -> row.kind().equals(RowNames.ENTITLEMENT));
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  /** The names of the rows that are equal once the repair is made. */
  Set<String> equalAfterRepair() {
    Set<String> equal = new HashSet<>(compared);
    equal.removeAll(lasting);
    return equal;
  }

  /** Whether all of a customer is equal once the repair is made. */
  boolean repairProvesCustomer() {
    return wholeCustomer && lasting.isEmpty();
  }
}
