package com.tatame.billing.postgres;

import com.tatame.billing.schema.SqlFunctionFailed;
import com.tatame.billing.schema.SqlFunctions;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Calls the schema's functions over JDBC, each call committing by itself. */
final class JdbcFunctions implements SqlFunctions {
  private final HikariDataSource pool;
  private final String schema;
  private final int limitSeconds;

  JdbcFunctions(HikariDataSource pool, PostgresConfig config) {
    this.pool = pool;
    this.schema = config.schema();
    this.limitSeconds = Math.toIntExact(config.statementLimit().toSeconds());
  }

  @Override
  public String call(String function, String argument) {
    return ask(sql(function, "cast(? as jsonb)"), (connection, statement) -> {
      statement.setString(1, argument);
    });
  }

  @Override
  public Optional<String> call(String function, String argument, List<String> texts) {
    return Optional.of(ask(
        sql(function, "cast(? as jsonb), cast(? as text[])"), (connection, statement) -> {
          statement.setString(1, argument);
          statement.setArray(2, connection.createArrayOf("text", texts.toArray(String[]::new)));
        }));
  }

  private String sql(String function, String arguments) {
    return "select \"" + schema + "\"." + function + "(" + arguments + ")::text";
  }

  private interface Arguments {
    void bind(Connection connection, PreparedStatement statement) throws SQLException;
  }

  private String ask(String sql, Arguments arguments) {
    try (Connection connection = pool.getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      // The driver cancels on the server, too: what nobody waits for must not hold locks.
      statement.setQueryTimeout(limitSeconds);
      arguments.bind(connection, statement);
      try (ResultSet rows = statement.executeQuery()) {
        return Optional.ofNullable(rows.next() ? rows.getString(1) : null).orElse("null");
      }
    } catch (SQLException e) {
      throw new SqlFunctionFailed(Optional.ofNullable(e.getSQLState()), constraint(e), e);
    }
  }

  /** A connection that can't write is not used again: the next may lead to another server. */
  @Override
  public boolean readOnly() {
    try (Connection connection = pool.getConnection();
        PreparedStatement statement = connection.prepareStatement("show transaction_read_only")) {
      statement.setQueryTimeout(limitSeconds);
      try (ResultSet rows = statement.executeQuery()) {
        boolean readOnly = rows.next() && rows.getString(1).equals("on");
        if (readOnly) {
          pool.evictConnection(connection);
        }
        return readOnly;
      }
    } catch (SQLException e) {
      throw new SqlFunctionFailed(Optional.ofNullable(e.getSQLState()), Optional.empty(), e);
    }
  }

  private static Optional<String> constraint(SQLException e) {
    return e instanceof PSQLException psql
        ? Optional.ofNullable(psql.getServerErrorMessage()).map(ServerErrorMessage::getConstraint)
        : Optional.empty();
  }

  @Override
  public void close() {
    pool.close();
  }
}
