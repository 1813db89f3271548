package com.tatame.billing.bench;

import com.tatame.billing.simulator.StripeSimulator;
import com.tatame.billing.simulator.engine.Fault;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Breaks one part after the other under a steady mixed load, and shows what that does to each class of
 * requests. Fails only if what was acknowledged is not stored exactly once.
 */
final class OutageBench implements AutoCloseable {
  private static final String DATABASE = "outage";
  private static final String LIVE = "liveness";
  private static final String WEBHOOKS = "webhooks";
  private static final String PLANS = "cached: plans";
  private static final String ENTITLEMENTS = "cached: entitlements";
  private static final String READS = "store reads";
  private static final String CONSUMPTION = "consumption";
  private static final String MUTATIONS = "provider mutations";
  private static final String ADMINISTRATION = "administration";
  private static final Set<String> USE_THE_STORE =
      Set.of(WEBHOOKS, ENTITLEMENTS, READS, CONSUMPTION, MUTATIONS, ADMINISTRATION);
  private static final int ACCOUNTS = 500;
  private static final int HOT = 5;
  private static final int SEED = 7;
  private static final int SLOW_BODIES = 300;

  /** More calls than are made during an outage. */
  private static final int MAX_FAULTS = 100_000;
  private static final long SECOND = 1_000_000_000L;
  private static final double MAX_LIVENESS_MILLIS = 50;
  private static final double MAX_WEBHOOK_MILLIS = 2_000;
  private static final double MAX_RECOVERY_SECONDS = 3;
  private static final double NOISE_MILLIS = 50;

  private final Options options;
  private final Path home = Path.of("").toAbsolutePath();
  private final Path output = home.resolve("target");
  private final Identity identity = new Identity();
  private final Database database;
  private final Cluster cluster;
  private final Events events;
  private final StripeSimulator simulator;
  private final FaultProxy provider;
  private final Map<String, RouteClass> classes = new LinkedHashMap<>();
  private final Map<String, Double> usualP99 = new HashMap<>();
  private final StringBuilder report = new StringBuilder();
  private final Path java = Path.of(
      System.getenv().getOrDefault("JAVA_HOME", System.getProperty("java.home")), "bin", "java");
  private Target server;

  private OutageBench(Options options) throws Exception {
    this.options = options;
    database = new Database(options.postgresPort, options.postmaster, options.pgbench);
    cluster = new Cluster(options.data.orElseThrow(), options.control);
    events = new Events(home.resolve("src"), ACCOUNTS);
    simulator = StripeSimulator.builder().start();
    provider = new FaultProxy(URI.create(simulator.url()).getPort());
  }

  public static void main(String[] arguments) throws Exception {
    try (OutageBench bench = new OutageBench(Options.parse(arguments))) {
      bench.run();
    }
  }

  @FunctionalInterface
  private interface BatchStep {
    void run() throws Exception;
  }

  /**
   * Something that breaks.
   *
   * @param affected the classes that use it
   */
  private record Outage(String name, Set<String> affected, BatchStep begin, BatchStep end) {}

  private void run() throws Exception {
    if (options.smallDisk.isPresent()) {
      database.create(DATABASE, options.smallDisk.get().resolve("tables"));
    } else {
      database.create(DATABASE);
    }
    List<String> command = new ArrayList<>(List.of(java.toString(), "-Xmx160m"));
    for (String option : System.getenv().getOrDefault("BENCH_SERVER_OPTIONS", "").split(" ")) {
      if (!option.isEmpty()) {
        command.add(option);
      }
    }
    command.addAll(List.of("-jar", output.resolve("billing-server.jar").toString(), "serve"));
    server = Target.start(DATABASE, command, environment(), output.resolve("outage.log"));
    introduceAccounts();
    makeClasses();
    print(String.format(
        Locale.ROOT,
        "%d cores, PostgreSQL %s, server on %s with -Xmx160m, load average %s before.%n",
        Runtime.getRuntime().availableProcessors(),
        database.version(),
        java,
        Files.readString(Path.of("/proc/loadavg")).split(" ")[0]));
    for (RouteClass each : classes.values()) {
      each.start();
    }
    Thread.sleep(seconds(15) * 1_000);
    if (options.soakMinutes > 0) {
      soak();
    } else {
      print("| fault | class | sent | 2xx/4xx | refused | failed | p50 ms | p99 ms | max ms | recovery s | "
          + "misses | of which |");
      print("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|---|---|");
      for (Outage outage : outages()) {
        if (options.only.isEmpty() || outage.name().equals("none") || outage.name().contains(options.only.get())) {
          suffer(outage);
        }
      }
    }
    for (RouteClass each : classes.values()) {
      each.close();
    }
    compare();
    Files.writeString(output.resolve("outage.md"), report);
  }

