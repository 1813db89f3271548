package com.tatame.billing.testkit;

import com.tatame.billing.importing.SourceTables;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Sources of rows that break one rule each. */
final class BadTables {
  private BadTables() {}

  /** What the contract expects. */
  static InMemoryTables kept() {
    List<Map<String, String>> rows = new ArrayList<>();
    for (int n = 1; n <= 300; n++) {
      Map<String, String> row = new HashMap<>();
      row.put("id", Integer.toString(n));
      row.put("userId", "user_%03d".formatted(n / 2));
      if (n % 3 != 0) {
        row.put("customerId", "cus_" + n);
      }
      row.put(
          "usedAt",
          Instant.parse("2026-01-01T00:00:00Z").plus(n, ChronoUnit.DAYS).toString());
      row.put("document", "{\"a\":[],\"n\":" + n + "}");
      row.put("quoted", "{\"n\": " + n + "}");
      row.put("amount", n + ".00");
      rows.add(row);
    }
    return new InMemoryTables()
        .with(
            SourceTablesContract.KEPT,
            Set.of("id", "userId", "customerId", "usedAt", "document", "quoted", "amount"),
            rows);
  }

  /** A source of which single methods are bad. */
  abstract static class Forwarding implements SourceTables, SourceTablesContract {
    final InMemoryTables good = kept();

    @Override
    public SourceTables source() {
      return this;
    }

    @Override
    public Set<String> columns(Table table) {
      return good.columns(table);
    }

    @Override
    public List<Map<String, String>> page(
        Table table, Set<String> columns, String key, Optional<String> after, int limit) {
      return good.page(table, columns, key, after, limit);
    }

    @Override
    public long count(Table table, String key) {
      return good.count(table, key);
    }

    @Override
    public void close() {}
  }

  static class ForgetsThePlace extends Forwarding {
    @Override
    public List<Map<String, String>> page(
        Table table, Set<String> columns, String key, Optional<String> after, int limit) {
      List<Map<String, String>> page = super.page(table, columns, key, after, limit + 1);
      return after.isPresent() && !page.isEmpty() ? page.subList(1, page.size()) : page;
    }
  }

  static class CountsAll extends Forwarding {
    @Override
    public long count(Table table, String key) {
      return super.count(table, "id");
    }
  }

  static class WritesNull extends Forwarding {
    @Override
    public List<Map<String, String>> page(
        Table table, Set<String> columns, String key, Optional<String> after, int limit) {
      return super.page(table, columns, key, after, limit).stream()
          .map(row -> {
            Map<String, String> whole = new HashMap<>(row);
            columns.forEach(column -> whole.putIfAbsent(column, "null"));
            return whole;
          })
          .toList();
    }
  }

  static class HasEverything extends Forwarding {
    @Override
    public List<Map<String, String>> page(
        Table table, Set<String> columns, String key, Optional<String> after, int limit) {
      return good.columns(table).containsAll(columns)
          ? super.page(table, columns, key, after, limit)
          : List.of();
    }
  }
}
