package com.tatame.billing.postgres;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.inbox.ReceivedEvent;
import com.tatame.billing.schema.ReadOnlyCache;
import com.tatame.billing.store.StoreMode;
import com.tatame.billing.testkit.RefusingPort;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AvailabilityTest {
  private static final AccountId ACCOUNT = new AccountId("user_1");
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private final AtomicLong nanoTime = new AtomicLong();

  @Test
  void aPoolWithoutAFreeConnectionMakesTheStoreUnavailable() throws Exception {
    PostgresConfig config =
        TestDatabase.freshSchema().withMaxPoolSize(1).withConnectionWait(Duration.ofMillis(250));
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try (PostgresBillingStore store = PostgresBillingStore.open(config);
        Connection blocker = TestDatabase.connect(config);
        Statement statement = blocker.createStatement()) {
      statement.execute("begin; lock table account_entitlements");
      Future<?> stuck = threads.submit(() -> store.usage().read(ACCOUNT, NOW));
      await().atMost(Duration.ofSeconds(30)).until(() -> active(store) == 1);

      assertThatThrownBy(store::ping)
          .isInstanceOf(StoreUnavailable.class)
          .hasMessageContaining("database");

      statement.execute("rollback");
      stuck.get(30, SECONDS);
      assertThatCode(store::ping).doesNotThrowAnyException();
    } finally {
      threads.shutdownNow();
    }
  }

  private static int active(PostgresBillingStore store) {
    return Objects.requireNonNull(store.poolState().get("active")).intValue();
  }

  @Test
  void aStatementThatTakesTooLongMakesTheStoreUnavailable() throws Exception {
    PostgresConfig config = TestDatabase.freshSchema().withStatementLimit(Duration.ofSeconds(1));
    try (PostgresBillingStore store = PostgresBillingStore.open(config);
        Connection blocker = TestDatabase.connect(config);
        Statement statement = blocker.createStatement()) {
      statement.execute("begin; lock table account_entitlements");

      assertThatThrownBy(() -> store.usage().read(ACCOUNT, NOW))
          .isInstanceOf(StoreUnavailable.class);

      statement.execute("rollback");
      assertThat(store.usage().read(ACCOUNT, NOW).entitlement()).isEmpty();
    }
  }

  @Test
  void aConnectionThatTheServerEndedIsReplaced() {
    PostgresConfig config = TestDatabase.freshSchema().withMaxPoolSize(1);
    try (PostgresBillingStore store = PostgresBillingStore.open(config)) {
      store.ping();
      TestDatabase.run(
          config,
          "select pg_terminate_backend(pid) from pg_stat_activity"
              + " where application_name = 'tatame-billing'");

      assertThatThrownBy(store::ping).isInstanceOf(StoreUnavailable.class);
      assertThatCode(store::ping).doesNotThrowAnyException();
    }
  }

  @Test
  void readOnlyDatabaseIsSaidToBeAndAnswersReads() {
    PostgresConfig config = asRole("on_a_replica");
    try (PostgresBillingStore store =
        PostgresBillingStore.open(config, new ReadOnlyCache(nanoTime::get))) {
      assertThat(store.mode()).isEqualTo(StoreMode.OPEN);

      demote(store, config);

      assertThat(store.mode()).isEqualTo(StoreMode.READ_ONLY);
      assertThat(store.usage().read(ACCOUNT, NOW).entitlement()).isEmpty();
      promote(config);
      assertThat(store.mode()).as("as cached").isEqualTo(StoreMode.READ_ONLY);
      nanoTime.addAndGet(ReadOnlyCache.TTL.toNanos());
      assertThat(store.mode()).as("by the connection that was seen").isEqualTo(StoreMode.READ_ONLY);
      nanoTime.addAndGet(ReadOnlyCache.TTL.toNanos());
      assertThat(store.mode()).as("by the one that replaced it").isEqualTo(StoreMode.OPEN);
    }
  }

  @Test
  void refusedWritesCostReadsNoMoreThanOneConnectionASecond() throws Exception {
    PostgresConfig direct = asRole("that_stays_read_only");
    try (DatabaseProxy proxy = new DatabaseProxy(direct)) {
      PostgresConfig config =
          proxy.config().withCredentials(direct.user().orElseThrow(), "unused").withMaxPoolSize(1);
      try (PostgresBillingStore store =
          PostgresBillingStore.open(config, new ReadOnlyCache(nanoTime::get))) {
        demote(store, config);
        for (int second = 0; second < 3; second++) {
          store.ping();
          int before = proxy.accepted();
          for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> store.inbox().ingest(List.of(event("evt_1")), NOW))
                .isInstanceOf(StoreUnavailable.class)
                .hasMessageContaining("25006");
            assertThat(store.usage().read(ACCOUNT, NOW).entitlement()).isEmpty();
            assertThat(store.mode()).isEqualTo(StoreMode.READ_ONLY);
          }
          assertThat(proxy.accepted() - before).isEqualTo(1);
          nanoTime.addAndGet(ReadOnlyCache.TTL.toNanos());
        }
      }
    }
  }

  @Test
  void refusedWriteEvictsTheConnectionSoThatTheNextOneReachesTheNewPrimary() {
    PostgresConfig config = asRole("behind_one_address");
    try (PostgresBillingStore store = PostgresBillingStore.open(config)) {
      demote(store, config);
      promote(config);

      assertThatThrownBy(() -> store.inbox().ingest(List.of(event("evt_1")), NOW))
          .isInstanceOf(StoreUnavailable.class)
          .hasMessageContaining("25006");
      assertThatCode(() -> store.inbox().ingest(List.of(event("evt_1")), NOW))
          .doesNotThrowAnyException();
    }
  }

  /** With a role of its own, whose sessions can be made read-only as if they led to a replica. */
  private static PostgresConfig asRole(String role) {
    PostgresConfig config = TestDatabase.freshSchema();
    TestDatabase.run(config, "create role " + role + " superuser login");
    return config.withCredentials(role, "unused").withMaxPoolSize(1);
  }

  /** New sessions can't write, and old ones end. */
  private static void demote(PostgresBillingStore store, PostgresConfig config) {
    String role = config.user().orElseThrow();
    TestDatabase.run(
        config,
        "alter role " + role + " set default_transaction_read_only = on",
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = '" + role + "'");
    await().atMost(Duration.ofSeconds(30)).until(() -> answers(store));
  }

  private static boolean answers(PostgresBillingStore store) {
    try {
      store.ping();
      return true;
    } catch (StoreUnavailable e) {
      return false;
    }
  }

  /** New sessions can write; old ones go on as they are. */
  private static void promote(PostgresConfig config) {
    TestDatabase.run(
        config,
        "alter role " + config.user().orElseThrow() + " reset default_transaction_read_only");
  }

  private static ReceivedEvent event(String id) {
    return new ReceivedEvent(
        id,
        "customer.created",
        Instant.EPOCH,
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "{}");
  }

  @Test
  void aDatabaseThatIsNotThereMakesTheStoreUnavailable() {
    try (RefusingPort port = RefusingPort.open()) {
      PostgresConfig config =
          PostgresConfig.of("postgres://ada:s3cret@localhost:" + port.number() + "/billing");

      assertThatThrownBy(() -> PostgresBillingStore.open(config))
          .isInstanceOf(StoreUnavailable.class)
          .hasMessageNotContaining("s3cret");
    }
  }

  @Test
  void userWhomTheDatabaseDoesNotKnowIsAMistakeAndNoOutage() {
    PostgresConfig config = TestDatabase.freshSchema().withCredentials("nobody", "s3cret");

    assertThatThrownBy(() -> PostgresBillingStore.open(config))
        .isInstanceOf(IllegalStateException.class)
        .isNotInstanceOf(StoreUnavailable.class)
        .hasMessageContaining("nobody")
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void aClosedStoreIsUnavailableAndMayBeClosedAgain() {
    PostgresBillingStore store = PostgresBillingStore.open(TestDatabase.freshSchema());

    store.close();
    store.close();

    assertThatThrownBy(store::ping).isInstanceOf(StoreUnavailable.class);
  }

  @Test
  void theStateOfThePoolIsShown() {
    try (PostgresBillingStore store =
        PostgresBillingStore.open(TestDatabase.freshSchema().withMaxPoolSize(3))) {
      store.ping();

      assertThat(store.poolState()).containsOnlyKeys("active", "idle", "total", "waiting");
      assertThat(store.poolState()).containsEntry("active", 0).containsEntry("waiting", 0);
    }
  }

  @Test
  void whatTheDatabaseRefusesIsReportedWithoutItsValues() {
    PostgresConfig config = TestDatabase.freshSchema();
    ReceivedEvent poisoned = new ReceivedEvent(
        "evt_1",
        "customer.created",
        Instant.EPOCH,
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "ada@example.com \u0000");
    try (PostgresBillingStore store = PostgresBillingStore.open(config)) {
      assertThatThrownBy(() -> store.inbox().ingest(List.of(poisoned), Instant.EPOCH))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("SQLSTATE 22021")
          .hasMessageNotContaining("ada@")
          .rootCause()
          .hasMessageNotContaining("ada@");
    }
  }
}