  private void print(String line) {
    System.out.println(line);
    report.append(line).append('\n');
  }

  private int seconds(int full) {
    return options.quick ? (full + 1) / 2 : full;
  }

  private Map<String, String> environment() {
    return new HashMap<>(Map.of(
        "BILLING_ENV", "test",
        "STRIPE_SECRET_KEY", "sk_test_bench",
        "STRIPE_WEBHOOK_SECRET", Events.SECRET,
        "STRIPE_API_BASE", "http://127.0.0.1:" + provider.port(),
        "CLERK_PUBLISHABLE_KEY", identity.publishableKey(),
        "CLERK_JWT_KEY", identity.publicKeyPem(),
        "BILLING_ADMIN_SUBJECTS", "user_admin",
        "BILLING_DRIFT", "off",
        "BILLING_CATALOG", home.resolve("outage/catalog.yaml").toString(),
        "DATABASE_URL", database.url(DATABASE)));
  }

  private void introduceAccounts() throws Exception {
    List<byte[]> requests = new ArrayList<>(events.introductions("/webhooks/stripe", "outage"));
    requests.addAll(events.next("/webhooks/stripe", ACCOUNTS));
    Load.Outcome outcome = Load.closed(server.port, requests, 8);
    if (outcome.refused() > 0) {
      throw new IllegalStateException(outcome.refused() + " events were refused");
    }
  }

  private void makeClasses() throws IOException {
    List<String> tokens =
        IntStream.range(0, ACCOUNTS).mapToObj(i -> identity.token("user_" + i)).toList();
    String administrator = identity.token("user_admin");
    AtomicLong number = new AtomicLong();
    Random random = new Random(SEED);
    add(LIVE, 10, () -> request("GET /health/live", "", number.incrementAndGet(), ""));
    add(WEBHOOKS, 30, () -> {
      String id = events.nextId();
      return new RouteClass.Prepared(id, events.next("/webhooks/stripe", 1).get(0));
    });
    add(PLANS, 20, () -> request("GET /api/v1/plans", "", number.incrementAndGet(), ""));
    AtomicInteger hot = new AtomicInteger();
    add(ENTITLEMENTS, 20, () -> request(
        "GET /api/v1/entitlements", tokens.get(hot.getAndIncrement() % HOT), number.incrementAndGet(), ""));
    add(READS, 25, () -> request(
        "GET /api/v1/subscriptions", tokens.get(random.nextInt(ACCOUNTS)), number.incrementAndGet(), ""));
    Random users = new Random(SEED + 1);
    add(CONSUMPTION, 25, () -> request(
        "POST /api/v1/entitlements/reviews/consume",
        tokens.get(users.nextInt(ACCOUNTS)),
        number.incrementAndGet(),
        "{\"amount\":1}"));
    // Each has no customer yet, so that each request asks the provider.
    AtomicInteger newcomer = new AtomicInteger();
    add(MUTATIONS, 10, () -> request(
        "POST /api/v1/customer",
        identity.token("user_new_" + newcomer.getAndIncrement()),
        number.incrementAndGet(),
        "{\"email\":\"ada@example.test\"}"));
    add(ADMINISTRATION, 10, () ->
        request("GET /api/v1/webhooks/events", administrator, number.incrementAndGet(), ""));
  }

  private void add(String name, int perSecond, Supplier<RouteClass.Prepared> requests) throws IOException {
    classes.put(name, new RouteClass(name, server.port, perSecond, classes.size() + 1, requests));
  }

