package com.tatame.billing.supabase;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A repetition may reach the database while the first call is still at work. */
class OnceTest {
  private static final String RESERVATION =
      "{\"account_id\":\"user_1\",\"key\":\"key\",\"fingerprint\":\"hash\",\"now\":\"2026-01-02T03:04:05Z\","
          + "\"lease_until\":\"2026-01-02T03:05:05Z\",\"lease\":\"%s\"}";
  private static final String FIRST = call("11111111-1111-1111-1111-111111111111");
  private static final String OTHER = call("22222222-2222-2222-2222-222222222222");

  private final String database = TestProject.migratedDatabase();
  private final ExecutorService threads = Executors.newSingleThreadExecutor();

  private static String call(String request) {
    return "select billing.once_v1('{\"request\":\"" + request
        + "\",\"function\":\"reserve_key_v1\",\"argument\":" + RESERVATION.formatted(request)
        + "}') ->> 'outcome'";
  }

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  @Test
  void aRepetitionThatOvertakesWaitsForTheAnswerOfTheFirst() throws Exception {
    assertThat(repeatedWhile("commit")).containsExactly("fresh");
    assertThat(TestProject.query(database, FIRST)).containsExactly("fresh");
    assertThat(TestProject.query(database, OTHER)).containsExactly("running");
  }

  @Test
  void aRepetitionOfWhatWasRolledBackIsExecuted() throws Exception {
    assertThat(repeatedWhile("rollback")).containsExactly("fresh");
    assertThat(TestProject.query(database, "select count(*) from billing.idempotency_keys"))
        .containsExactly("1");
  }

  private List<String> repeatedWhile(String firstEndsWith) throws Exception {
    try (Connection first = DriverManager.getConnection(database);
        Statement statement = first.createStatement()) {
      statement.execute("begin");
      statement.execute(FIRST);
      Future<List<String>> repetition = threads.submit(() -> TestProject.query(database, FIRST));
      await().atMost(Duration.ofSeconds(30)).until(() -> waiting(statement));
      statement.execute(firstEndsWith);
      return repetition.get(30, SECONDS);
    }
  }

  private static boolean waiting(Statement statement) throws SQLException {
    try (var rows = statement.executeQuery(
        "select 1 from pg_locks where locktype = 'advisory' and not granted")) {
      return rows.next();
    }
  }

  @Test
  void answersThatNobodyWillAskForAgainGo() {
    TestProject.run(
        database,
        "insert into billing.answers select gen_random_uuid(), '[]', now() - interval '61 minutes'"
            + " from generate_series(1, 5)",
        "insert into billing.answers select gen_random_uuid(), '[]', now() - interval '59 minutes'");

    TestProject.query(database, FIRST);
    TestProject.query(database, OTHER);
    TestProject.query(database, call("33333333-3333-3333-3333-333333333333"));

    assertThat(TestProject.query(database, "select count(*) from billing.answers"))
        .containsExactly("4");
  }
}
