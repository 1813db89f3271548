package com.tatame.billing.bench;

import com.sun.net.httpserver.HttpServer;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.http.JsonEventFormat;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.outbox.BillingEvents;
import com.tatame.billing.outbox.EndpointDelivery;
import com.tatame.billing.outbox.EndpointDelivery.EndpointTransport;
import com.tatame.billing.outbox.EventDeliveries;
import com.tatame.billing.outbox.EventEndpoints;
import com.tatame.billing.outbox.PublishedEvent;
import com.tatame.billing.postgres.PostgresBillingStore;
import com.tatame.billing.postgres.PostgresConfig;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.CommitResult;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.secret.SecretsKeys;
import com.tatame.billing.webhook.HttpEventSender;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Measures how long an event takes from the call that commits it to a handler and to an endpoint, of a
 * thousand accounts: alone, and beside an account whose handler fails, a subscriber that fails for all, an
 * endpoint that refuses connections and one that never answers. Then what it costs to look while nothing
 * happens. Fails if an event of a healthy account doesn't arrive.
 */
final class EventsBench {
  private static final int ACCOUNTS = 1_000;
  private static final int PER_SECOND = 200;
  private static final int IDLE_SECONDS = 20;
  private static final AccountId POISON = account(0);
  private static final InstantSource CLOCK = InstantSource.system();
  private static final Pattern ID = Pattern.compile("^\\{\"id\":\"([^\"]+)\"");

  private final Options options;
  private final Database database;

  private EventsBench(Options options) {
    this.options = options;
    database = new Database(options.postgresPort, options.postmaster, options.pgbench);
  }

  public static void main(String[] arguments) throws Exception {
    new EventsBench(Options.parse(arguments)).run();
  }

  private void run() throws Exception {
    say("Events of %,d accounts, %d a second for %d seconds, one node, PostgreSQL %s.%n",
        ACCOUNTS, PER_SECOND, options.seconds() * 4, database.version());
    say("| | events | handler p50 ms | p99 ms | max ms | endpoint p50 ms | p99 ms | max ms |");
    say("|---|--:|--:|--:|--:|--:|--:|--:|");
    measure("alone", false);
    measure("beside what fails", true);
  }

  /** When each event was begun to be committed, and how long it took to arrive. */
  private static final class Arrivals {
    final Map<String, Long> begun = new ConcurrentHashMap<>();
    final Map<String, Double> atHandler = new ConcurrentHashMap<>();
    final Map<String, Double> atEndpoint = new ConcurrentHashMap<>();

    void arrived(String id, Map<String, Double> at) {
      Long begin = begun.get(id);
      if (begin != null) {
        at.putIfAbsent(id, (System.nanoTime() - begin) / 1e6);
      }
    }
  }

