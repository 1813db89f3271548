package com.tatame.billing.postgres;

import com.tatame.billing.catalog.ProductStore;
import com.tatame.billing.checkout.CheckoutStore;
import com.tatame.billing.command.CommandJournal;
import com.tatame.billing.customer.CustomerStore;
import com.tatame.billing.entitlement.EntitlementStore;
import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.idempotency.IdempotencyStore;
import com.tatame.billing.inbox.InboxStore;
import com.tatame.billing.projection.ProjectionStore;
import com.tatame.billing.schema.FunctionBackedStore;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.subscription.SubscriptionStore;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import java.util.Map;

/**
 * The billing store on PostgreSQL 15 or later. Thread-safe; one for each program and database. Any
 * number of programs may share a database.
 */
public final class PostgresBillingStore implements BillingStore {
  private final HikariDataSource pool;
  private final FunctionBackedStore store;

  private PostgresBillingStore(HikariDataSource pool, PostgresConfig config) {
    this.pool = pool;
    this.store = new FunctionBackedStore(new JdbiFunctions(pool, config));
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

  @Override
  public InboxStore inbox() {
    return store.inbox();
  }

  @Override
  public ProjectionStore projections() {
    return store.projections();
  }

  @Override
  public CommandJournal commands() {
    return store.commands();
  }

  @Override
  public CustomerStore customers() {
    return store.customers();
  }

  @Override
  public SubscriptionStore subscriptions() {
    return store.subscriptions();
  }

  @Override
  public CheckoutStore checkouts() {
    return store.checkouts();
  }

  @Override
  public ProductStore products() {
    return store.products();
  }

  @Override
  public EntitlementStore entitlements() {
    return store.entitlements();
  }

  @Override
  public IdempotencyStore idempotency() {
    return store.idempotency();
  }

  /**
   * Asks the database for a sign of life. Waits no longer than a call waits for a connection.
   *
   * @throws StoreUnavailable if there is none
   */
  @Override
  public void ping() {
    store.ping();
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

  /** Gives back all connections; later calls find the store unavailable. */
  @Override
  public void close() {
    store.close();
  }
}
