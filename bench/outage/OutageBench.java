package com.tatame.billing.bench;

import com.tatame.billing.simulator.StripeSimulator;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Breaks one part after the other under a steady mixed load, and shows what that does to each class of
 * requests. Fails only if what was acknowledged is not stored and processed exactly once.
 */
final class OutageBench implements AutoCloseable {
  private static final String DATABASE = "outage";
  private static final int ACCOUNTS = 500;
  private static final int HOT = 5;
  private static final int SEED = 7;
  private static final int WARM_UP_SECONDS = 20;
  private static final int SOAK_ROW_EVERY_MINUTES = 5;
  private static final Duration LIVENESS_LIMIT = Duration.ofMillis(500);

  private final Options options;
  private final Path home = Path.of("").toAbsolutePath();
  private final Path output = home.resolve("target");
  private final Identity identity = new Identity();
  private final Database database;
  private final Cluster cluster;
  private final Events events;
  private final StripeSimulator simulator;
  private final FaultProxy provider;
  private final EventReceiver endpoint = new EventReceiver();
  private final FaultProxy receiver;
  private final Map<String, RouteClass> classes = new LinkedHashMap<>();
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
    receiver = new FaultProxy(endpoint.port());
  }

  public static void main(String[] arguments) throws Exception {
    try (OutageBench bench = new OutageBench(Options.parse(arguments))) {
      bench.run();
    }
  }

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
    subscribe();
    introduceAccounts();
    makeClasses();
    print(String.format(
        Locale.ROOT,
        "%s: %d cores, PostgreSQL %s, server on %s with -Xmx160m, load average %s before.%n",
        LocalDate.now(),
        Runtime.getRuntime().availableProcessors(),
        database.version(),
        javaVersion(),
        Files.readString(Path.of("/proc/loadavg")).split(" ")[0]));
    for (RouteClass each : classes.values()) {
      each.start();
    }
    Thread.sleep(WARM_UP_SECONDS * 1_000L);
    Vitals vitals = new Vitals(server, database, DATABASE, java);
    if (options.soakMinutes > 0) {
      soak(vitals);
    } else {
      breakEverything(vitals);
    }
    for (RouteClass each : classes.values()) {
      each.close();
    }
    Acknowledged acknowledged = new Acknowledged(database, DATABASE, this::print);
    acknowledged.awaitProcessing();
    acknowledged.webhooks(classes.get(Outages.WEBHOOKS));
    acknowledged.consumptions(classes.get(Outages.CONSUMPTION));
    acknowledged.grants(classes.get(Outages.GRANTS));
    acknowledged.customers(classes.get(Outages.MUTATIONS), simulator);
    acknowledged.events(endpoint.received());
    Files.writeString(output.resolve(options.soakMinutes > 0 ? "soak.md" : "outage.md"), report);
    acknowledged.require();
  }

  private void breakEverything(Vitals vitals) throws Exception {
    String before = vitals.row("before");
    OutageTable table = new OutageTable(this::print);
    table.begin();
    Outages outages =
        new Outages(options, DATABASE, database, cluster, simulator, provider, receiver, server.port);
    for (Outage outage : outages.all()) {
      if (outage.name().startsWith(Outages.NONE) || options.only.map(outage.name()::contains).orElse(true)) {
        suffer(outage, table);
      }
    }
    table.end();
    print(Vitals.head());
    print(before);
    print(vitals.row("after") + "\n");
  }

  private void suffer(Outage outage, OutageTable table) throws Exception {
    System.err.println("fault: " + outage.name());
    long begin = System.nanoTime();
    long end;
    try {
      outage.begin().run();
      Thread.sleep(outage.lasts().toMillis());
    } finally {
      outage.end().run();
      end = System.nanoTime();
    }
    while (!OutageTable.settled(classes.values(), end, System.nanoTime())) {
      Thread.sleep(250);
    }
    table.add(outage, classes.values(), begin, end);
  }

  private void soak(Vitals vitals) throws Exception {
    print(Vitals.head());
    for (int minute = 0; minute <= options.soakMinutes; minute += SOAK_ROW_EVERY_MINUTES) {
      print(vitals.row("minute " + minute));
      Thread.sleep(Math.min(SOAK_ROW_EVERY_MINUTES, options.soakMinutes - minute) * 60_000L);
    }
    print("");
    for (RouteClass each : classes.values()) {
      long answered = each.outcomes().stream().filter(RouteClass.Outcome::succeeded).count();
      print("Of " + each.outcomes().size() + " " + each.name + " " + answered + " succeeded.");
    }
  }

  private void print(String line) {
    System.out.println(line);
    report.append(line).append('\n');
  }

  private String javaVersion() throws IOException, InterruptedException {
    Process process = new ProcessBuilder(java.toString(), "-version").redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return "JDK " + text.replaceAll("(?s).*?version \"([^\"]+)\".*", "$1");
  }

  private Map<String, String> environment() {
    byte[] key = new byte[32];
    new Random(SEED).nextBytes(key);
    Map<String, String> environment = new HashMap<>(Map.of(
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
    environment.put("BILLING_SECRETS_KEY", "bench:" + Base64.getEncoder().encodeToString(key));
    environment.put("BILLING_EVENT_PRIVATE_ADDRESSES", "true");
    return environment;
  }

  private void subscribe() throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + server.port + "/api/v1/event-endpoints"))
        .header("Authorization", "Bearer " + identity.token("user_admin"))
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString("{\"url\":\"http://127.0.0.1:" + receiver.port() + "/events\"}"))
        .build();
    HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 201) {
      throw new IllegalStateException("no endpoint: " + answer.statusCode() + " " + answer.body());
    }
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
    Supplier<String> id = () -> "outage-" + number.incrementAndGet();
    Random random = new Random(SEED);
    add(Outages.LIVE, 10, LIVENESS_LIMIT, () -> request("GET /health/live", "", id.get(), ""));
    add(Outages.WEBHOOKS, 30, Duration.ofSeconds(2), () -> {
      String event = events.nextId();
      return new RouteClass.Prepared(event, events.next("/webhooks/stripe", 1).get(0));
    });
    add(Outages.PLANS, 20, LIVENESS_LIMIT, () -> request("GET /api/v1/plans", "", id.get(), ""));
    AtomicInteger hot = new AtomicInteger();
    add(Outages.ENTITLEMENTS, 20, Duration.ofSeconds(5), () -> request(
        "GET /api/v1/entitlements", tokens.get(hot.getAndIncrement() % HOT), id.get(), ""));
    add(Outages.READS, 25, Duration.ofSeconds(8), () -> request(
        "GET /api/v1/subscriptions", tokens.get(random.nextInt(ACCOUNTS)), id.get(), ""));
    Random users = new Random(SEED + 1);
    add(Outages.CONSUMPTION, 20, Duration.ofSeconds(5), () -> request(
        "POST /api/v1/entitlements/reviews/consume",
        tokens.get(users.nextInt(ACCOUNTS)),
        id.get(),
        "{\"amount\":1}"));
    // Each has no customer yet, so that each request asks the provider.
    AtomicInteger newcomer = new AtomicInteger();
    add(Outages.MUTATIONS, 10, Duration.ofSeconds(10), () -> {
      String user = "user_new_" + newcomer.getAndIncrement();
      return request("POST /api/v1/customer", identity.token(user), user, "{\"email\":\"ada@example.test\"}");
    });
    add(Outages.ADMINISTRATION, 10, Duration.ofSeconds(15), () ->
        request("GET /api/v1/webhooks/events", administrator, id.get(), ""));
    Random granted = new Random(SEED + 2);
    add(Outages.GRANTS, 5, Duration.ofSeconds(15), () -> request(
        "POST /api/v1/grants",
        administrator,
        id.get(),
        "{\"accountId\":\"user_" + granted.nextInt(ACCOUNTS)
            + "\",\"feature\":\"reviews\",\"units\":1,\"reason\":\"outage\"}"));
  }

  /** @param limit within which each request is answered, whatever is broken */
  private void add(String name, int perSecond, Duration limit, Supplier<RouteClass.Prepared> requests)
      throws IOException {
    classes.put(name, new RouteClass(name, server.port, perSecond, classes.size() + 1, limit, requests));
  }

  private static RouteClass.Prepared request(String line, String token, String id, String body) {
    StringBuilder text = new StringBuilder(line).append(" HTTP/1.1\r\nHost: localhost\r\n");
    if (!token.isEmpty()) {
      text.append("Authorization: Bearer ").append(token).append("\r\n");
    }
    if (!body.isEmpty()) {
      text.append("Idempotency-Key: ").append(id).append("\r\nContent-Type: application/json\r\nContent-Length: ")
          .append(body.length()).append("\r\n");
    }
    return new RouteClass.Prepared(
        id, text.append("\r\n").append(body).toString().getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public void close() throws Exception {
    cluster.thaw();
    if (server != null) {
      server.close();
    }
    receiver.close();
    endpoint.close();
    provider.close();
    simulator.close();
  }
}
