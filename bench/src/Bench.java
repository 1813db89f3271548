package com.tatame.billing.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Measures the webhook path in rounds, in which all contestants take turns on one PostgreSQL. Prints
 * medians and ratios; fails if an accepted event is not stored.
 */
final class Bench implements AutoCloseable {
  static final String OURS = "ours";
  private static final String BEFORE = "before";
  private static final String PGBENCH = "pgbench";
  private static final String EXPRESS = "Express";
  private static final String BARE = "bare Javalin";
  private static final int[] CLIENTS = {32, 64};
  private static final int OPEN_RATE = 300;
  private static final String WEBHOOKS = "/webhooks/stripe";

  private final Options options;
  private final Path home = Path.of("").toAbsolutePath();
  private final Path output = home.resolve("target");
  private final Database database;
  private final Events events;
  private final StripeStub stripe;
  private final Identity identity = new Identity();
  private final Samples samples = new Samples();
  private final Map<String, Target> storing = new LinkedHashMap<>();
  private final Map<String, Target> serving = new LinkedHashMap<>();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private Optional<Target> receiving = Optional.empty();

  private Bench(Options options) throws Exception {
    this.options = options;
    database = new Database(options.postgresPort, options.postmaster, options.pgbench);
    events = new Events(home.resolve("src"), options.customers);
    stripe = new StripeStub(events, options.readMillis);
    opened.add(stripe);
  }

  public static void main(String[] arguments) throws Exception {
    try (Bench bench = new Bench(Options.parse(arguments))) {
      bench.run();
    }
  }

  private void run() throws Exception {
    Map<String, Path> products = new LinkedHashMap<>();
    products.put(OURS, output.resolve("billing-server.jar"));
    options.against.ifPresent(jar -> products.put(BEFORE, jar));
    for (Map.Entry<String, Path> product : products.entrySet()) {
      startOurs(product.getKey(), product.getValue());
    }
    if (!options.alone) {
      startExpress();
      startBare();
      database.create("pgbench_limit");
      database.execute("pgbench_limit", Files.readString(home.resolve("sql/limit.sql")));
    }
    warmUp();
    // What autovacuum would do within a minute: plans that were made for empty tables go.
    for (String name : database.names()) {
      database.execute(name, "vacuum analyze");
    }
    for (int round = 1; round <= options.rounds; round++) {
      System.err.println("round " + round);
      round();
    }
    List<String> contestants = new ArrayList<>();
    if (!options.alone) {
      contestants.add(PGBENCH);
    }
    contestants.addAll(serving.keySet());
    receiving.ifPresent(bare -> contestants.add(BARE));
    String report = machine() + "\n\n" + samples.table(contestants) + "\nStripe was asked " + stripe.reads()
        + " times, and took " + options.readMillis + " ms for each answer.\n";
    Files.writeString(output.resolve("report.md"), report);
    System.out.println(report);
  }

  private void startOurs(String name, Path jar) throws Exception {
    database.create(name + "_storing");
    database.create(name);
    List<String> serve = new ArrayList<>(List.of(java()));
    List.of(System.getenv().getOrDefault("BENCH_SERVER_OPTIONS", "").split(" ")).stream()
        .filter(option -> !option.isEmpty())
        .forEach(serve::add);
    List<String> noWorkers = new ArrayList<>(serve);
    noWorkers.addAll(
        List.of("-cp", output.resolve("classes") + ":" + jar, Serve.class.getName()));
    serve.addAll(List.of("-jar", jar.toString(), "serve"));

    Target first = start(name, serve, environment(name));
    samples.add("first answer of `serve`, new database, ms", name, first.firstAnswerMillis());
    first.close();
    for (int i = 0; i < options.rounds - 1; i++) {
      startAgain(name, serve).close();
    }
    serving.put(name, startAgain(name, serve));
    storing.put(name, start(name + "_storing", noWorkers, environment(name + "_storing")));
    for (Target target : List.of(serving.get(name), storing.get(name))) {
      opened.add(target);
      target.rest();
    }
  }

  private Target startAgain(String name, List<String> serve) throws Exception {
    Target target = start(name, serve, environment(name));
    samples.add("first answer of `serve`, ms", name, target.firstAnswerMillis());
    samples.add("resident memory then, MB", name, target.residentMegabytes());
    return target;
  }

  private void startExpress() throws Exception {
    database.create("express");
    database.execute("express", Files.readString(home.resolve("express/schema.sql")));
    Map<String, String> environment = Map.of(
        "DATABASE_URL", database.url("express"),
        "STRIPE_WEBHOOK_SECRET", Events.SECRET,
        "NODE_ENV", "production");
    Target express =
        start("express", List.of("node", home.resolve("express/server.mjs").toString()), environment);
    opened.add(express);
    express.rest();
    storing.put(EXPRESS, express);
    serving.put(EXPRESS, express);
  }

