package com.tatame.billing.postgres;

import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.schema.ReadOnlyCache;
import com.tatame.billing.schema.SqlFunctionFailed;
import com.tatame.billing.schema.SqlFunctions;
import com.tatame.billing.workload.Bulkhead;
import com.tatame.billing.workload.CircuitBreaker;
import com.tatame.billing.workload.WorkContext;
import com.zaxxer.hikari.pool.HikariPool;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.postgresql.jdbc.PgConnection;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Calls the schema's functions over JDBC, each call committing by itself, with a connection of the
 * share that the caller's workload has, and in the time that is left to it.
 */
final class JdbcFunctions implements SqlFunctions {
  /**
   * How much longer the network is waited for, so that a cancelled statement's answer arrives. A frozen
   * database sends none, and a webhook must be answered within two seconds all the same.
   */
  private static final Duration CANCELLATION_TAKES = Duration.ofMillis(200);

  /** How long a caller waits for the pool before it looks why there is no connection. */
  private static final Duration LOOK = Duration.ofMillis(500);

  private final HikariPool pool;
  private final CircuitBreaker breaker;
  private final ReadOnlyCache readOnly;
  private final LongSupplier nanoTime;
  private final Bulkhead connections;
  private final StatementCancellation cancellation = new StatementCancellation();
  private final String schema;
  private final Duration connectionWait;
  private final Duration statementLimit;
  private volatile boolean closed;

  /**
   * Calls nothing yet.
   *
   * @param breaker open while the database refuses connections
   * @param nanoTime a clock of nanoseconds that never goes back, such as {@code System::nanoTime}
   */
  JdbcFunctions(
      HikariPool pool,
      PostgresConfig config,
      CircuitBreaker breaker,
      ReadOnlyCache readOnly,
      LongSupplier nanoTime) {
    this.pool = pool;
    this.breaker = breaker;
    this.readOnly = readOnly;
    this.nanoTime = nanoTime;
    this.connections = Bulkhead.ofConnections(config.maxPoolSize());
    this.schema = config.schema();
    this.connectionWait = config.connectionWait();
    this.statementLimit = config.statementLimit();
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
    try {
      return connected((connection, limit) -> ask(connection, sql, arguments, limit));
    } catch (SQLException e) {
      Optional<String> sqlState = Optional.ofNullable(e.getSQLState());
      if (ReadOnlyCache.isReadOnly(sqlState)) {
        seenReadOnly();
      }
      throw new SqlFunctionFailed(sqlState, constraint(e), e);
    }
  }

  /**
   * After a failover behind one address the pool still holds connections to the server that was
   * primary before. The next ones lead to the server that is primary now; if that is read-only, too,
   * they are used for a second, so that reads don't wait for new connections all the time.
   */
  private void seenReadOnly() {
    if (readOnly.note()) {
      pool.softEvictConnections();
    }
  }

  private interface Work<T> {
    T with(Connection connection, Duration limit) throws SQLException;
  }

  /** Does work with a connection, in the time that is left to the caller. */
  private <T> T connected(Work<T> work) throws SQLException {
    if (closed) {
      throw new StoreUnavailable("The store is closed.");
    }
    Optional<WorkContext> context = WorkContext.current();
    Duration wait = context.map(WorkContext::remaining).orElse(connectionWait);
    long end = nanoTime.getAsLong() + wait.toNanos();
    Bulkhead.Permit permit = connections.enter(wait).orElseThrow(JdbcFunctions::busy);
    try (permit;
        Connection connection = connect(end)) {
      Duration limit = context.isPresent() ? until(end) : statementLimit;
      if (limit.toMillis() <= 0) {
        throw busy();
      }
      // A database that is frozen, or gone without a word, doesn't even cancel.
      if (context.isPresent()) {
        connection.setNetworkTimeout(
            Runnable::run, Math.toIntExact(limit.plus(CANCELLATION_TAKES).toMillis()));
      }
      return work.with(connection, limit);
    }
  }

  private Duration until(long end) {
    return Duration.ofNanos(end - nanoTime.getAsLong());
  }

  // In pieces: a pool that can't connect tells why only to those whose wait is over.
  private Connection connect(long end) throws SQLException {
    while (true) {
      if (breaker.open()) {
        throw new StoreUnavailable("The database is down: it refuses connections.");
      }
      Duration left = until(end);
      Duration piece = left.compareTo(LOOK) < 0 ? left : LOOK;
      try {
        return pool.getConnection(Math.max(1, piece.toMillis()));
      } catch (SQLTransientConnectionException e) {
        if (Connections.refused(e)) {
          breaker.trip();
        }
        if (until(end).toMillis() <= 0 || breaker.open()) {
          throw e;
        }
      }
    }
  }

  private String ask(Connection connection, String sql, Arguments arguments, Duration limit)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      arguments.bind(connection, statement);
      StatementCancellation.Pending pending =
          cancellation.after(limit, connection.unwrap(PgConnection.class)::cancelQuery);
      try (ResultSet rows = statement.executeQuery()) {
        return Optional.ofNullable(rows.next() ? rows.getString(1) : null).orElse("null");
      } finally {
        // One that broke is not used again, whatever is still on its way to it.
        if (!pending.end(connection.isClosed() ? Duration.ZERO : CANCELLATION_TAKES)) {
          pool.evictConnection(connection);
        }
      }
    }
  }

  private static StoreUnavailable busy() {
    return new StoreUnavailable(
        "The database is busy: all connections that such work may use are taken.");
  }

  @Override
  public boolean readOnly() {
    if (readOnly.fresh()) {
      return true;
    }
    boolean seen =
        ask("show transaction_read_only", (connection, statement) -> {}).equals("on");
    if (seen) {
      seenReadOnly();
    }
    return seen;
  }

  private static Optional<String> constraint(SQLException e) {
    return e instanceof PSQLException psql
        ? Optional.ofNullable(psql.getServerErrorMessage()).map(ServerErrorMessage::getConstraint)
        : Optional.empty();
  }

  @Override
  public boolean down() {
    return breaker.open();
  }

  @Override
  public void close() {
    closed = true;
    breaker.end();
    try {
      pool.shutdown();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      cancellation.close();
    }
  }
}