  private void measure(String name, boolean trouble) throws Exception {
    String databaseName = trouble ? "events_trouble" : "events_alone";
    database.create(databaseName);
    database.execute(databaseName, "alter database " + databaseName + " set track_functions = 'all'");
    Arrivals arrivals = new Arrivals();
    HttpServer healthy = server(arrivals);
    PostgresConfig config = PostgresConfig.of(database.url(databaseName)).withMaxPoolSize(20);
    try (PostgresBillingStore store = PostgresBillingStore.open(config);
        HttpEventSender sender = HttpEventSender.create(true);
        ServerSocket hangs = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress())) {
      Optional<EndpointTransport> transport =
          Optional.of(new EndpointTransport(sender, new JsonEventFormat(), keys()));
      EndpointDelivery delivery = new EndpointDelivery(store.eventEndpoints(), transport, CLOCK);
      EventEndpoints endpoints = new EventEndpoints(
          store.eventEndpoints(), store.subscribers(), delivery, transport, CLOCK, new SecureRandom());
      endpoints.create(wanted(healthy.getAddress().getPort()));
      if (trouble) {
        endpoints.create(wanted(refusedPort()));
        endpoints.create(wanted(hangs.getLocalPort()));
      }
      try (EventDeliveries deliveries = new EventDeliveries(
          store.subscribers(), delivery, () -> 0, CLOCK, new Random(1))) {
        BillingEvents events = new BillingEvents(store.billingEvents(), store.eventFeed(), deliveries);
        events.subscribe("healthy", event -> receive(arrivals, event, trouble));
        if (trouble) {
          events.subscribe("broken", event -> {
            throw new IllegalStateException("this subscriber fails for all");
          });
        }
        link(store);
        deliveries.start();
        long[] versions = commitAll(store, arrivals, false, 0);
        awaitAll(arrivals, ACCOUNTS, trouble);
        arrivals.begun.clear();
        arrivals.atHandler.clear();
        arrivals.atEndpoint.clear();
        int sent = commitAtRate(store, arrivals, versions, deliveries);
        awaitAll(arrivals, sent, trouble);
        print(name, arrivals);
        idle(databaseName);
      }
    } finally {
      healthy.stop(0);
    }
  }

  private static void receive(Arrivals arrivals, PublishedEvent event, boolean trouble) {
    if (trouble && event.account().equals(POISON)) {
      throw new IllegalStateException("this account fails");
    }
    arrivals.arrived(event.id(), arrivals.atHandler);
  }

  private static HttpServer server(Arrivals arrivals) throws java.io.IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_024);
    ExecutorService threads = Executors.newFixedThreadPool(8, work -> {
      Thread thread = new Thread(work);
      thread.setDaemon(true);
      return thread;
    });
    server.setExecutor(threads);
    server.createContext("/", exchange -> {
      try (exchange) {
        Matcher id = ID.matcher(new String(exchange.getRequestBody().readAllBytes()));
        if (id.find()) {
          arrivals.arrived(id.group(1), arrivals.atEndpoint);
        }
        exchange.sendResponseHeaders(204, -1);
      }
    });
    server.start();
    return server;
  }

  private static int refusedPort() throws java.io.IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private static EventEndpoints.Wanted wanted(int port) {
    return new EventEndpoints.Wanted(
        URI.create("http://127.0.0.1:" + port + "/"), Optional.empty(), Set.of(), true);
  }

  private static SecretsKeys keys() {
    return SecretsKeys.of(List.of("bench:" + Base64.getEncoder().encodeToString(new byte[32])));
  }

  private static AccountId account(int number) {
    return new AccountId("user_" + number);
  }

  private static void link(PostgresBillingStore store) {
    Instant now = CLOCK.instant();
    for (int i = 0; i < ACCOUNTS; i++) {
      commit(store, i, 0, new Change.Link(account(i), "cus_" + i, now));
    }
  }

  /** One event of each account, so that all that compiles late has been compiled. */
  private static long[] commitAll(PostgresBillingStore store, Arrivals arrivals, boolean ignored, int round) {
    long[] versions = new long[ACCOUNTS];
    for (int i = 0; i < ACCOUNTS; i++) {
      versions[i] = 1;
      append(store, arrivals, i, round, versions);
    }
    return versions;
  }

  private int commitAtRate(
      PostgresBillingStore store, Arrivals arrivals, long[] versions, EventDeliveries deliveries) {
    int count = PER_SECOND * options.seconds() * 4;
    Random random = new Random(7);
    long begin = System.nanoTime();
    for (int i = 0; i < count; i++) {
      long due = begin + TimeUnit.SECONDS.toNanos(i) / PER_SECOND;
      while (due > System.nanoTime()) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      append(store, arrivals, random.nextInt(ACCOUNTS), 1 + i, versions);
      deliveries.wake();
    }
    return count;
  }

  private static void append(
      PostgresBillingStore store, Arrivals arrivals, int number, int round, long[] versions) {
    String id = "in_" + number + "_" + round + ":paid";
    Fact fact = new Fact(
        id,
        "invoice.paid",
        new SubjectId("cus_" + number),
        Optional.empty(),
        Optional.empty(),
        "paid",
        CLOCK.instant());
    arrivals.begun.put(id, System.nanoTime());
    commit(store, number, versions[number]++, new Change.Append(fact, Optional.empty()));
  }

  private static void commit(PostgresBillingStore store, int number, long version, Change change) {
    Unit unit = new Unit(
        new SubjectId("cus_" + number), version, Optional.empty(), Set.of(), List.of(change));
    List<CommitResult> results = store.projections().commit(List.of(unit), CLOCK.instant());
    if (!results.equals(List.of(new CommitResult.Applied()))) {
      throw new IllegalStateException("not committed: " + results);
    }
  }

  /** Waits for all that must arrive: all but what fails of one account. */
  private static void awaitAll(Arrivals arrivals, int sent, boolean trouble) {
    long poison = arrivals.begun.keySet().stream().filter(id -> id.startsWith("in_0_")).count();
    long begin = System.nanoTime();
    while (arrivals.atEndpoint.size() < sent || arrivals.atHandler.size() < sent - (trouble ? poison : 0)) {
      if (System.nanoTime() - begin > TimeUnit.MINUTES.toNanos(2)) {
        throw new IllegalStateException("of " + sent + " events " + arrivals.atHandler.size()
            + " came to the handler and " + arrivals.atEndpoint.size() + " to the endpoint");
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  private static void print(String name, Arrivals arrivals) {
    List<Double> handler = new ArrayList<>(arrivals.atHandler.values());
    List<Double> endpoint = new ArrayList<>(arrivals.atEndpoint.values());
    handler.sort(null);
    endpoint.sort(null);
    say("| %s | %,d | %.0f | %.0f | %.0f | %.0f | %.0f | %.0f |", name, arrivals.begun.size(),
        at(handler, 0.5), at(handler, 0.99), at(handler, 1), at(endpoint, 0.5), at(endpoint, 0.99),
        at(endpoint, 1));
  }

  private static double at(List<Double> sorted, double quantile) {
    return sorted.get(Math.max(0, (int) Math.ceil(quantile * sorted.size()) - 1));
  }

  /** Calls of the database's functions are what a store behind an HTTP API sends as requests. */
  private void idle(String name) throws SQLException, InterruptedException {
    TimeUnit.SECONDS.sleep(3);
    long before = calls(name);
    double cpu = database.cpuSeconds();
    TimeUnit.SECONDS.sleep(IDLE_SECONDS);
    say("|   then nothing happens: %.2f calls of claims a second, %.1f ms of PostgreSQL's CPU a second "
            + "| | | | | | | |",
        (double) (calls(name) - before) / IDLE_SECONDS,
        (database.cpuSeconds() - cpu) * 1e3 / IDLE_SECONDS);
  }

  private long calls(String name) throws SQLException {
    return database.number(
        name,
        "select coalesce(sum(calls), 0) from pg_stat_user_functions where funcname = 'claim_deliveries_v1'");
  }

  private static void say(String format, Object... values) {
    System.out.printf(Locale.ROOT, format + "%n", values);
  }
}
