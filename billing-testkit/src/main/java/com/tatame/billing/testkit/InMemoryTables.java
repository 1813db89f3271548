package com.tatame.billing.testkit;

import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.importing.SourceTables;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Tables of an application, in memory. Keys of digits alone are ordered as numbers. */
public final class InMemoryTables implements SourceTables {
  private static final Comparator<String> ORDER = Comparator.comparing(InMemoryTables::sortable);

  private final Map<Table, List<Map<String, String>>> tables = new HashMap<>();
  private final Map<Table, Set<String>> columns = new HashMap<>();

  private static String sortable(String key) {
    return key.matches("\\d{1,18}") ? "%018d".formatted(Long.parseLong(key)) : key;
  }

  /** A table with these columns; the rows are added to those that it has. */
  public InMemoryTables with(Table table, Set<String> itsColumns, List<Map<String, String>> rows) {
    columns.computeIfAbsent(table, none -> new LinkedHashSet<>()).addAll(itsColumns);
    tables.computeIfAbsent(table, none -> new ArrayList<>()).addAll(rows);
    return this;
  }

  @Override
  public Set<String> columns(Table table) {
    return columns.getOrDefault(table, Set.of());
  }

  @Override
  public List<Map<String, String>> page(
      Table table, Set<String> wanted, String key, Optional<String> after, int limit) {
    require(table, wanted);
    return tables.getOrDefault(table, List.of()).stream()
        .filter(row -> row.containsKey(key))
        .filter(row -> after.isEmpty() || ORDER.compare(row.getOrDefault(key, ""), after.get()) > 0)
        .sorted(Comparator.comparing(row -> row.getOrDefault(key, ""), ORDER))
        .limit(limit)
        .map(row -> only(wanted, row))
        .toList();
  }

  private static Map<String, String> only(Set<String> wanted, Map<String, String> row) {
    Map<String, String> part = new LinkedHashMap<>(row);
    part.keySet().retainAll(wanted);
    return part;
  }

  @Override
  public long count(Table table, String key) {
    require(table, Set.of(key));
    return tables.getOrDefault(table, List.of()).stream()
        .filter(row -> row.containsKey(key))
        .count();
  }

  private void require(Table table, Set<String> wanted) {
    if (!columns.containsKey(table)) {
      throw ValidationFailed.of(table.toString(), "is no table here");
    }
    if (!columns(table).containsAll(wanted)) {
      throw ValidationFailed.of(table.toString(), "lacks a column that is to be read");
    }
  }

  @Override
  public void close() {
    // Nothing is kept open.
  }
}
