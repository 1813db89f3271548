package com.tatame.billing.supabase;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.inbox.ReceivedEvent;
import com.tatame.billing.testkit.fixture.AnEvent;
import com.tatame.billing.testkit.supabase.LocalSupabase;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the caller sees while something is down or full, and that nothing is wrong afterwards. */
class OutageTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final AccountId ACCOUNT = new AccountId("user_1");

  private static SupabaseConfig impatient(LocalSupabase project) {
    return SupabaseConfig.of(project.url(), project.secretKey()).withRetryTime(Duration.ZERO);
  }

  @Test
  void anApiWhosePoolIsFullMakesTheStoreUnavailableUntilAConnectionIsFree() throws Exception {
    String database = TestProject.migratedDatabase();
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try (LocalSupabase project = LocalSupabase.builder(database)
            .withSchema("billing")
            .withPool(1, Duration.ofSeconds(1))
            .withStatementLimit(Duration.ofSeconds(60))
            .start();
        SupabaseBillingStore store = SupabaseBillingStore.open(impatient(project));
        Connection blocker = DriverManager.getConnection(database);
        Statement statement = blocker.createStatement()) {
      statement.execute("begin; lock table billing.account_entitlements");
      Future<?> stuck = threads.submit(() -> store.usage().read(ACCOUNT, NOW));
      await().atMost(Duration.ofSeconds(30)).until(() -> isWaited(database));

      assertThatThrownBy(store::ping)
          .isInstanceOf(StoreUnavailable.class)
          .hasMessageContaining("PGRST003");

      statement.execute("rollback");
      stuck.get(15, SECONDS);
      assertThatCode(store::ping).doesNotThrowAnyException();
    } finally {
      threads.shutdownNow();
    }
  }

  private static boolean isWaited(String database) {
    return !TestProject.query(
            database, "select 1 from pg_locks where locktype = 'relation' and not granted")
        .isEmpty();
  }

  @Test
  void aStatementThatTakesTooLongIsRolledBackAndMakesTheStoreUnavailable() throws Exception {
    String database = TestProject.migratedDatabase();
    try (LocalSupabase project = LocalSupabase.builder(database)
            .withSchema("billing")
            .withStatementLimit(Duration.ofMillis(500))
            .start();
        SupabaseBillingStore store = SupabaseBillingStore.open(impatient(project));
        Connection blocker = DriverManager.getConnection(database);
        Statement statement = blocker.createStatement()) {
      statement.execute("begin; lock table billing.webhook_queue");

      assertThatThrownBy(() -> store.inbox().ingest(AnEvent.several(1, NOW), NOW))
          .isInstanceOf(StoreUnavailable.class)
          .hasMessageContaining("57014");

      statement.execute("rollback");
      assertThat(store.inbox().status().backlog()).isZero();
    }
  }

  @Test
  void sessionsThatAreEndedCostNothing() {
    String database = TestProject.migratedDatabase();
    try (LocalSupabase project =
            LocalSupabase.builder(database).withSchema("billing").start();
        SupabaseBillingStore store =
            SupabaseBillingStore.open(SupabaseConfig.of(project.url(), project.secretKey()))) {
      List<ReceivedEvent> events = AnEvent.several(20, NOW);
      for (ReceivedEvent event : events) {
        TestProject.run(
            database,
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'authenticator'"
                + " and datname = current_database()");
        assertThat(store.inbox().ingest(List.of(event), NOW)).containsExactly(event.id());
      }
      assertThat(store.inbox().status().backlog()).isEqualTo(20);
    }
  }

  @Test
  void aDatabaseThatCrashesLosesNothingThatWasAnsweredAndNothingIsStoredTwice(@TempDir Path folder)
      throws Exception {
    LocalSupabase.require();
    Path data = folder.resolve("data");
    List<ReceivedEvent> events = AnEvent.several(320, NOW);
    ExecutorService threads = Executors.newSingleThreadExecutor();
    EmbeddedPostgres first = postgres(data, Optional.empty());
    int port = first.getPort();
    String database = first.getJdbcUrl("postgres", "postgres");
    // Embedded servers don't wait for the disk unless they are told to.
    TestProject.run(database, "alter database postgres set synchronous_commit = on");
    TestProject.migrate(database);
    try (LocalSupabase project =
            LocalSupabase.builder(database).withSchema("billing").start();
        SupabaseBillingStore store = SupabaseBillingStore.open(impatient(project))) {
      store.inbox().ingest(events.subList(0, 20), NOW);
      Future<List<ReceivedEvent>> failed =
          threads.submit(() -> failed(store, events.subList(20, 320)));
      await().atMost(Duration.ofSeconds(30)).until(() -> project.requests().size() > 10);
      crash(data);
      first.close();
      List<ReceivedEvent> again = failed.get(120, SECONDS);
      assertThatThrownBy(store::ping).isInstanceOf(StoreUnavailable.class);

      try (EmbeddedPostgres second = postgres(data, Optional.of(port))) {
        assertThat(second.getPort()).isEqualTo(port);
        project.awaitReady();
        await().atMost(Duration.ofSeconds(30)).until(() -> !store.down());
        assertThat(failed(store, again)).isEmpty();
        assertThat(store.inbox().status().backlog()).isEqualTo(320);
        assertThat(TestProject.query(
                database, "select stripe_event_id from billing.webhook_events order by 1"))
            .isEqualTo(events.stream().map(ReceivedEvent::id).sorted().toList());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static List<ReceivedEvent> failed(
      SupabaseBillingStore store, List<ReceivedEvent> events) {
    List<ReceivedEvent> failed = new ArrayList<>();
    for (ReceivedEvent event : events) {
      try {
        store.inbox().ingest(List.of(event), NOW);
      } catch (StoreUnavailable e) {
        failed.add(event);
      }
    }
    return failed;
  }

  private static EmbeddedPostgres postgres(Path data, Optional<Integer> port) throws IOException {
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder().setDataDirectory(data).setCleanDataDirectory(false);
    port.ifPresent(builder::setPort);
    return builder.start();
  }

  /** As a power cut would: no checkpoint, no goodbye. */
  private static void crash(Path data) throws IOException, InterruptedException {
    String pid = Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip();
    new ProcessBuilder("kill", "-QUIT", pid).start().waitFor();
    ProcessHandle.of(Long.parseLong(pid))
        .ifPresent(process -> process.onExit().orTimeout(30, TimeUnit.SECONDS).join());
  }
}
