package com.tatame.billing.postgres;

import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.schema.FunctionBackedStore;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import java.util.Map;

/**
 * The billing store on PostgreSQL 15 or later. Thread-safe; one for each program and database. Any
 * number of programs may share a database.
 */
public final class PostgresBillingStore extends FunctionBackedStore {
  private final HikariDataSource pool;

  private PostgresBillingStore(HikariDataSource pool, PostgresConfig config) {
    super(new JdbcFunctions(pool, config));
    this.pool = pool;
  }

  /**
   * Brings the schema up to date and opens the store.
   *
   * @throws StoreUnavailable if the database can't be reached
   * @throws IllegalStateException if the schema can't be brought up to date
   */
  public static PostgresBillingStore open(PostgresConfig config) {
    migrate(config);
    try {
      return new PostgresBillingStore(new HikariDataSource(Connections.pool(config)), config);
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

  /** How many connections there are: {@code active}, {@code idle}, {@code total}, {@code waiting}. */
  public Map<String, Number> poolState() {
    HikariPoolMXBean state = pool.getHikariPoolMXBean();
    return Map.of(
        "active", state.getActiveConnections(),
        "idle", state.getIdleConnections(),
        "total", state.getTotalConnections(),
        "waiting", state.getThreadsAwaitingConnection());
  }
}
