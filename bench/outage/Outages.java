package com.tatame.billing.bench;

import com.tatame.billing.simulator.StripeSimulator;
import com.tatame.billing.simulator.engine.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** All that breaks, one after the other. */
final class Outages {
  static final String LIVE = "liveness";
  static final String WEBHOOKS = "webhooks";
  static final String PLANS = "cached: plans";
  static final String ENTITLEMENTS = "cached: entitlements";
  static final String READS = "store reads";
  static final String CONSUMPTION = "consumption";
  static final String MUTATIONS = "provider mutations";
  static final String ADMINISTRATION = "administration: lists";
  static final String GRANTS = "administration: grants";

  /** Nothing breaks: what is usual is measured. */
  static final String NONE = "none";

  private static final Set<String> WRITES = Set.of(WEBHOOKS, CONSUMPTION, MUTATIONS, GRANTS);
  private static final Set<String> USE_THE_STORE =
      Set.of(WEBHOOKS, ENTITLEMENTS, READS, CONSUMPTION, MUTATIONS, ADMINISTRATION, GRANTS);

  /**
   * Which classes need which table, by themselves or since they wait for the row of an account that a
   * blocked one has locked. A lock of any other table is no matter of theirs. Grants share connections
   * with the lists of administrators.
   */
  private static final Map<String, Set<String>> NEED = Map.ofEntries(
      Map.entry(
          "account_entitlements",
          Set.of(WEBHOOKS, ENTITLEMENTS, CONSUMPTION, MUTATIONS, ADMINISTRATION, GRANTS)),
      Map.entry("audit_log", Set.of(MUTATIONS, ADMINISTRATION, GRANTS)),
      Map.entry("billing_events", Set.of(WEBHOOKS, MUTATIONS, ADMINISTRATION, GRANTS)),
      // For the thresholds of limits.
      Map.entry("catalog_features", Set.of(CONSUMPTION)),
      Map.entry("commands", Set.of(MUTATIONS)),
      Map.entry("consumptions", Set.of(CONSUMPTION, ADMINISTRATION, GRANTS)),
      // Of a customer that is not cached all tables of the mirror are read.
      Map.entry("checkout_sessions", Set.of(WEBHOOKS, MUTATIONS)),
      Map.entry("customers", Set.of(WEBHOOKS, MUTATIONS)),
      Map.entry("event_epochs", Set.of(WEBHOOKS, MUTATIONS, ADMINISTRATION, GRANTS)),
      // The revision of an account is the length of its stream.
      Map.entry(
          "event_streams", Set.of(WEBHOOKS, ENTITLEMENTS, CONSUMPTION, MUTATIONS, ADMINISTRATION, GRANTS)),
      Map.entry("grants", Set.of(WEBHOOKS, ENTITLEMENTS, CONSUMPTION, MUTATIONS, ADMINISTRATION, GRANTS)),
      Map.entry("idempotency_keys", Set.of(MUTATIONS)),
      Map.entry("pending_reads", Set.of(MUTATIONS)),
      Map.entry("provider_objects", Set.of(WEBHOOKS, READS, MUTATIONS, ADMINISTRATION, GRANTS)),
      // Each write asks there whether the store takes writes.
      Map.entry("store_state", Set.of(WEBHOOKS, CONSUMPTION, MUTATIONS, ADMINISTRATION, GRANTS)),
      Map.entry("stripe_customer_mapping", Set.of(WEBHOOKS, READS, MUTATIONS, ADMINISTRATION, GRANTS)),
      Map.entry("stripe_invoices", Set.of(WEBHOOKS, MUTATIONS)),
      Map.entry("subjects", Set.of(WEBHOOKS, MUTATIONS, ADMINISTRATION, GRANTS)),
      Map.entry("subscriber_positions", Set.of(WEBHOOKS, MUTATIONS, ADMINISTRATION, GRANTS)),
      Map.entry("subscribers", Set.of(WEBHOOKS, MUTATIONS, ADMINISTRATION, GRANTS)),
      Map.entry("subscriptions", Set.of(WEBHOOKS, READS, MUTATIONS, ADMINISTRATION, GRANTS)),
      Map.entry("usage_tracking", Set.of(ENTITLEMENTS, CONSUMPTION)),
      Map.entry("users", Set.of(MUTATIONS)),
      Map.entry("webhook_events", Set.of(WEBHOOKS, ADMINISTRATION, GRANTS)),
      Map.entry("webhook_log", Set.of(WEBHOOKS, ADMINISTRATION, GRANTS)),
      Map.entry("webhook_queue", Set.of(WEBHOOKS, ADMINISTRATION, GRANTS)));

  /** Longer than any call of the store by a user may take, but for those that an administrator makes. */
  private static final Duration LOCK_LASTS = Duration.ofSeconds(7);
  private static final Duration QUICK_LOCK_LASTS = Duration.ofSeconds(4);
  private static final Duration LASTS = Duration.ofSeconds(15);
  private static final Duration QUICK_LASTS = Duration.ofSeconds(8);
  private static final int SLOW_BODIES = 300;

  /** More calls than are made during an outage. */
  private static final int MAX_FAULTS = 100_000;

