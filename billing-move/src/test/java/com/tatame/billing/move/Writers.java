package com.tatame.billing.move;

import com.tatame.billing.move.Stores.Store;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sessions that write whatever can be written while a store is moved: transactions that take long,
 * are rolled back as a whole or to a savepoint, delete, insert again, and swap unique values. A store
 * that takes no writes refuses them; then they wait for their turn to end.
 */
final class Writers implements AutoCloseable {
  private static final String PAUSED = "PT503";

  private final Store store;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<CompletableFuture<Void>> running = new ArrayList<>();
  private final AtomicLong committed = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final CountDownLatch begun = new CountDownLatch(1);
  private volatile boolean ended;

  private Writers(Store store) {
    this.store = store;
  }

  /** Begins to write; something was committed, or refused, when this returns. */
  static Writers at(Store store, int count, long seed) {
    Writers writers = new Writers(store);
    for (int i = 0; i < count; i++) {
      Random random = new Random(seed + i);
      writers.running.add(CompletableFuture.runAsync(() -> writers.write(random), writers.threads));
    }
    writers.awaitFirst();
    return writers;
  }

  private void awaitFirst() {
    try {
      begun.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  long committed() {
    return committed.get();
  }

  long refused() {
    return refused.get();
  }

  private void write(Random random) {
    try (Connection connection = store.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      while (!ended) {
        try {
          transaction(random, connection, statement);
        } catch (SQLException e) {
          connection.rollback();
          if (PAUSED.equals(e.getSQLState())) {
            refused.incrementAndGet();
            begun.countDown();
            Thread.onSpinWait();
          } else if (!e.getSQLState().startsWith("23") && !e.getSQLState().startsWith("40")) {
            throw e;
          }
        }
      }
    } catch (SQLException e) {
      begun.countDown();
      throw new IllegalStateException(e);
    }
  }

  private void transaction(Random random, Connection connection, Statement statement)
      throws SQLException {
    for (int i = random.nextInt(4); i >= 0; i--) {
      Savepoint savepoint = connection.setSavepoint();
      statement.execute(aStatement(random));
      if (random.nextInt(5) == 0) {
        connection.rollback(savepoint);
      }
    }
    // Many, but not more than can be followed; and some are held open across a page or two.
    statement.execute("select pg_sleep(" + (random.nextInt(20) == 0 ? 0.05 : 0.005) + ")");
    if (random.nextInt(5) == 0) {
      connection.rollback();
    } else {
      connection.commit();
      committed.incrementAndGet();
      begun.countDown();
    }
  }

  private static String aStatement(Random random) {
    String user = "'user_" + random.nextInt(300) + "'";
    String other = "'user_" + random.nextInt(300) + "'";
    String conversation = "'conv_" + random.nextInt(40) + "'";
    return switch (random.nextInt(11)) {
      case 0 ->
        "insert into users (id, issuer, subject, email) values (" + user + ", 'i', " + user
            + ", 'ä\"\\ \uD83D\uDE00' || clock_timestamp()) on conflict (id) do update set"
            + " email = excluded.email, updated_at = clock_timestamp()";
      case 1 -> "delete from users where id = " + user;
      case 2 ->
        "insert into stripe_customer_mapping (user_id, stripe_customer_id, created_at) values ("
            + user + ", 'cus_" + random.nextInt(300) + "', now())";
      case 3 ->
        "with gone as (delete from stripe_customer_mapping where user_id in (" + user + ", " + other
            + ") returning *) insert into users (id, issuer, subject) select 'of_' || user_id"
            + " || clock_timestamp(), 'i', 's' from gone";
      case 4 ->
        "update stripe_customer_mapping m set stripe_customer_id = 'swap_' || m.user_id where user_id"
            + " in (" + user + ", " + other + ")";
      case 5 ->
        "insert into usage_tracking (user_id, period_end, usage_type, period_start, amount) values ("
            + user + ", '2026-12-01Z', 'quiz', '2026-11-01Z', 1) on conflict (user_id, period_end,"
            + " usage_type, period_start) do update set amount = usage_tracking.amount + 1";
      case 6 ->
        "insert into webhook_events (stripe_event_id, event_type, livemode, created_at, received_at,"
            + " raw_data) values ('evt_' || clock_timestamp() || random(), 'x', false, now(), now(),"
            + " '{\"n\": 1.10}' || repeat('x', " + random.nextInt(3000) + "))";
      case 7 ->
        "insert into commands (id, account_id, kind, target, params, state, generation, created_at)"
            + " values ('cmd_' || random(), " + user + ", 'k', 't', '{\"n\": 1.10}', 'planned', 1,"
            + " now()) on conflict do nothing";
      // A message may come before the move has copied its conversation, and goes with it.
      case 8 ->
        "with begun as (insert into ai_conversations (id, user_id, title, message_count, created_at,"
            + " updated_at) values (" + conversation + ", " + user
            + ", 't', 1, now(), now()) on conflict"
            + " (id) do update set message_count = ai_conversations.message_count + 1 returning id,"
            + " message_count) insert into ai_messages (conversation_id, position, id, user_id, role,"
            + " content, tokens, created_at) select id, message_count, 'msg_' || random() || id, "
            + user
            + ", 'user', 'said', 1, now() from begun";
      case 9 -> "delete from ai_conversations where id = " + conversation;
      default ->
        "update commands set state = 'succeeded', settled_at = clock_timestamp() where account_id = "
            + user;
    };
  }

  /** Ends all sessions; those that failed for a reason of their own let it be known. */
  @Override
  public void close() {
    ended = true;
    running.forEach(CompletableFuture::join);
    threads.shutdown();
  }
}