  private static RouteClass.Prepared request(String line, String token, long number, String body) {
    String id = "outage-" + number;
    StringBuilder text = new StringBuilder(line).append(" HTTP/1.1\r\nHost: localhost\r\n");
    if (!token.isEmpty()) {
      text.append("Authorization: Bearer ").append(token).append("\r\n");
    }
    if (line.startsWith("POST")) {
      text.append("Idempotency-Key: ").append(id).append("\r\nContent-Type: application/json\r\nContent-Length: ")
          .append(body.length()).append("\r\n");
    }
    return new RouteClass.Prepared(
        id, text.append("\r\n").append(body).toString().getBytes(StandardCharsets.US_ASCII));
  }

  private List<Outage> outages() {
    List<Outage> all = new ArrayList<>();
    all.add(new Outage("none", Set.of(), () -> {}, () -> {}));
    all.add(locked("webhook_events", Set.of(WEBHOOKS, ADMINISTRATION)));
    all.add(locked("account_entitlements", Set.of(WEBHOOKS, ENTITLEMENTS, CONSUMPTION)));
    all.add(locked("subscriptions", Set.of(WEBHOOKS, ENTITLEMENTS, READS, CONSUMPTION, MUTATIONS)));
    all.add(locked("usage_tracking", Set.of(CONSUMPTION, ENTITLEMENTS)));
    all.add(locked("consumptions", Set.of(CONSUMPTION)));
    all.add(locked("commands", Set.of(MUTATIONS)));
    all.add(locked("customers", Set.of(MUTATIONS)));
    all.add(new Outage("PostgreSQL frozen", USE_THE_STORE, cluster::freeze, cluster::thaw));
    all.add(new Outage("PostgreSQL stopped", USE_THE_STORE, cluster::stopAtOnce, cluster::start));
    all.add(new Outage(
        "PostgreSQL read-only", USE_THE_STORE, () -> readOnly("on"), () -> readOnly("off")));
    options.smallDisk.ifPresent(disk -> all.add(fullDisk(disk)));
    Killing killing = new Killing();
    all.add(new Outage("connections killed", USE_THE_STORE, killing::start, killing::end));
    all.add(provider("hangs", FaultProxy.Mode.HANGS));
    all.add(provider("resets", FaultProxy.Mode.RESETS));
    all.add(provider("refuses", FaultProxy.Mode.REFUSES));
    all.add(new Outage("provider floods (429)", Set.of(MUTATIONS), () -> {
      for (String method : List.of("GET", "POST", "DELETE")) {
        simulator.fail(new Fault(method + " /v1", 429, Fault.When.BEFORE), MAX_FAULTS);
      }
    }, simulator::clearFaults));
    SlowBodies[] slow = new SlowBodies[1];
    all.add(new Outage(
        "slow bodies", Set.of(), () -> slow[0] = new SlowBodies(server.port, SLOW_BODIES), () -> {
          slow[0].close();
          System.err.println("of the slow bodies the server ended " + slow[0].cut());
        }));
    return all;
  }

  private Outage locked(String table, Set<String> affected) {
    Connection[] holder = new Connection[1];
    return new Outage("locked " + table, affected, () -> {
      holder[0] = database.connect(DATABASE);
      holder[0].setAutoCommit(false);
      try (Statement statement = holder[0].createStatement()) {
        statement.execute("lock table billing." + table + " in access exclusive mode");
      }
    }, () -> {
      holder[0].rollback();
      holder[0].close();
    });
  }

