package com.tatame.billing.postgres;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.schema.ReadOnlyCache;
import com.tatame.billing.schema.SqlFunctionFailed;
import com.tatame.billing.workload.Bulkhead;
import com.tatame.billing.workload.CircuitBreaker;
import com.tatame.billing.workload.WorkContext;
import com.tatame.billing.workload.Workload;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.pool.HikariPool;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A stuck, slow or stopped database delays each caller by its time limit at most. */
class BulkheadAndBreakerTest {
  private static final AccountId ACCOUNT = new AccountId("user_1");
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofMillis(300);

  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void workloadThatIsStuckLeavesTheOthersTheirConnections() throws Exception {
    PostgresConfig config = TestDatabase.freshSchema();
    try (PostgresBillingStore store = PostgresBillingStore.open(config);
        Connection blocker = TestDatabase.connect(config);
        Statement statement = blocker.createStatement()) {
      statement.execute("begin; lock table account_entitlements");
      int share = Bulkhead.ofConnections(config.maxPoolSize()).free(Workload.READS);
      List<Future<?>> stuck = new ArrayList<>();
      for (int i = 0; i < config.maxPoolSize(); i++) {
        stuck.add(threads.submit(
            () -> WorkContext.run(Workload.READS, () -> store.usage().read(ACCOUNT, NOW))));
      }
      await().atMost(LONG).until(() -> active(store) == share);

      for (Workload other : Workload.values()) {
        if (other != Workload.READS) {
          assertThatCode(() -> WorkContext.run(other, store::ping))
              .as("%s", other)
              .doesNotThrowAnyException();
        }
      }
      assertThat(active(store)).isEqualTo(share);
      assertThat(store.down()).isFalse();

      statement.execute("rollback");
      for (Future<?> reader : stuck) {
        reader.get(60, SECONDS);
      }
    }
  }

  @Test
  void callEndsWithItsCallersTimeWhereATableIsLocked() throws Exception {
    PostgresConfig config = TestDatabase.freshSchema();
    try (PostgresBillingStore store = PostgresBillingStore.open(config);
        Connection blocker = TestDatabase.connect(config);
        Statement statement = blocker.createStatement()) {
      statement.execute("begin; lock table account_entitlements");

      assertThatThrownBy(inTime(() -> store.usage().read(ACCOUNT, NOW)))
          .isInstanceOf(StoreUnavailable.class);

      assertThat(active(store)).isZero();
      assertThat(store.down()).isFalse();
      await()
          .atMost(LONG)
          .untilAsserted(() -> assertThat(
                  TestDatabase.query(config, "select 1 from pg_locks where not granted"))
              .as("what waits on the server for a caller that has gone")
              .isEmpty());
    }
  }

  @Test
  void requestToCancelThatIsNotTakenKeepsNobody() throws Exception {
    try (DatabaseProxy proxy = new DatabaseProxy(TestDatabase.freshSchema())) {
      PostgresBillingStore.migrate(proxy.config());
      HikariConfig pool = Connections.pool(proxy.config());
      pool.addDataSourceProperty("cancelSignalTimeout", Long.toString(LONG.toSeconds()));
      JdbcFunctions functions = new JdbcFunctions(
          new HikariPool(pool),
          proxy.config(),
          new CircuitBreaker("a database", () -> true, pause -> {}),
          new ReadOnlyCache(System::nanoTime),
          System::nanoTime);
      functions.call("ping_v1", "{}");
      proxy.freeze();

      assertTimeout(
          LONG.dividedBy(2),
          () -> assertThatThrownBy(inTime(() -> functions.call("ping_v1", "{}")))
              .isInstanceOf(SqlFunctionFailed.class)
              .hasRootCauseInstanceOf(SocketTimeoutException.class));

      proxy.thaw();
      functions.close();
    }
  }

  @Test
  void callEndsWithItsCallersTimeWhereTheDatabaseIsFrozen() throws Exception {
    try (DatabaseProxy proxy = new DatabaseProxy(TestDatabase.freshSchema());
        PostgresBillingStore store = PostgresBillingStore.open(proxy.config())) {
      store.ping();
      proxy.freeze();

      assertThatThrownBy(inTime(store::ping)).isInstanceOf(StoreUnavailable.class);
      assertThatThrownBy(inTime(store::ping)).isInstanceOf(StoreUnavailable.class);

      assertThat(store.down()).isFalse();
      proxy.thaw();
      await()
          .atMost(LONG)
          .untilAsserted(() -> assertThatCode(store::ping).doesNotThrowAnyException());
    }
  }

  @Test
  void databaseThatRefusesConnectionsIsKnownToBeDownUntilItAnswers() throws Exception {
    try (DatabaseProxy proxy = new DatabaseProxy(TestDatabase.freshSchema());
        PostgresBillingStore store = PostgresBillingStore.open(proxy.config())) {
      store.ping();
      assertThat(store.down()).isFalse();
      proxy.refuse();

      assertThatThrownBy(() -> callTwice(store)).isInstanceOf(StoreUnavailable.class);
      await().atMost(LONG).until(() -> isRefused(store));
      assertThat(store.down()).isTrue();
      assertThatThrownBy(store::ping)
          .isInstanceOf(StoreUnavailable.class)
          .hasMessageContaining("refuses connections");

      proxy.accept();
      await().atMost(LONG).until(() -> !store.down());
      assertThatCode(store::ping).doesNotThrowAnyException();
    }
  }

  // The first finds its connection broken, the second finds that there is no other.
  private static void callTwice(PostgresBillingStore store) {
    try {
      store.ping();
    } catch (StoreUnavailable e) {
      store.ping();
    }
  }

  private static boolean isRefused(PostgresBillingStore store) {
    try {
      store.ping();
      return false;
    } catch (StoreUnavailable e) {
      return store.down();
    }
  }

  private static ThrowingCallable inTime(Runnable work) {
    return () -> WorkContext.within(SHORT, Workload.READS, System::nanoTime, () -> {
      work.run();
      return true;
    });
  }

  private static int active(PostgresBillingStore store) {
    return Objects.requireNonNull(store.poolState().get("active")).intValue();
  }
}