  private void startBare() throws Exception {
    String classes = output.resolve("classes") + ":" + output.resolve("billing-server.jar");
    Target bare = start(
        "bare", List.of(java(), "-cp", classes, BareServer.class.getName()), environment("bare"));
    opened.add(bare);
    bare.rest();
    receiving = Optional.of(bare);
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private Target start(String name, List<String> command, Map<String, String> environment)
      throws Exception {
    return Target.start(name, command, environment, output.resolve(name + ".log"));
  }

  private Map<String, String> environment(String databaseName) {
    Map<String, String> environment = new HashMap<>();
    environment.put("BILLING_ENV", "test");
    environment.put("STRIPE_SECRET_KEY", "sk_test_bench");
    environment.put("STRIPE_WEBHOOK_SECRET", Events.SECRET);
    environment.put("STRIPE_API_BASE", stripe.url());
    environment.put("CLERK_PUBLISHABLE_KEY", identity.publishableKey());
    environment.put("CLERK_JWT_KEY", identity.publicKeyPem());
    environment.put("BILLING_CATALOG", home.resolve("src/catalog.yaml").toString());
    environment.put("DATABASE_URL", database.url(databaseName));
    return environment;
  }

  /** Until the JVMs have compiled what they will run: for their first seconds they cost ten times as much. */
  private void warmUp() throws Exception {
    System.err.println("warming up");
    if (receiving.isPresent()) {
      for (int done = 0; done < options.warmUp; done += options.events) {
        receive(new Samples(), "", receiving.get(), 32);
      }
    }
    for (Map.Entry<String, Target> entry : serving.entrySet()) {
      boolean express = entry.getKey().equals(EXPRESS);
      Target target = entry.getValue();
      target.wake();
      List<byte[]> introductions = events.introductions(WEBHOOKS, entry.getKey());
      check(Load.closed(target.port, introductions, 32), introductions.size());
      target.rest();
      int events = express ? options.expressEvents() : options.events;
      int warmUp = express ? options.warmUp / 5 : options.warmUp;
      for (int done = 0; done < warmUp; done += events) {
        load(new Samples(), "", entry.getKey(), target, WEBHOOKS, 32, true);
      }
      if (!express) {
        for (int done = 0; done < options.warmUp; done += events) {
          load(new Samples(), "", entry.getKey(), storing.get(entry.getKey()), WEBHOOKS, 32, false);
        }
      }
    }
  }

  private void round() throws Exception {
    for (int clients : CLIENTS) {
      String measure = "stored events/s, " + clients + " clients";
      limit(measure, "store-text", clients);
      limit("stored as jsonb/s, " + clients + " clients", "store-jsonb", clients);
      for (Map.Entry<String, Target> entry : storing.entrySet()) {
        String path = entry.getKey().equals(EXPRESS) ? "/store" : WEBHOOKS;
        load(samples, measure, entry.getKey(), entry.getValue(), path, clients, false);
      }
      if (receiving.isPresent()) {
        receive(samples, measure, receiving.get(), clients);
      }
      measure = "processed events/s, " + clients + " clients";
      limit(measure, "project", clients);
      limit("processed as jsonb/s, " + clients + " clients", "project-jsonb", clients);
      for (Map.Entry<String, Target> entry : serving.entrySet()) {
        load(samples, measure, entry.getKey(), entry.getValue(), WEBHOOKS, clients, true);
      }
    }
    lone();
    open();
  }

  /** What it costs to receive events and to do nothing with them. */
  private void receive(Samples into, String measure, Target bare, int clients) throws Exception {
    List<byte[]> requests = events.next(WEBHOOKS, options.events);
    bare.wake();
    double cpu = bare.cpuSeconds();
    Load.Outcome outcome = Load.closed(bare.port, requests, clients);
    cpu = bare.cpuSeconds() - cpu;
    bare.rest();
    into.add(measure, BARE, outcome.perSecond());
    into.add(cpuOf(measure), BARE, cpu * 1e6 / outcome.accepted());
  }

  private void limit(String measure, String script, int clients) throws Exception {
    if (options.alone) {
      return;
    }
    database.execute("postgres", "checkpoint");
    double cpu = database.cpuSeconds();
    Database.Limit limit = pgbench(script, clients);
    // A backend's time is counted for good when the postmaster has noticed that it ended.
    database.awaitNone("postgres", "select 1 from pg_stat_activity where datname = 'pgbench_limit' limit 1");
    Thread.sleep(100);
    double spent = database.cpuSeconds() - cpu;
    samples.add(measure, PGBENCH, limit.perSecond());
    samples.add(cpuOf(measure), PGBENCH, spent * 1e6 / (limit.perSecond() * options.seconds()));
  }

  private Database.Limit pgbench(String script, int clients) throws Exception {
    Path file = home.resolve("sql/" + script + ".sql");
    return database.pgbench(file, events.sample(), options.customers, clients, options.seconds());
  }

  private static String cpuOf(String measure) {
    return measure.replace("events/s", "events: CPU µs/event").replace("jsonb/s", "jsonb: CPU µs/event");
  }

  private void load(
      Samples into,
      String measure,
      String name,
      Target target,
      String path,
      int clients,
      boolean process)
      throws Exception {
    boolean express = name.equals(EXPRESS);
    List<byte[]> requests = events.next(path, express ? options.expressEvents() : options.events);
    database.execute("postgres", "checkpoint");
    target.wake();
    long before = stored(target);
    double serverCpu = target.cpuSeconds();
    double databaseCpu = database.cpuSeconds();
    Load.Outcome outcome = Load.closed(target.port, requests, clients);
    if (process && !express) {
      awaitProcessed(target);
    }
    double seconds = (System.nanoTime() - outcome.startedAt()) / 1e9;
    serverCpu = target.cpuSeconds() - serverCpu;
    databaseCpu = database.cpuSeconds() - databaseCpu;
    check(outcome, stored(target) - before);
    target.rest();

    double perEvent = 1e6 / outcome.accepted();
    into.add(measure, name, process ? outcome.accepted() / seconds : outcome.perSecond());
    into.add(cpuOf(measure), name, (serverCpu + databaseCpu) * perEvent);
    into.add(cpuOf(measure) + ", server alone", name, serverCpu * perEvent);
    if (process && !express) {
      into.add("accepted meanwhile/s, " + clients + " clients", name, outcome.perSecond());
    }
  }

  private void lone() throws Exception {
    if (!options.alone) {
      Database.Limit limit = pgbench("store-text", 1);
      samples.add("one client: p50 ms", PGBENCH, limit.millis(0.5));
      samples.add("one client: p99 ms", PGBENCH, limit.millis(0.99));
    }
    for (Map.Entry<String, Target> entry : storing.entrySet()) {
      List<byte[]> requests = events.next(pathOf(entry.getKey()), options.loneRequests());
      latencies("one client", entry.getKey(), entry.getValue(), requests, 0);
    }
    for (Map.Entry<String, Target> entry : serving.entrySet()) {
      List<byte[]> requests = events.next(WEBHOOKS, options.loneRequests());
      latencies("one client, processing", entry.getKey(), entry.getValue(), requests, 0);
    }
  }

  private void open() throws Exception {
    for (Map.Entry<String, Target> entry : serving.entrySet()) {
      List<byte[]> requests = events.next(WEBHOOKS, OPEN_RATE * options.seconds());
      latencies(OPEN_RATE + " events/s", entry.getKey(), entry.getValue(), requests, OPEN_RATE);
    }
  }

  private void latencies(String measure, String name, Target target, List<byte[]> requests, int rate)
      throws Exception {
    target.wake();
    long before = stored(target);
    Load.Outcome outcome =
        rate == 0 ? Load.closed(target.port, requests, 1) : Load.open(target.port, requests, rate);
    check(outcome, stored(target) - before);
    if (!name.equals(EXPRESS) && serving.containsValue(target)) {
      awaitProcessed(target);
    }
    target.rest();
    samples.add(measure + ": p50 ms", name, outcome.millis(0.5));
    samples.add(measure + ": p99 ms", name, outcome.millis(0.99));
  }

  private static String pathOf(String name) {
    return name.equals(EXPRESS) ? "/store" : WEBHOOKS;
  }

  private long stored(Target target) throws SQLException {
    String table =
        target.database.equals("express") ? "stripe_webhook_events" : "billing.webhook_events";
    return database.number(target.database, "select count(*) from " + table);
  }

  private void awaitProcessed(Target target) throws Exception {
    database.awaitNone(
        target.database,
        "select 1 from billing.webhook_queue where next_attempt_at < 'infinity' limit 1");
    long dead = database.number(target.database, "select count(*) from billing.webhook_queue");
    long ignored = database.number(
        target.database, "select count(*) from billing.webhook_log where status <> 'processed'");
    if (dead + ignored > 0) {
      throw new IllegalStateException(dead + " events are dead, " + ignored + " were ignored");
    }
  }

  private static void check(Load.Outcome outcome, long stored) {
    if (outcome.refused() > 0 || outcome.accepted() != stored) {
      throw new IllegalStateException(outcome.accepted() + " events were accepted, " + outcome.refused()
          + " refused and " + stored + " stored");
    }
  }

  private String machine() throws SQLException {
    return String.format(
        Locale.ROOT,
        "%d cores, PostgreSQL %s, JDK %s, %d rounds of %,d events of %,d customers, %,d bytes each,"
            + " after %,d to warm up.",
        Runtime.getRuntime().availableProcessors(),
        database.version(),
        System.getProperty("java.version"),
        options.rounds,
        options.events,
        options.customers,
        events.sample().length(),
        options.warmUp);
  }

  @Override
  public void close() throws Exception {
    for (int i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).close();
    }
  }
}