  /** A table that can't grow is refused; what fits into its last page is stored. */
  private static Outage fullDisk(Path disk) {
    Path filler = disk.resolve("filler");
    return new Outage("disk full", Set.of(WEBHOOKS, CONSUMPTION, MUTATIONS), () -> {
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

  private Outage provider(String how, FaultProxy.Mode mode) {
    return new Outage("provider " + how, Set.of(MUTATIONS), () -> provider.become(mode),
        () -> provider.become(FaultProxy.Mode.PASSES));
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
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + DATABASE + "'");
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

  private void suffer(Outage outage) throws Exception {
    System.err.println("fault: " + outage.name());
    long begin = System.nanoTime();
    long end;
    try {
      outage.begin().run();
      Thread.sleep(options.quick ? 8_000 : 15_000);
    } finally {
      outage.end().run();
      end = System.nanoTime();
    }
    Thread.sleep(RouteClass.TIMEOUT_NANOS / 1_000_000 + 500);
    for (RouteClass each : classes.values()) {
      row(outage, each, begin, end);
    }
  }

  private void row(Outage outage, RouteClass each, long begin, long end) {
    List<RouteClass.Outcome> during =
        each.outcomes().stream().filter(o -> o.due() >= begin && o.due() < end).toList();
    long answered = during.stream().filter(RouteClass.Outcome::answered).count();
    long refused = during.stream().filter(RouteClass.Outcome::refused).count();
    long failed = during.size() - answered - refused;
    double[] millis = during.stream().mapToDouble(o -> o.took() / 1e6).sorted().toArray();
    double p99 = quantile(millis, 0.99);
    double max = quantile(millis, 1);
    if (outage.name().equals("none")) {
      usualP99.put(each.name, p99);
    }
    double recovery = recovery(each, end);
    List<String> misses = new ArrayList<>();
    if (each.name.equals(LIVE) && (p99 > MAX_LIVENESS_MILLIS || answered < during.size())) {
      misses.add("liveness");
    }
    if (each.name.equals(WEBHOOKS) && (max > MAX_WEBHOOK_MILLIS || failed > 0)) {
      misses.add("webhooks in 2 s");
    }
    boolean quiet = p99 <= 3 * usualP99.getOrDefault(each.name, p99) + NOISE_MILLIS;
    if (!outage.affected().contains(each.name) && (!quiet || answered < during.size())) {
      misses.add("unrelated");
    }
    if (recovery > MAX_RECOVERY_SECONDS) {
      misses.add("recovery");
    }
    String what = during.stream()
        .filter(o -> !o.succeeded())
        .collect(Collectors.groupingBy(RouteClass.Outcome::what, Collectors.counting()))
        .entrySet()
        .stream()
        .map(entry -> entry.getValue() + " " + entry.getKey())
        .collect(Collectors.joining(", "));
    print(String.format(
        Locale.ROOT,
        "| %s | %s | %d | %d | %d | %d | %.1f | %.1f | %.0f | %s | %s | %s |",
        outage.name(), each.name, during.size(), answered, refused, failed, quantile(millis, 0.5), p99, max,
        Double.isInfinite(recovery) ? "> 9" : String.format(Locale.ROOT, "%.1f", recovery),
        String.join(", ", misses), what));
  }

  private static double quantile(double[] sorted, double quantile) {
    return sorted.length == 0
        ? 0
        : sorted[Math.max(0, (int) Math.ceil(quantile * sorted.length) - 1)];
  }

  /** From the end of the fault to the first second of which each request succeeded. */
  private static double recovery(RouteClass each, long end) {
    List<RouteClass.Outcome> after = each.outcomes().stream()
        .filter(o -> o.due() >= end && o.due() < end + 10 * SECOND)
        .sorted((a, b) -> Long.compare(a.due(), b.due()))
        .toList();
    long from = end;
    for (RouteClass.Outcome outcome : after) {
      if (outcome.due() >= from + SECOND) {
        break;
      }
      if (!outcome.succeeded()) {
        // Not before it was over: a request that waits for long is part of the outage.
        from = Math.max(from, outcome.due() + 1);
      }
    }
    return from - end > 9 * SECOND ? Double.POSITIVE_INFINITY : (from - end) / 1e9;
  }

  private void soak() throws Exception {
    print("| minute | resident MB | heap after GC MB | threads | sockets | load's answers |");
    print("|--:|--:|--:|--:|--:|---|");
    int every = Math.max(1, options.soakMinutes / 5);
    for (int minute = 0; minute <= options.soakMinutes; minute += every) {
      health(minute);
      if (minute + every <= options.soakMinutes) {
        Thread.sleep(every * 60_000L);
      }
    }
  }

  private void health(int minute) throws Exception {
    String pid = Long.toString(server.pid());
    Path jcmd = java.resolveSibling("jcmd");
    ask(jcmd.toString(), pid, "GC.run");
    String heap = ask(jcmd.toString(), pid, "GC.heap_info");
    long used = Arrays.stream(heap.split("\n"))
        .filter(line -> line.contains("used") && !line.contains("etaspace") && !line.contains("class space"))
        .mapToLong(line -> Long.parseLong(line.replaceAll(".*used (\\d+)K.*", "$1")))
        .sum();
    long sockets;
    try (var descriptors = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      sockets = descriptors.filter(OutageBench::isSocket).count();
    }
    try (var threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
      print(String.format(
          Locale.ROOT, "| %d | %.0f | %.1f | %d | %d | %d of %d with success |",
          minute, server.residentMegabytes(), used / 1024.0, threads.count(), sockets,
          classes.values().stream().mapToLong(c -> c.accepted().size()).sum(),
          classes.values().stream().mapToLong(c -> c.outcomes().size()).sum()));
    }
  }

  private static boolean isSocket(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
    } catch (IOException e) {
      return false;
    }
  }

  private static String ask(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** What the load was told against what the database holds. */
  private void compare() throws Exception {
    RouteClass webhooks = classes.get(WEBHOOKS);
    Map<String, Integer> stored = counts("select stripe_event_id, count(*) from billing.webhook_events "
        + "where stripe_event_id like 'evt\\_%' and stripe_event_id not like 'evt\\_intro%' group by 1");
    stored.keySet().retainAll(webhooks.sent());
    boolean right = tell("webhooks", webhooks, stored);
    RouteClass consumption = classes.get(CONSUMPTION);
    // A user's keys are stored with a prefix.
    Map<String, Integer> kept = counts("select substring(idempotency_key from 'outage-[0-9]+$'), count(*) "
        + "from billing.consumptions group by 1");
    right &= tell("consumptions", consumption, kept);
    long units = database.number(DATABASE, "select coalesce(sum(amount), 0) from billing.usage_tracking");
    print(units + " units are counted, " + kept.size() + " consumptions are stored.");
    right &= units == kept.size();
    print("Of the events " + database.number(DATABASE, "select count(*) from billing.webhook_log")
        + " are settled, "
        + database.number(DATABASE, "select count(*) from billing.webhook_queue where status <> 'dead'")
        + " wait, and "
        + database.number(DATABASE, "select count(*) from billing.webhook_queue where status = 'dead'")
        + " are dead.");
    Map<String, Integer> created = new HashMap<>();
    simulator.events().stream()
        .filter(event -> event.path("type").asText().equals("customer.created"))
        .forEach(event -> created.merge(
            event.path("data").path("object").path("metadata").path("billing_account").asText(), 1, Integer::sum));
    print(created.size() + " accounts have customers at the provider, "
        + created.values().stream().filter(count -> count > 1).count() + " of them more than one; "
        + database.number(DATABASE, "select count(*) from billing.commands where state in "
            + "('planned', 'sending', 'unknown')")
        + " commands are open, "
        + database.number(DATABASE, "select count(*) from billing.commands where state = 'needs_operator'")
        + " need an operator.");
    if (!right) {
      throw new IllegalStateException("what is stored is not what was acknowledged");
    }
  }

  private boolean tell(String name, RouteClass load, Map<String, Integer> stored) {
    Set<String> lost = new HashSet<>(load.accepted());
    lost.removeAll(stored.keySet());
    long doubled = stored.values().stream().filter(count -> count > 1).count();
    long silent = stored.keySet().stream().filter(id -> !load.accepted().contains(id)).count();
    print(String.format(
        Locale.ROOT,
        "Of %d %s %d were answered with success: %d of these are lost, %d doubled. %d more are stored, "
            + "though no success was answered.",
        load.sent().size(), name, load.accepted().size(), lost.size(), doubled, silent));
    return lost.isEmpty() && doubled == 0;
  }

  private Map<String, Integer> counts(String sql) throws SQLException {
    Map<String, Integer> counts = new HashMap<>();
    try (Connection connection = database.connect(DATABASE);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        counts.put(rows.getString(1), rows.getInt(2));
      }
    }
    return counts;
  }

  @Override
  public void close() throws Exception {
    cluster.thaw();
    if (server != null) {
      server.close();
    }
    provider.close();
    simulator.close();
  }
}
