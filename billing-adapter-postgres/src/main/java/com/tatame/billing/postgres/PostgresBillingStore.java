package com.tatame.billing.postgres;

import com.tatame.billing.command.Pause;
import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.schema.FunctionBackedStore;
import com.tatame.billing.schema.ReadOnlyCache;
import com.tatame.billing.schema.SchemaNotReady;
import com.tatame.billing.schema.SchemaStatus;
import com.tatame.billing.workload.CircuitBreaker;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.pool.HikariPool;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import java.util.Map;

/**
 * The billing store on PostgreSQL 15 or later. Thread-safe; one for each program and database. Any
 * number of programs may share a database.
 */
public final class PostgresBillingStore extends FunctionBackedStore {
  private final HikariPool pool;

  private PostgresBillingStore(HikariPool pool, PostgresConfig config, ReadOnlyCache readOnly) {
    super(new JdbcFunctions(
        pool,
        config,
        new CircuitBreaker(
            "the database", () -> Connections.answers(config), Pause.blocking()::pause),
        readOnly,
        System::nanoTime));
    this.pool = pool;
  }

  /**
   * Brings the schema up to date and opens the store.
   *
   * @throws StoreUnavailable if the database can't be reached
   * @throws IllegalStateException if the schema can't be brought up to date
   */
  public static PostgresBillingStore open(PostgresConfig config) {
    return open(config, new ReadOnlyCache(System::nanoTime));
  }

  static PostgresBillingStore open(PostgresConfig config, ReadOnlyCache readOnly) {
    migrate(config);
    return connect(config, readOnly);
  }

  /**
   * Opens the store as it is, and changes nothing in the database.
   *
   * @throws StoreUnavailable if the database can't be reached
   * @throws SchemaNotReady if the schema is missing, or older than this release
   * @throws IllegalStateException if the database refuses to be read
   */
  public static PostgresBillingStore openExisting(PostgresConfig config) {
    SchemaStatus status = schemaStatus(config);
    if (!status.usable()) {
      throw new SchemaNotReady(status);
    }
    return connect(config, new ReadOnlyCache(System::nanoTime));
  }

  private static PostgresBillingStore connect(PostgresConfig config, ReadOnlyCache readOnly) {
    HikariConfig pool = Connections.pool(config);
    pool.validate();
    try {
      return new PostgresBillingStore(new HikariPool(pool), config, readOnly);
    } catch (PoolInitializationException e) {
      throw new StoreUnavailable("The database can't be reached.", e);
    }
  }

  /**
   * Brings the schema up to date, creating it if need be. Several programs may do it at once.
   *
   * @return how many migrations were run
   * @throws StoreUnavailable if the database can't be reached
   * @throws IllegalStateException if the schema can't be brought up to date: a migration failed, or
   *     one that was run before has been changed since
   */
  public static int migrate(PostgresConfig config) {
    return SchemaMigration.run(config);
  }

  /**
   * Which migrations the database has. Changes nothing.
   *
   * @throws StoreUnavailable if the database can't be reached
   * @throws IllegalStateException if the database refuses to be read
   */
  public static SchemaStatus schemaStatus(PostgresConfig config) {
    return SchemaHistory.read(config);
  }

  /** How many connections there are: {@code active}, {@code idle}, {@code total}, {@code waiting}. */
  public Map<String, Number> poolState() {
    return Map.of(
        "active", pool.getActiveConnections(),
        "idle", pool.getIdleConnections(),
        "total", pool.getTotalConnections(),
        "waiting", pool.getThreadsAwaitingConnection());
  }
}
