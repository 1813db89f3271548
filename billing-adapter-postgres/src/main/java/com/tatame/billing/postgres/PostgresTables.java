package com.tatame.billing.postgres;

import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.importing.SourceTables;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Tables of a PostgreSQL, over connections that can't write. Thread-safe. */
public final class PostgresTables implements SourceTables {
  private static final String NO_TABLE = "42P01";
  private static final String NO_SCHEMA = "3F000";
  private static final String NO_COLUMN = "42703";
  private static final String NOT_GRANTED = "42501";
  private static final Set<String> MISTAKES = Set.of(NO_TABLE, NO_SCHEMA, NO_COLUMN, NOT_GRANTED);

  private final HikariDataSource pool;
  private final int limitSeconds;

  private PostgresTables(HikariDataSource pool, int limitSeconds) {
    this.pool = pool;
    this.limitSeconds = limitSeconds;
  }

  /**
   * Opens a database; its schema of billing plays no part.
   *
   * @throws StoreUnavailable if it can't be reached
   */
  public static PostgresTables open(PostgresConfig config) {
    HikariConfig settings = Connections.pool(config.withMaxPoolSize(1));
    settings.setPoolName("import");
    settings.setReadOnly(true);
    try {
      return new PostgresTables(
          new HikariDataSource(settings),
          Math.toIntExact(config.statementLimit().toSeconds()));
    } catch (PoolInitializationException e) {
      throw new StoreUnavailable("The database to import from can't be reached.", e);
    }
  }

  @Override
  public Set<String> columns(Table table) {
    String sql = "select a.attname, null from pg_attribute a"
        + " join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace"
        + " where n.nspname = ? and c.relname = ? and a.attnum > 0 and not a.attisdropped"
        + " and c.relkind in ('r', 'p', 'v', 'm', 'f')";
    Set<String> columns = new TreeSet<>();
    ask(
        table,
        sql,
        statement -> {
          statement.setString(1, table.schema());
          statement.setString(2, table.name());
        },
        row -> columns.add(row.getString(1)));
    return columns;
  }

  /** Each row comes as pairs, in which the database writes times and documents as JSON does. */
  @Override
  public List<Map<String, String>> page(
      Table table, Set<String> columns, String key, Optional<String> after, int limit) {
    String sql = "select r.import_row, e.key, e.value from (select row_number() over (order by "
        + quoted(key) + ") as import_row, to_jsonb(s) as fields from (select "
        + columns.stream().map(PostgresTables::quoted).collect(Collectors.joining(", "))
        + " from " + quoted(table)
        + " where " + quoted(key) + (after.isPresent() ? " > ?" : " is not null")
        + " order by " + quoted(key) + " limit " + limit
        + ") s) r cross join lateral jsonb_each_text(r.fields) e order by r.import_row";
    Map<Long, Map<String, String>> rows = new LinkedHashMap<>();
    ask(
        table,
        sql,
        statement -> {
          if (after.isPresent()) {
            // Of no type, so that the column's own decides.
            statement.setObject(1, after.get(), Types.OTHER);
          }
        },
        row -> {
          Map<String, String> fields =
              rows.computeIfAbsent(row.getLong(1), number -> new LinkedHashMap<>());
          Optional.ofNullable(row.getString(3)).ifPresent(fieldOf(row.getString(2), fields));
        });
    return new ArrayList<>(rows.values());
  }

  private static Consumer<String> fieldOf(String name, Map<String, String> fields) {
    return value -> fields.put(name, value);
  }

  @Override
  public long count(Table table, String key) {
    long[] count = {0};
    ask(
        table,
        "select count(" + quoted(key) + ") from " + quoted(table),
        statement -> {},
        row -> count[0] = row.getLong(1));
    return count[0];
  }

  private interface Arguments {
    void bind(PreparedStatement statement) throws SQLException;
  }

  private interface Reader {
    void read(ResultSet row) throws SQLException;
  }

  private void ask(Table table, String sql, Arguments arguments, Reader reader) {
    try (Connection connection = pool.getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setQueryTimeout(limitSeconds);
      arguments.bind(statement);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          reader.read(rows);
        }
      }
    } catch (SQLException e) {
      String state = Optional.ofNullable(e.getSQLState()).orElse("");
      if (MISTAKES.contains(state)) {
        throw ValidationFailed.of(table.toString(), mistake(state));
      }
      throw new StoreUnavailable(
          "The database to import from could not answer (" + state + ").", e);
    }
  }

  private static String mistake(String state) {
    return switch (state) {
      case NO_COLUMN -> "lacks a column that is to be read";
      case NOT_GRANTED -> "may not be read by this user of the database";
      default -> "is no table of the database to import from";
    };
  }

  private static String quoted(Table table) {
    return quoted(table.schema()) + "." + quoted(table.name());
  }

  private static String quoted(String name) {
    if (!Table.isName(name)) {
      throw ValidationFailed.of("column", "must have a name of letters, digits and underscores");
    }
    return '"' + name + '"';
  }

  @Override
  public void close() {
    pool.close();
  }
}
