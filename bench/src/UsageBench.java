package com.tatame.billing.bench;

import com.tatame.billing.Billing;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.configuration.CatalogFile;
import com.tatame.billing.entitlement.Entitlements;
import com.tatame.billing.entitlement.Use;
import com.tatame.billing.entitlement.ConsumeResult;
import com.tatame.billing.postgres.PostgresBillingStore;
import com.tatame.billing.postgres.PostgresConfig;
import com.tatame.billing.stripe.StripeGateway;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Measures using units and asking for entitlements, in process and over HTTP, in rounds in which all
 * contestants take turns on one PostgreSQL. Fails if what is counted is not what was granted.
 */
final class UsageBench implements AutoCloseable {
  private static final String IN_PROCESS = "in process";
  private static final String HTTP = "HTTP";
  private static final String PGBENCH = "pgbench";
  private static final String BARE = "bare Javalin";
  private static final String EXPRESS = "Express";
  private static final String EXPRESS_CACHED = "Express with a cache";
  private static final int[] CLIENTS = {32, 64};
  private static final String DATABASE = "usage";
  private static final int SEED = 7;
  private static final double WAKING_SECONDS = 4;

  private final Options options;
  private final Path home = Path.of("").toAbsolutePath();
  private final Path output = home.resolve("target");
  private final Identity identity = new Identity();
  private final Database database;
  private final Events events;
  private final StripeStub stripe;
  private final Samples samples = new Samples();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private final List<String> tokens;

  private UsageBench(Options options) throws Exception {
    this.options = options;
    database = new Database(options.postgresPort, options.postmaster, options.pgbench);
    events = new Events(home.resolve("src"), options.customers);
    stripe = new StripeStub(events, options.readMillis);
    opened.add(stripe);
    tokens = IntStream.range(0, options.customers).mapToObj(i -> identity.token("user_" + i)).toList();
  }

  public static void main(String[] arguments) throws Exception {
    try (UsageBench bench = new UsageBench(Options.parse(arguments))) {
      bench.run();
    }
  }

  private void run() throws Exception {
    database.create("pgbench_limit");
    database.execute("pgbench_limit", Files.readString(home.resolve("sql/limit.sql")));
    database.create(DATABASE);
    Target server = start("usage", command("-jar", "billing-server.jar", "serve"), environment());
    subscribeEverybody(server);
    server.wake();
    Asked asked = new Asked(server.port);
    String answer = asked.get("/api/v1/entitlements", tokens.get(0));
    if (!answer.contains("\"tier\":\"pro\"")) {
      throw new IllegalStateException("no account has what was subscribed to: " + answer);
    }
    String products = asked.get("/api/v1/products", tokens.get(0));
    if (!products.contains("price_3_year")) {
      throw new IllegalStateException("the products are not there: " + products);
    }
    server.rest();
    Target javalin = startBare(answer);
    Target bareProducts = startBare(products);
    Target express = startExpress();
    PostgresBillingStore store = PostgresBillingStore.open(PostgresConfig.of(database.url(DATABASE)));
    opened.add(store);
    Billing billing = Billing.builder()
        .gateway(StripeGateway.builder("sk_test_bench").apiBase(URI.create(stripe.url())).build())
        .store(store)
        .catalog(CatalogFile.read(catalog(), Map.of()))
        .checkoutOrigins()
        .workers(0)
        .build();
    opened.add(billing);

    for (int round = 0; round <= options.rounds; round++) {
      System.err.println(round == 0 ? "warming up" : "round " + round);
      Samples into = round == 0 ? new Samples() : samples;
      for (int clients : CLIENTS) {
        if (options.measures("use")) {
          use(into, clients, billing.entitlements(), server, express);
        }
        if (options.measures("read")) {
          read(into, clients, billing.entitlements(), server, javalin, express);
        }
        if (options.measures("products")) {
          products(into, clients, server, bareProducts, express);
        }
      }
      if (options.measures("health")) {
        overHttp(into, "health checks/s, 32 clients", HTTP, server, CLIENTS[0], "GET /health");
      }
      if (options.measures("alone")) {
        alone(into, billing.entitlements());
      }
      database.execute(DATABASE, "vacuum analyze");
    }
    String report = String.format(
            Locale.ROOT,
            "%d cores, PostgreSQL %s, JDK %s, %d rounds, %,d accounts.%n%n",
            Runtime.getRuntime().availableProcessors(),
            database.version(),
            System.getProperty("java.version"),
            options.rounds,
            options.customers)
        + samples.table(
            List.of(IN_PROCESS, HTTP, PGBENCH, BARE, EXPRESS, EXPRESS_CACHED), List.of(IN_PROCESS, HTTP));
    Files.writeString(output.resolve("usage.md"), report);
    System.out.println(report);
  }

  private Target startBare(String answer) throws Exception {
    Map<String, String> environment = environment();
    environment.put("BARE_ANSWER", answer);
    Target javalin = start(
        "bare",
        command("-cp", output.resolve("classes") + ":" + output.resolve("billing-server.jar"), BareServer.class.getName()),
        environment);
    javalin.rest();
    return javalin;
  }

