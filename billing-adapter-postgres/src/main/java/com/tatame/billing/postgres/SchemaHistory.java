package com.tatame.billing.postgres;

import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.schema.Migrations;
import com.tatame.billing.schema.SchemaStatus;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;

/** Reads which migrations were run, and writes nothing. */
final class SchemaHistory {
  private static final String TABLES = """
      select coalesce(bool_or(c.relname = ?), false), count(*) > 0
      from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = ?""";

  private static final String VERSIONS =
      "select version from \"%s\".%s where success and version is not null";

  private SchemaHistory() {}

  static SchemaStatus read(PostgresConfig config) {
    try (Connection connection = Connections.single(config)) {
      return read(connection, config.schema());
    } catch (SQLException e) {
      if (SchemaMigration.unreachable(e)) {
        throw new StoreUnavailable("The database can't be reached.", e);
      }
      throw new IllegalStateException(
          "The schema " + config.schema() + " can't be read: " + e.getMessage(), e);
    }
  }

  private static SchemaStatus read(Connection connection, String schema) throws SQLException {
    try (PreparedStatement tables = connection.prepareStatement(TABLES)) {
      tables.setString(1, Migrations.HISTORY_TABLE);
      tables.setString(2, schema);
      try (ResultSet found = tables.executeQuery()) {
        found.next();
        return found.getBoolean(1)
            ? SchemaStatus.of(schema, versions(connection, schema))
            : SchemaStatus.missing(schema, found.getBoolean(2));
      }
    }
  }

  private static Set<Integer> versions(Connection connection, String schema) throws SQLException {
    Set<Integer> versions = new HashSet<>();
    try (PreparedStatement history =
            connection.prepareStatement(VERSIONS.formatted(schema, Migrations.HISTORY_TABLE));
        ResultSet rows = history.executeQuery()) {
      while (rows.next()) {
        versions.add(Integer.parseInt(rows.getString(1)));
      }
    }
    return versions;
  }
}
