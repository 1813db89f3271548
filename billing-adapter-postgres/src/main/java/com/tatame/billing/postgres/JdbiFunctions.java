package com.tatame.billing.postgres;

import com.tatame.billing.schema.SqlFunctionFailed;
import com.tatame.billing.schema.SqlFunctions;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Calls the schema's functions over JDBC, each call committing by itself. */
final class JdbiFunctions implements SqlFunctions {
  private final HikariDataSource pool;
  private final Jdbi jdbi;
  private final String schema;

  JdbiFunctions(HikariDataSource pool, PostgresConfig config) {
    this.pool = pool;
    this.jdbi = Jdbi.create(pool);
    this.schema = config.schema();
    // The driver cancels on the server, too: what nobody waits for must not hold locks.
    jdbi.getConfig(SqlStatements.class)
        .setQueryTimeout(Math.toIntExact(config.statementLimit().toSeconds()));
  }

  @Override
  public String call(String function, String argument) {
    String sql = "select \"" + schema + "\"." + function + "(cast(:argument as jsonb))::text";
    try {
      return jdbi.withHandle(handle -> handle
          .createQuery(sql)
          .bind("argument", argument)
          .mapTo(String.class)
          .findOne()
          .orElse("null"));
    } catch (JdbiException e) {
      throw failure(e);
    }
  }

  // Jdbi's own message repeats the statement's arguments, which are somebody's data.
  private static SqlFunctionFailed failure(JdbiException e) {
    SQLException reason = reason(e);
    if (reason == null) {
      throw e;
    }
    return new SqlFunctionFailed(
        Optional.ofNullable(reason.getSQLState()), constraint(reason), reason);
  }

  private static @Nullable SQLException reason(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        return sql;
      }
    }
    return null;
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