  private Target startExpress() throws Exception {
    database.create("express");
    for (String sql : List.of("schema.sql", "usage.sql")) {
      database.execute("express", Files.readString(home.resolve("express").resolve(sql)));
    }
    Map<String, String> environment = Map.of(
        "DATABASE_URL", database.url("express"),
        "CLERK_JWT_KEY", identity.publicKeyPem(),
        "ISSUER", Identity.ISSUER,
        "NODE_ENV", "production");
    Target express = Target.start(
        "express",
        List.of("node", home.resolve("express/usage.mjs").toString()),
        environment,
        output.resolve("express.log"));
    opened.add(express);
    express.rest();
    return express;
  }

  private List<String> command(String... arguments) {
    List<String> command =
        new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    for (String option : System.getenv().getOrDefault("BENCH_SERVER_OPTIONS", "").split(" ")) {
      if (!option.isEmpty()) {
        command.add(option);
      }
    }
    for (String argument : arguments) {
      command.add(argument.endsWith("server.jar") && !argument.contains(":")
          ? output.resolve(argument).toString()
          : argument);
    }
    return command;
  }

  private Target start(String name, List<String> command, Map<String, String> environment) throws Exception {
    Target target = Target.start(DATABASE, command, environment, output.resolve(name + ".log"));
    opened.add(target);
    return target;
  }

  private Path catalog() {
    return home.resolve("src/catalog.yaml");
  }

  private Map<String, String> environment() {
    return new HashMap<>(Map.of(
        "BILLING_ENV", "test",
        "STRIPE_SECRET_KEY", "sk_test_bench",
        "STRIPE_WEBHOOK_SECRET", Events.SECRET,
        "STRIPE_API_BASE", stripe.url(),
        "CLERK_PUBLISHABLE_KEY", identity.publishableKey(),
        "CLERK_JWT_KEY", identity.publicKeyPem(),
        "BILLING_CATALOG", catalog().toString(),
        "DATABASE_URL", database.url(DATABASE)));
  }

  private void subscribeEverybody(Target server) throws Exception {
    for (List<byte[]> requests : List.of(
        events.introductions("/webhooks/stripe", "usage"),
        events.next("/webhooks/stripe", options.customers))) {
      Load.Outcome outcome = Load.closed(server.port, requests, 32);
      if (outcome.refused() > 0) {
        throw new IllegalStateException(outcome.refused() + " events were refused");
      }
      database.awaitNone(DATABASE, "select 1 from billing.webhook_queue limit 1");
    }
    server.rest();
  }

  private void use(Samples into, int clients, Entitlements entitlements, Target server, Target express)
      throws Exception {
    String measure = "uses/s, " + clients + " clients";
    limit(into, measure, "use", clients);

    Use use = new Use("reviews", 1, Optional.empty(), Optional.empty());
    counted(() -> inProcess(into, measure, clients, account -> {
      if (!(entitlements.consume(account, use) instanceof ConsumeResult.Granted)) {
        throw new IllegalStateException("refused");
      }
    }));
    counted(() -> overHttp(
        into, measure, HTTP, server, clients, "POST /api/v1/entitlements/reviews/consume"));
    overHttp(into, measure, EXPRESS, express, clients, "POST /use");
  }

  private void read(
      Samples into, int clients, Entitlements entitlements, Target server, Target javalin, Target express)
      throws Exception {
    String measure = "reads/s, " + clients + " clients";
    limit(into, measure, "read", clients);
    inProcess(into, measure, clients, entitlements::of);
    overHttp(into, measure, HTTP, server, clients, "GET /api/v1/entitlements");
    overHttp(into, measure, BARE, javalin, clients, "GET /entitlements");
    overHttp(into, measure, EXPRESS, express, clients, "GET /entitlements");
    overHttp(into, measure, EXPRESS_CACHED, express, clients, "GET /cached");
  }

  private void products(Samples into, int clients, Target server, Target javalin, Target express)
      throws Exception {
    String measure = "products/s, " + clients + " clients";
    overHttp(into, measure, HTTP, server, clients, "GET /api/v1/products");
    overHttp(into, measure, BARE, javalin, clients, "GET /entitlements");
    overHttp(into, measure, EXPRESS, express, clients, "GET /products");
  }

  /** One thread, and one account that is cached: what a guard in front of some code costs. */
  private void alone(Samples into, Entitlements entitlements) {
    AccountId account = new AccountId("user_1");
    for (String feature : List.of("library", "reviews")) {
      long checks = 0;
      long allowed = 0;
      long begin = System.nanoTime();
      long until = begin + options.seconds() * 1_000_000_000L;
      while (System.nanoTime() < until) {
        for (int i = 0; i < 1_000; i++) {
          allowed += entitlements.check(account, feature).allowed() ? 1 : 0;
        }
        checks += 1_000;
      }
      if (allowed != checks) {
        throw new IllegalStateException("refused");
      }
      into.add(
          "checks/s of a " + (feature.equals("library") ? "flag" : "counter") + ", 1 thread",
          IN_PROCESS,
          checks * 1e9 / (System.nanoTime() - begin));
    }
  }

