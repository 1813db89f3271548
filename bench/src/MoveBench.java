package com.tatame.billing.bench;

import com.tatame.billing.command.Pause;
import com.tatame.billing.move.Cutover;
import com.tatame.billing.move.Move;
import com.tatame.billing.move.MoveEnd;
import com.tatame.billing.move.MoveLimits;
import com.tatame.billing.move.MoveListener;
import com.tatame.billing.move.Pace;
import com.tatame.billing.move.Verification;
import com.tatame.billing.postgres.PostgresBillingStore;
import com.tatame.billing.postgres.PostgresConfig;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures a move between two databases of one PostgreSQL while four sessions write, and the way back.
 * Fails if the two sides are not equal afterwards.
 */
final class MoveBench {
  private static final String SOURCE = "source";
  private static final String TARGET = "target";
  private static final int WRITERS = 4;
  private static final List<String> TABLES = List.of(
      "customers", "stripe_customer_mapping", "subscriptions", "webhook_events", "usage_tracking");

  private final Options options;
  private final Database database;
  private final AtomicLong written = new AtomicLong();
  private volatile boolean ended;

  private MoveBench(Options options) {
    this.options = options;
    database = new Database(options.postgresPort, options.postmaster, options.pgbench);
  }

  public static void main(String[] arguments) throws Exception {
    new MoveBench(Options.parse(arguments)).run();
  }

