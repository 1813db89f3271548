package com.tatame.billing.move;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.move.MoveStatus.Phase;
import com.tatame.billing.move.Stores.Store;
import com.tatame.billing.move.Verification.Difference;
import com.tatame.billing.move.Verification.Kind;
import com.tatame.billing.store.StoreMode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MoveTest {
  static final MoveLimits SMALL = new MoveLimits(2, 20_000, 50);

  /** All rows of all tables, as the database writes them; nothing of this is the product's. */
  static final String ALL_ROWS =
      "select table_name || ' ' || query_to_xml('select t::text as row from billing.' || table_name"
          + " || ' t order by 1', true, false, '')::text from information_schema.tables where"
          + " table_schema = 'billing' and table_type = 'BASE TABLE' and table_name not in"
          + " ('billing_schema_history', 'store_state', 'move_log', 'move_progress', 'event_epochs')"
          + " order by 1";

  private static final String ROWS =
      "select (xpath('//n/text()', query_to_xml('select count(*) as n from billing.' || table_name,"
          + " true, true, '')))[1]::text from information_schema.tables where table_schema = 'billing'"
          + " and table_type = 'BASE TABLE' and table_name not in ('billing_schema_history', 'store_state',"
          + " 'move_log', 'move_progress')";

  enum Kinds {
    POSTGRES_TO_POSTGRES,
    SUPABASE_TO_POSTGRES,
    POSTGRES_TO_SUPABASE;

    Store source() {
      return this == SUPABASE_TO_POSTGRES ? Stores.supabase() : Stores.postgres();
    }

    Store target() {
      return this == POSTGRES_TO_SUPABASE ? Stores.supabase() : Stores.postgres();
    }
  }

  private static Move move(MoveEnd source, MoveEnd target) {
    return new Move(source, target, SMALL, InstantSource.system(), MoveListener.SILENT);
  }

  private static void fill(Store store) {
    store.run(
        "insert into users (id, issuer, subject) select 'user_' || n, 'i', 's' || n from"
            + " generate_series(1, 700) n",
        "insert into stripe_customer_mapping (user_id, stripe_customer_id, created_at) select"
            + " 'user_' || n, 'cus_' || n, now() from generate_series(1, 300) n",
        "insert into webhook_events (stripe_event_id, event_type, livemode, created_at, received_at,"
            + " raw_data) select 'evt_' || n, 'x', false, now(), now(), repeat('y', n) from"
            + " generate_series(1, 500) n",
        "insert into webhook_queue (seq, next_attempt_at) values (1, 'infinity')",
        "insert into consumptions (user_id, idempotency_key, id, fingerprint, usage_type,"
            + " period_start, period_end, place, amount, used, at, meter, metered_from) select"
            + " 'user_' || n, 'k', 'c' || n, '', 'quiz', '2026-11-01Z', '2026-12-01Z', 'included', 1, 1,"
            + " now(), 'quiz', now() from generate_series(1, 50) n",
        "insert into answers (request, answer) values (gen_random_uuid(), 'null'),"
            + " (gen_random_uuid(), '{\"a\": null}'), (gen_random_uuid(), '1.10')",
        "insert into grants (id, user_id, idempotency_key, fingerprint, kind, tier, reason, given_by,"
            + " given_at, starts_at) select 'g' || n, 'user_' || n, 'k', '', 'tier', 'pro', '', '',"
            + " now(), now() from generate_series(1, 30) n",
        "insert into ai_conversations (id, user_id, title, message_count, created_at, updated_at)"
            + " select 'conv_' || n, 'user_' || n, 't', 3, now(), now() from generate_series(1, 40) n",
        "insert into ai_messages (conversation_id, position, id, user_id, role, content, tokens,"
            + " created_at) select 'conv_' || c, m, 'msg_' || c || '_' || m, 'user_' || c, 'user',"
            + " 'said', 1, now() from generate_series(1, 40) c, generate_series(1, 3) m",
        "insert into longitudinal_checkins (id, user_id, kind, occurred_at, answers, score, created_at)"
            + " select 'chk_' || n, 'user_' || n, 'mood', now(), '{\"hours\": 7.50}', n, now() from"
            + " generate_series(1, 20) n");
  }

  @ParameterizedTest
  @EnumSource
  void movesAStoreThatIsAtWorkAndBringsItBack(Kinds kinds) {
    long seed = new Random().nextLong();
    try (Store source = kinds.source();
        Store target = kinds.target()) {
      fill(source);
      Move move = move(source.end(), target.end());
      try (Writers writers = Writers.at(source, 4, seed)) {
        move.copy();
        move.follow();
        Verification verified = move.verify();
        assertThat(verified.differences()).as("seed %s", seed).isEmpty();
        assertThat(verified.rows()).isGreaterThan(1_000);
        assertThat(move.status().phase()).isEqualTo(Phase.FOLLOWING);
        move.cutover();
        assertThat(writers.committed()).isPositive();
      }
      assertThat(move.status().phase()).isEqualTo(Phase.MOVED);
      assertThat(target.query(ALL_ROWS)).as("seed %s", seed).isEqualTo(source.query(ALL_ROWS));

      try (Writers writers = Writers.at(target, 4, seed + 100)) {
        move.rollback();
        assertThat(writers.committed()).isPositive();
      }
      assertThat(move.status().phase()).isEqualTo(Phase.ROLLED_BACK);
      assertThat(move.rollback()).isEqualTo(new Cutover(Duration.ZERO, 0));
      assertThat(source.query(ALL_ROWS)).as("seed %s", seed).isEqualTo(target.query(ALL_ROWS));

      try (Writers writers = Writers.at(source, 2, seed + 200)) {
        move.cutover();
        assertThat(writers.committed()).isPositive();
      }
      assertThat(target.query(ALL_ROWS)).as("seed %s", seed).isEqualTo(source.query(ALL_ROWS));
      move.finish();
      assertThat(move.status().phase()).isEqualTo(Phase.FINISHED);
      assertThatThrownBy(move::rollback).isInstanceOf(MoveRefused.class);
    }
  }

  @Test
  void comparesEachRowOnce() {
    try (Store source = Stores.postgres();
        Store target = Stores.postgres()) {
      fill(source);
      source.run("insert into usage_tracking (user_id, period_end, usage_type, period_start) select"
          + " 'user_' || n % 40, '2026-11-01Z'::timestamptz + (n || ' days')::interval, 'quiz',"
          + " '2026-10-01Z' from generate_series(1, 400) n");
      Move move = move(source.end(), target.end());
      move.copy();
      long rows = source.query(ROWS).stream().mapToLong(Long::parseLong).sum();
      assertThat(move.verify()).isEqualTo(new Verification(rows, List.of()));
    }
  }

  @Test
  void movesThroughFiles(@TempDir Path directory) {
    try (Store source = Stores.postgres();
        Store target = Stores.postgres()) {
      fill(source);
      Path files = directory.resolve("export");
      Move out = move(source.end(), MoveEnd.files(files));
      out.copy();
      source.run(
          "delete from users where id = 'user_7'",
          "update users set email = 'new@example.com' where id = 'user_8'",
          "update usage_tracking set amount = 9",
          "insert into usage_tracking (user_id, period_end, usage_type, period_start) values"
              + " ('u', '2026-12-01 00:00:00.5Z', 'quiz', '2026-11-01Z')",
          "update usage_tracking set amount = 3");
      assertThat(out.verify().differences()).isEmpty();
      out.cutover();
      assertThat(out.status().phase()).isEqualTo(Phase.MOVED);

      Move in = move(MoveEnd.files(files), target.end());
      in.copy();
      assertThat(in.verify().differences()).isEmpty();
      in.cutover();
      assertThat(target.query(ALL_ROWS)).isEqualTo(source.query(ALL_ROWS));
    }
  }

  @Test
  void aTransactionThatWasOpenAcrossAPageIsFollowedOnceItHasEnded() throws SQLException {
    try (Store source = Stores.postgres();
        Store target = Stores.postgres();
        Connection late = source.connect();
        Statement statement = late.createStatement()) {
      fill(source);
      Move move = move(source.end(), target.end());
      move.copy();
      late.setAutoCommit(false);
      statement.execute("update users set email = 'late@example.com' where id = 'user_1'");
      source.run("update users set email = 'soon@example.com' where id = 'user_2'");
      assertThat(move.follow()).as("nothing is settled while an older one runs").isZero();
      late.commit();
      move.follow();
      assertThat(
              target.query("select email from users where id in ('user_1', 'user_2') order by id"))
          .containsExactly("late@example.com", "soon@example.com");
    }
  }

  @Test
  void verifyNamesARowOfWhichOneByteWasFlippedOneThatIsMissingAndOneTooMany() {
    try (Store source = Stores.postgres();
        Store target = Stores.postgres()) {
      fill(source);
      Move move = move(source.end(), target.end());
      move.copy();
      target.run(
          "set billing.moving = 'on'",
          "update webhook_events set raw_data = overlay(raw_data placing 'z' from 5 for 1) where"
              + " stripe_event_id = 'evt_300'",
          "delete from users where id = 'user_77'",
          "insert into users (id, issuer, subject) values ('user_zzz', 'i', 's')");
      String seq = source
          .query("select seq from webhook_events where stripe_event_id = 'evt_300'")
          .get(0);
      assertThat(move.verify().differences())
          .containsExactlyInAnyOrder(
              new Difference("webhook_events", "[" + seq + "]", Kind.DIFFERENT),
              new Difference("users", "[\"user_77\"]", Kind.MISSING),
              new Difference("users", "[\"user_zzz\"]", Kind.SUPERFLUOUS));
      assertThatThrownBy(move::cutover)
          .isInstanceOf(MoveRefused.class)
          .hasMessageContaining("Verify");
    }
  }

  @Test
  void rowsThatChangedSinceBothSidesWereVerifiedAreComparedBeforeTheSwitch() {
    try (Store source = Stores.postgres();
        Store target = Stores.postgres()) {
      fill(source);
      Move move = move(source.end(), target.end());
      move.copy();
      move.verify();
      source.run("update users set email = 'soon@example.com' where id = 'user_5'");
      move.follow();
      target.run("set billing.moving = 'on'", "delete from users where id = 'user_5'");
      assertThatThrownBy(move::cutover)
          .isInstanceOf(MoveRefused.class)
          .hasMessageContaining("[\"user_5\"]");
      assertThat(source.end().state().mode()).isEqualTo(StoreMode.OPEN);

      assertThat(move.verify().equal()).isFalse();
      assertThatThrownBy(move::cutover)
          .as("both sides were found to be equal before, but not the last time")
          .isInstanceOf(MoveRefused.class)
          .hasMessageContaining("Verify first");
    }
  }

  @Test
  void aRowThatIsNotBroughtOverRightInThePauseEndsThePauseWithoutASwitch() {
    try (Store source = Stores.postgres();
        Store target = Stores.postgres()) {
      fill(source);
      move(source.end(), target.end()).copy();
      move(source.end(), target.end()).verify();
      Move move =
          new Move(source.end(), target.end(), SMALL, InstantSource.system(), new MoveListener() {
            private int rounds;

            @Override
            public void followed(long rows) {
              String user = "user_" + ++rounds;
              if (source.end().state().mode() == StoreMode.FROZEN) {
                target.run("set billing.moving = 'on'", "delete from users where email = 'last'");
              } else {
                source.run("update users set email = 'last' where id = '" + user + "'");
              }
            }
          });
      source.run("update users set email = 'first' where id = 'user_100'");
      assertThatThrownBy(move::cutover)
          .isInstanceOf(MoveRefused.class)
          .hasMessageContaining("[\"user_1\"]");
      assertThat(List.of(source.end().state().mode(), target.end().state().mode()))
          .containsExactly(StoreMode.OPEN, StoreMode.STANDBY);
      source.run("update users set email = 'at work' where id = 'user_1'");
    }
  }

  @Test
  void rowsThatSwapAUniqueValueAndRowsThatGoArriveSo() {
    try (Store source = Stores.postgres();
        Store target = Stores.postgres()) {
      fill(source);
      Move move = move(source.end(), target.end());
      move.copy();
      source.run(
          "begin",
          "update stripe_customer_mapping set stripe_customer_id = 'x' where user_id = 'user_1'",
          "update stripe_customer_mapping set stripe_customer_id = 'cus_1' where user_id = 'user_2'",
          "update stripe_customer_mapping set stripe_customer_id = 'cus_2' where user_id = 'user_1'",
          "delete from users where id = 'user_3'",
          "delete from users where id = 'user_4'",
          "insert into users (id, issuer, subject) values ('user_4', 'i', 'again')",
          "commit");
      move.follow();
      assertThat(target.query(ALL_ROWS)).isEqualTo(source.query(ALL_ROWS));
    }
  }

  @Test
  void whatTheVeryTransactionWroteThatTheFreezeWaitedForIsBroughtOver() throws Exception {
    try (Store source = Stores.postgres();
        Store target = Stores.postgres();
        Connection last = source.connect();
        Statement statement = last.createStatement()) {
      fill(source);
      Move move = move(source.end(), target.end());
      move.copy();
      move.verify();
      last.setAutoCommit(false);
      statement.execute("insert into users (id, issuer, subject) select 'last_' || n, 'i', 's' from"
          + " generate_series(1, 40) n");
      Thread ending = new Thread(() -> commitOnceALockIsWaitedFor(source, last));
      ending.start();
      move.cutover();
      ending.join();
      assertThat(target.query("select count(*) from users where id like 'last%'"))
          .containsExactly("40");
      assertThat(target.query(ALL_ROWS)).isEqualTo(source.query(ALL_ROWS));
    }
  }

  private static void commitOnceALockIsWaitedFor(Store store, Connection connection) {
    String waiting = "select count(*) from pg_locks where locktype = 'advisory' and not granted and"
        + " database = (select oid from pg_database where datname = current_database())";
    while (store.query(waiting).equals(List.of("0"))) {
      Thread.onSpinWait();
    }
    try {
      connection.commit();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void anOldNodeThatWritesAfterTheSwitchIsRefusedAndMayStillRead() {
    try (Store source = Stores.postgres();
        Store target = Stores.postgres()) {
      fill(source);
      Move move = move(source.end(), target.end());
      move.copy();
      move.verify();
      move.cutover();
      assertThat(source.query("select count(*) from users")).containsExactly("700");
      assertThatThrownBy(() -> source.run("update users set email = 'x'"))
          .hasRootCauseInstanceOf(SQLException.class)
          .hasStackTraceContaining("this store is frozen");
      target.run("insert into webhook_events (stripe_event_id, event_type, livemode, created_at,"
          + " received_at, raw_data) values ('evt_new', 'x', false, now(), now(), '{}')");
      assertThat(target.query("select seq from webhook_events order by seq desc limit 1"))
          .as("sequences go on")
          .containsExactly("501");
      assertThat(target.query("select count(*) from meter_reports"))
          .as("what was reported by the source is not reported again")
          .isEqualTo(source.query("select count(*) from meter_reports"));
    }
  }

  @Test
  void givesUpWhatWasNotCutOver() {
    try (Store source = Stores.postgres();
        Store target = Stores.postgres()) {
      fill(source);
      Move move = move(source.end(), target.end());
      move.copy();
      move.rollback();
      assertThat(move.status().phase()).isEqualTo(Phase.NOT_BEGUN);
      source.run("update users set email = 'x' where id = 'user_1'");
      assertThat(source.query("select count(*) from move_log")).containsExactly("0");

      move.copy();
      move.verify();
      move.cutover();
      assertThat(target.query(ALL_ROWS)).isEqualTo(source.query(ALL_ROWS));
    }
  }

  @Test
  void aTargetThatAServerHasOnlyStartedOnTakesThePublishedCatalogsOfTheSource() {
    String versions =
        "select version || ' ' || content_hash from catalog_versions order by version";
    try (Store source = Stores.postgres();
        Store target = Stores.postgres()) {
      fill(source);
      source.run(
          "insert into catalog_versions (version, content_hash, document, published_at) values"
              + " (1, 'a', '{}', now()), (2, 'b', '{}', now())");
      target.run(
          "insert into catalog_versions (version, content_hash, document, published_at) values"
              + " (1, 'c', '{}', now())");
      Move move = move(source.end(), target.end());

      move.copy();
      assertThat(move.verify().differences()).isEmpty();

      assertThat(target.query(versions)).containsExactly("1 a", "2 b");
    }
  }

  @Test
  void refusesATargetThatHoldsSomethingAlready() {
    try (Store source = Stores.postgres();
        Store target = Stores.postgres()) {
      fill(source);
      target.run("insert into users (id, issuer, subject) values ('u', 'i', 's')");
      assertThatThrownBy(() -> move(source.end(), target.end()).copy())
          .isInstanceOf(MoveRefused.class)
          .hasMessageContaining("there are rows in users");
      assertThat(source.end().state().recording()).isFalse();
      assertThat(target.end().state().mode()).isEqualTo(StoreMode.OPEN);
    }
  }

  @Test
  void writesAtAnotherIsolationLevelAreRefused() {
    try (Store source = Stores.postgres()) {
      for (String level : List.of("repeatable read", "serializable")) {
        assertThatThrownBy(() -> source.run(
                "begin isolation level " + level,
                "insert into users (id, issuer, subject) values ('u', 'i', 's')"))
            .hasStackTraceContaining("read committed transactions only");
      }
    }
  }

  @Test
  void everyTableIsGuardedAndSortsItsKeysByteByByte() {
    try (Store store = Stores.postgres()) {
      List<String> tables = new ArrayList<>();
      store.end().layout().forEach(table -> tables.add(table.table()));
      assertThat(tables).hasSizeGreaterThan(30).contains("webhook_events", "users");
      for (TableLayout table : store.end().layout()) {
        assertThat(table.key()).as(table.table()).isNotEmpty();
        assertThat(store.query("select tgname from pg_trigger where tgrelid = '" + table.table()
                + "'::regclass and tgname like 'guard_%' order by 1"))
            .as(table.table())
            .containsExactly("guard_delete", "guard_insert", "guard_truncate", "guard_update");
      }
      assertThat(store.query("select a.attrelid::regclass || '.' || a.attname from pg_index i join"
              + " pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey) join"
              + " pg_class c on c.oid = i.indrelid where i.indisprimary and c.relnamespace ="
              + " 'billing'::regnamespace and a.atttypid = 'text'::regtype and a.attcollation <>"
              + " 'pg_catalog.\"C\"'::regcollation"))
          .isEmpty();
    }
  }
}