  private void limit(Samples into, String measure, String script, int clients) throws Exception {
    database.execute("postgres", "checkpoint");
    Path file = home.resolve("sql/" + script + ".sql");
    into.add(
        measure,
        PGBENCH,
        database.pgbench(file, "none", options.customers, clients, options.seconds()).perSecond());
  }

  @FunctionalInterface
  private interface Measured {
    /** Measures, and tells how many units were granted. */
    long run() throws Exception;
  }

  /** Fails unless as many units are counted as were granted. */
  private void counted(Measured measured) throws Exception {
    database.execute("postgres", "checkpoint");
    String counted = "select coalesce(sum(amount), 0) from billing.usage_tracking";
    String kept = "select count(*) from billing.consumptions";
    long before = database.number(DATABASE, counted);
    long keptBefore = database.number(DATABASE, kept);
    long granted = measured.run();
    long more = database.number(DATABASE, counted) - before;
    long moreKept = database.number(DATABASE, kept) - keptBefore;
    if (more != granted || moreKept != granted) {
      throw new IllegalStateException(
          granted + " units were granted, " + more + " counted and " + moreKept + " kept");
    }
  }

  private long inProcess(Samples into, String measure, int clients, Consumer<AccountId> call)
      throws Exception {
    AtomicInteger calls = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    double databaseCpu = database.cpuSeconds();
    double cpu = ownCpu();
    long begin = System.nanoTime();
    long until = begin + options.seconds() * 1_000_000_000L;
    AtomicInteger failed = new AtomicInteger();
    for (int i = 0; i < clients; i++) {
      Random random = new Random(SEED + i);
      threads.add(new Thread(() -> {
        int own = 0;
        try {
          for (; System.nanoTime() < until; own++) {
            call.accept(new AccountId("user_" + random.nextInt(options.customers)));
          }
        } catch (RuntimeException e) {
          failed.incrementAndGet();
          throw e;
        } finally {
          calls.addAndGet(own);
        }
      }));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    if (failed.get() > 0) {
      throw new IllegalStateException(failed.get() + " callers failed");
    }
    into.add(measure, IN_PROCESS, calls.get() / seconds);
    cost(into, measure, IN_PROCESS, ownCpu() - cpu, database.cpuSeconds() - databaseCpu, calls.get());
    return calls.get();
  }

  /** After passes that do not count: the server has slept, and it takes seconds until its caches are full. */
  private long overHttp(
      Samples into, String measure, String name, Target target, int clients, String request)
      throws Exception {
    Random random = new Random(SEED);
    List<byte[]> requests = new ArrayList<>(options.events);
    for (int i = 0; i < options.events; i++) {
      requests.add(Asked.request(request, tokens.get(random.nextInt(tokens.size()))));
    }
    target.wake();
    long accepted = 0;
    for (double seconds = 0; seconds < WAKING_SECONDS; ) {
      Load.Outcome outcome = Load.closed(target.port, requests, clients);
      accepted += accepted(outcome);
      seconds += outcome.accepted() / outcome.perSecond();
    }
    double databaseCpu = database.cpuSeconds();
    double cpu = target.cpuSeconds();
    long measured = 0;
    double seconds = 0;
    while (seconds < options.seconds()) {
      Load.Outcome outcome = Load.closed(target.port, requests, clients);
      measured += accepted(outcome);
      seconds += outcome.accepted() / outcome.perSecond();
    }
    cpu = target.cpuSeconds() - cpu;
    databaseCpu = database.cpuSeconds() - databaseCpu;
    target.rest();
    into.add(measure, name, measured / seconds);
    cost(into, measure, name, cpu, databaseCpu, measured);
    return accepted + measured;
  }

  private static long accepted(Load.Outcome outcome) {
    if (outcome.refused() > 0) {
      throw new IllegalStateException(outcome.refused() + " requests were refused");
    }
    return outcome.accepted();
  }

  private static double ownCpu() {
    return Cpu.seconds(ProcessHandle.current().pid());
  }

  private static void cost(
      Samples into, String measure, String name, double own, double databases, long calls) {
    String cost = measure.replace("s/s, ", ": CPU µs, ");
    into.add(cost, name, 1e6 * (own + databases) / calls);
    into.add(cost + ", the database's", name, 1e6 * databases / calls);
  }

  /** Requests in a caller's name. */
  private record Asked(int port) {
    static byte[] request(String request, String token) {
      return (request + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token
              + (request.startsWith("POST") ? "\r\nContent-Length: 0" : "") + "\r\n\r\n")
          .getBytes(StandardCharsets.UTF_8);
    }

    String get(String path, String token) throws Exception {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(
                      URI.create("http://127.0.0.1:" + port + path))
                  .header("Authorization", "Bearer " + token)
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }

  @Override
  public void close() throws Exception {
    for (int i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).close();
    }
  }
}