  private void run() throws Exception {
    database.create(SOURCE);
    database.create(TARGET);
    try (PostgresBillingStore source = open(SOURCE);
        PostgresBillingStore target = open(TARGET)) {
      time("filling " + options.customers + " customers", this::fill);
      Move move = new Move(
          MoveEnd.store(SOURCE, source.transport(), pace()),
          MoveEnd.store(TARGET, target.transport(), pace()),
          MoveLimits.DEFAULT,
          InstantSource.system(),
          new Progress());
      List<Writer> writers = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        writers.add(new Writer(i));
      }
      writers.forEach(Thread::start);
      time("copying", move::copy);
      time("following", move::follow);
      time("verifying", () -> {
        Verification verified = move.verify();
        if (!verified.equal()) {
          throw new IllegalStateException("differences: " + verified.differences());
        }
        say("  %,d rows equal", verified.rows());
      });
      printCutover("over", move.cutover());
      LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(2));
      printCutover("back", move.rollback());
      ended = true;
      long silence = 0;
      for (Writer writer : writers) {
        writer.join();
        silence = Math.max(silence, writer.longestSilence);
      }
      say("%,d transactions of %d sessions meanwhile; the longest wait of one was %,d ms",
          written.get(), WRITERS, TimeUnit.NANOSECONDS.toMillis(silence));
      time("bringing the other side up to date", () -> printCutover("over", move.cutover()));
      compare();
      say("memory of this program: at most %,.0f MB", Cpu.mostResidentMegabytes());
    }
  }

  private PostgresBillingStore open(String name) {
    return PostgresBillingStore.open(PostgresConfig.of(database.url(name)));
  }

  private static Pace pace() {
    return new Pace(100_000, InstantSource.system(), Pause.blocking());
  }

  private void fill() throws SQLException {
    int customers = options.customers;
    database.execute(SOURCE, "set search_path = billing; "
        + "insert into customers (id, account_id, email, name, delinquent, created_at, as_of, source)"
        + " select 'cus_' || n, 'user_' || n, n || '@example.com', 'Customer ' || n, false, now(),"
        + " now(), 'read' from generate_series(1, " + customers + ") n; "
        + "insert into stripe_customer_mapping (user_id, stripe_customer_id, created_at)"
        + " select 'user_' || n, 'cus_' || n, now() from generate_series(1, " + customers + ") n; "
        + "insert into subscriptions (stripe_subscription_id, stripe_customer_id, user_id, account_id,"
        + " status, tier, billing_interval, items, current_period_start, current_period_end,"
        + " cancel_at_period_end, created_at, as_of, source)"
        + " select 'sub_' || n, 'cus_' || n % " + customers + ", 'user_' || n % " + customers
        + ", 'user_' || n % " + customers + ", 'active', 'pro', 'monthly',"
        + " '[{\"priceId\": \"price_1\", \"quantity\": 1}]', now(), now() + interval '1 month', false,"
        + " now(), now(), 'read' from generate_series(1, " + customers * 6L / 5 + ") n; "
        + "insert into webhook_events (stripe_event_id, event_type, lane, livemode, created_at,"
        + " received_at, raw_data) select 'evt_' || n, 'invoice.paid', 'cus_' || n % " + customers
        + ", false, now(), now(), '{\"id\": \"evt_' || n || '\", \"data\": \"' || repeat(md5(n::text),"
        + " 16) || '\"}' from generate_series(1, " + customers * 5L + ") n; "
        + "analyze");
  }

  private void printCutover(String where, Cutover cutover) {
    say("switched %s: a pause of %,d ms, with %,d rows brought over",
        where, cutover.pause().toMillis(), cutover.rows());
  }

  private void compare() throws SQLException {
    for (String table : TABLES) {
      String sum = "select count(*) * 1000003 + coalesce(sum(('x' || left(md5(t::text), 8))::bit(32)::int), 0)"
          + " from billing." + table + " t";
      if (database.number(SOURCE, sum) != database.number(TARGET, sum)) {
        throw new IllegalStateException(table + " is not the same on both sides");
      }
    }
    say("both sides are equal");
  }

  /** Writes to whichever side takes it. */
  private final class Writer extends Thread {
    private final int number;
    private long longestSilence;

    Writer(int number) {
      super("writer-" + number);
      this.number = number;
    }

    @Override
    public void run() {
      try (Connection source = database.connect(SOURCE);
          Connection target = database.connect(TARGET);
          Statement here = source.createStatement();
          Statement there = target.createStatement()) {
        Statement side = here;
        long last = System.nanoTime();
        for (long n = number; !ended; n += WRITERS) {
          String sql = sql(n);
          while (!wrote(side, sql)) {
            side = side == here ? there : here;
          }
          longestSilence = Math.max(longestSilence, System.nanoTime() - last);
          last = System.nanoTime();
          written.incrementAndGet();
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    private boolean wrote(Statement side, String sql) throws SQLException {
      try {
        side.execute(sql);
        return true;
      } catch (SQLException e) {
        // A store that isn't open may find a key taken before it comes to refuse the statement.
        if (!open(side)) {
          return false;
        }
        if ("PT503".equals(e.getSQLState())) {
          return wrote(side, sql);
        }
        throw e;
      }
    }

    private boolean open(Statement side) throws SQLException {
      try (ResultSet mode = side.executeQuery("select mode = 'open' from billing.store_state")) {
        mode.next();
        return mode.getBoolean(1);
      }
    }

    private String sql(long n) {
      long customer = n * 7919 % options.customers;
      return switch ((int) (n % 3)) {
        case 0 ->
          "insert into billing.webhook_events (stripe_event_id, event_type, livemode, created_at,"
              + " received_at, raw_data) values ('evt_new_" + n + "', 'x', false, now(), now(), '{}')";
        case 1 ->
          "update billing.customers set updated_at = clock_timestamp() where id = 'cus_" + customer
              + "'";
        default ->
          "insert into billing.usage_tracking (user_id, period_end, usage_type, period_start, amount)"
              + " values ('user_" + customer + "', '2026-12-01Z', 'export', '2026-11-01Z', 1) on"
              + " conflict (user_id, period_end, usage_type, period_start) do update set amount ="
              + " usage_tracking.amount + 1";
      };
    }
  }

  /** A line each half a million rows. */
  private static final class Progress implements MoveListener {
    private static final long STEP = 500_000;

    @Override
    public void copied(String table, long rows, OptionalLong expected) {
      if (rows / STEP > (rows - 5_000) / STEP) {
        say("  %s: %,d copied", table, rows);
      }
    }
  }

  private interface Work {
    void run() throws Exception;
  }

  private static void time(String what, Work work) throws Exception {
    long begin = System.nanoTime();
    work.run();
    say("%s took %.1f s", what, (System.nanoTime() - begin) / 1e9);
  }

  private static void say(String format, Object... values) {
    System.out.printf(Locale.ROOT, format + "%n", values);
  }
}
