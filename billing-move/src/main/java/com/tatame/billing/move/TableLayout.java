package com.tatame.billing.move;

import java.util.List;
import java.util.OptionalLong;

/**
 * A table that moves.
 *
 * @param key columns of the primary key, in order
 * @param columns name and type, sorted
 * @param rows as far as the database's statistics know
 * @param bytes with indexes; 0 in files
 */
record TableLayout(
    String table, List<KeyColumn> key, List<String> columns, OptionalLong rows, long bytes) {
  TableLayout {
    key = List.copyOf(key);
    columns = List.copyOf(columns);
  }

  record KeyColumn(String column, String type) {}

  /** Whether rows of the one fit the other. */
  boolean fits(TableLayout other) {
    return table.equals(other.table) && key.equals(other.key) && columns.equals(other.columns);
  }
}