  private final Options options;
  private final String name;
  private final Database database;
  private final Cluster cluster;
  private final StripeSimulator simulator;
  private final FaultProxy provider;
  private final FaultProxy receiver;
  private final int port;
  private final List<Outage> all = new ArrayList<>();

  /**
   * Breaks nothing yet.
   *
   * @param name of the server's database
   * @param provider between the server and the simulator
   * @param receiver between the server and who is sent events
   * @param port of the server
   */
  Outages(
      Options options,
      String name,
      Database database,
      Cluster cluster,
      StripeSimulator simulator,
      FaultProxy provider,
      FaultProxy receiver,
      int port) {
    this.options = options;
    this.name = name;
    this.database = database;
    this.cluster = cluster;
    this.simulator = simulator;
    this.provider = provider;
    this.receiver = receiver;
    this.port = port;
  }

  List<Outage> all() throws SQLException {
    add(NONE, Set.of(), () -> {}, () -> {});
    for (String table : database.tables(name)) {
      addLocked(table);
    }
    add("PostgreSQL frozen", USE_THE_STORE, cluster::freeze, cluster::thaw);
    add("PostgreSQL stopped", USE_THE_STORE, cluster::stopAtOnce, cluster::start);
    add("PostgreSQL killed", USE_THE_STORE, cluster::kill, cluster::start);
    add("PostgreSQL crashes once", USE_THE_STORE, cluster::crash, () -> {});
    add("PostgreSQL read-only", WRITES, () -> readOnly("on"), () -> readOnly("off"));
    options.smallDisk.ifPresent(this::addFullDisk);
    Killing killing = new Killing();
    add("connections ended each second", USE_THE_STORE, killing::start, killing::end);
    addBehind(provider, "provider hangs", FaultProxy.Mode.HANGS, Set.of(MUTATIONS));
    addBehind(provider, "provider resets", FaultProxy.Mode.RESETS, Set.of(MUTATIONS));
    addBehind(provider, "provider refuses", FaultProxy.Mode.REFUSES, Set.of(MUTATIONS));
    add("provider floods (429)", Set.of(MUTATIONS), () -> {
      for (String method : List.of("GET", "POST", "DELETE")) {
        simulator.fail(new Fault(method + " /v1", 429, Fault.When.BEFORE), MAX_FAULTS);
      }
    }, simulator::clearFaults);
    addBehind(receiver, "endpoint hangs", FaultProxy.Mode.HANGS, Set.of());
    SlowBodies[] slow = new SlowBodies[1];
    // Longer than a body may be silent, or too slow.
    all.add(new Outage(
        "slow bodies", Set.of(), LASTS, () -> slow[0] = new SlowBodies(port, SLOW_BODIES), () -> {
          slow[0].close();
          System.err.println("of the slow bodies the server ended " + slow[0].cut());
        }));
    add(NONE + ", again", Set.of(), () -> {}, () -> {});
    return all;
  }

  private void add(String what, Set<String> affected, Outage.Step begin, Outage.Step end) {
    all.add(new Outage(what, affected, options.quick ? QUICK_LASTS : LASTS, begin, end));
  }

  private void addBehind(FaultProxy proxy, String what, FaultProxy.Mode mode, Set<String> affected) {
    add(what, affected, () -> proxy.become(mode), () -> proxy.become(FaultProxy.Mode.PASSES));
  }

  private void addLocked(String table) {
    Connection[] holder = new Connection[1];
    Duration lasts = options.quick ? QUICK_LOCK_LASTS : LOCK_LASTS;
    all.add(new Outage("locked " + table, NEED.getOrDefault(table, Set.of()), lasts, () -> {
      holder[0] = database.connect(name);
      holder[0].setAutoCommit(false);
      try (Statement statement = holder[0].createStatement()) {
        statement.execute("lock table billing." + table + " in access exclusive mode");
      }
    }, () -> {
      holder[0].rollback();
      holder[0].close();
    }));
  }

  /** A table that can't grow is refused; what fits into its last page is stored. */
  private void addFullDisk(Path disk) {
    Path filler = disk.resolve("filler");
    add("disk full", WRITES, () -> {
      byte[] block = new byte[8192];
      try (var out = Files.newOutputStream(filler)) {
        while (true) {
          out.write(block);
        }
      } catch (IOException e) {
        System.err.println("the disk is full: " + e.getMessage());
      }
    }, () -> Files.deleteIfExists(filler));
  }

  private void readOnly(String value) throws SQLException {
    try (Connection connection = database.connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute("set default_transaction_read_only = off");
      statement.execute("alter system set default_transaction_read_only = " + value);
      statement.execute("select pg_reload_conf()");
    }
  }

  /** Ends all of the server's connections each second. */
  private final class Killing {
    private volatile boolean ended;
    private Thread thread = new Thread();

    void start() {
      thread = new Thread(() -> {
        while (!ended) {
          try {
            database.execute(
                "postgres",
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + name + "'");
            Thread.sleep(1_000);
          } catch (SQLException | InterruptedException e) {
            throw new IllegalStateException(e);
          }
        }
      });
      thread.start();
    }

    void end() throws InterruptedException {
      ended = true;
      thread.join();
    }
  }
}
