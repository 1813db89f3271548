package com.tatame.billing.importing;

import com.tatame.billing.failure.ValidationFailed;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Port: tables of an application's own, which are read and never written. */
public interface SourceTables extends AutoCloseable {
  /** Most rows on one page; a source may give fewer. */
  int MAX_PAGE = 200;

  /**
   * A table or a view.
   *
   * @param schema as the database spells it
   * @param name as the database spells it, such as {@code users} or {@code Subscription}
   */
  record Table(String schema, String name) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,62}");

    /** Refuses names with other signs than letters, digits and underscores. */
    public Table {
      if (!isName(schema) || !isName(name)) {
        throw ValidationFailed.of(
            "table", "must be a schema and a name of letters, digits and underscores");
      }
    }

    /** Whether it can name a schema, a table or a column. */
    public static boolean isName(String text) {
      return NAME.matcher(text).matches();
    }

    @Override
    public String toString() {
      return schema + "." + name;
    }
  }

  /**
   * The columns of a table.
   *
   * @return none if there is no such table, or it has no row to tell them by
   * @throws com.tatame.billing.failure.StoreUnavailable if the source can't be read now
   */
  Set<String> columns(Table table);

  /**
   * One page of rows, by a column that orders them. Rows without a value in it are left out.
   *
   * @param columns to be read, at least one
   * @param key one of them, which orders the rows
   * @param after only rows whose key comes after this one, given as it was read
   * @param limit 1 to {@link #MAX_PAGE}
   * @return rows as texts by column, in the order of the key; what is null has no entry. Times are in
   *     ISO 8601, and documents in JSON. None once there are no more.
   * @throws ValidationFailed if there is no such table or column
   * @throws com.tatame.billing.failure.StoreUnavailable if the source can't be read now
   */
  List<Map<String, String>> page(
      Table table, Set<String> columns, String key, Optional<String> after, int limit);

  /**
   * How many rows have a value in this column.
   *
   * @throws ValidationFailed if there is no such table or column
   * @throws com.tatame.billing.failure.StoreUnavailable if the source can't be read now
   */
  long count(Table table, String key);

  /** Gives back connections; later calls fail. */
  @Override
  void close();
}
