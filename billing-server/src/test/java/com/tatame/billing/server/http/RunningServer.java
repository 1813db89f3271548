package com.tatame.billing.server.http;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tatame.billing.Billing;
import com.tatame.billing.account.IdentityVerifier;
import com.tatame.billing.apikey.ApiKeys;
import com.tatame.billing.apikey.Scope;
import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.identity.AdministratorRule;
import com.tatame.billing.identity.ClerkConfig;
import com.tatame.billing.identity.ClerkVerifier;
import com.tatame.billing.server.BillingConfig;
import com.tatame.billing.server.BillingServer;
import com.tatame.billing.simulator.DeliveryFaults;
import com.tatame.billing.simulator.StripeSimulator;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.store.StoreMode;
import com.tatame.billing.testkit.InMemoryBillingStore;
import com.tatame.billing.testkit.SessionToken;
import com.tatame.billing.testkit.TestIssuer;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The server on a real port, over a simulated Stripe and a store in memory that can be cut off. */
final class RunningServer implements AutoCloseable {
  static final String WEBHOOK_SECRET = "whsec_test";
  static final String METRICS_TOKEN = "metrics-token";
  static final String CATALOG = "../examples/tatame/catalog.yaml";
  static final String OUR_PAGE = "http://localhost:3000";
  /** Longer than any request takes, so that a test that doesn't wait for webhooks fails always and not on busy machines. */
  private static final Duration WEBHOOK_DELAY = Duration.ofMillis(300);

  private static final InstantSource WALL = InstantSource.system();
  private static final TestIssuer ISSUER = TestIssuer.create("https://clerk.example.com", WALL);
  private static final ClerkConfig CLERK = new ClerkConfig(
      ISSUER.issuer(), Set.of(), new AdministratorRule(Set.of("user_root"), Optional.empty()));
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Queue<CompletableFuture<Void>> ENDING = new ConcurrentLinkedQueue<>();

  final StripeSimulator stripe =
      StripeSimulator.builder().startAt(WALL.instant()).start();
  private final InMemoryBillingStore store = new InMemoryBillingStore();
  private final AtomicBoolean storeDown = new AtomicBoolean();
  private final AtomicBoolean writesPaused = new AtomicBoolean();
  private final AtomicBoolean readOnly = new AtomicBoolean();
  private final AtomicReference<@Nullable InstantSource> storeClock = new AtomicReference<>();
  private final BiConsumer<Class<?>, String> storeCalls;
  private final BillingServer server;
  private final HttpClient client = HttpClient.newHttpClient();
  private boolean awaitedAtItsEnd;

  RunningServer() {
    this(Map.of());
  }

  RunningServer(Map<String, String> more) {
    this(more, server -> server);
  }

  /** Recognises callers by keys that can be fetched only at times. */
  RunningServer(BooleanSupplier reachable, InstantSource fetchClock) {
    this(
        Map.of(),
        server -> server.identity(ClerkVerifier.byKeySet(
            CLERK,
            () -> {
              if (!reachable.getAsBoolean()) {
                throw new IOException("unreachable");
              }
              return ISSUER.jwks();
            },
            fetchClock)));
  }

  /** With parts of the server's exchanged. */
  RunningServer(Map<String, String> more, UnaryOperator<BillingServer.Builder> parts) {
    this(more, parts, (port, method) -> {});
  }

  /**
   * With parts of the server's exchanged.
   *
   * @param watcher sees each call of the store: the port and the method
   */
  RunningServer(
      Map<String, String> more,
      UnaryOperator<BillingServer.Builder> parts,
      BiConsumer<Class<?>, String> watcher) {
    ENDING.stream().filter(CompletableFuture::isDone).forEach(CompletableFuture::join);
    storeCalls = watcher;
    sell("Basic", "basic", 999, 9590);
    sell("Pro", "pro", 2499, 23990);
    Map<String, String> environment = environment(stripe.url());
    environment.putAll(more);
    server = parts
        .apply(BillingServer.builder(BillingConfig.fromEnv(environment))
            .store(cuttable(BillingStore.class, store))
            .identity(ClerkVerifier.byKey(CLERK, ISSUER.publicKeyPem(), WALL)))
        .start();
    stripe.createWebhookEndpoint(
        url("/webhooks/stripe"), Optional.of(WEBHOOK_SECRET), Optional.empty());
    stripe.failDeliveries(DeliveryFaults.NONE.delaying(WEBHOOK_DELAY, 100));
  }

  /** The settings of a server that talks to a provider at this address. */
  static Map<String, String> environment(String provider) {
    Map<String, String> environment = new HashMap<>(Map.of(
        "BILLING_ENV", "test",
        "PORT", "0",
        "STRIPE_SECRET_KEY", "sk_test_1",
        "STRIPE_PUBLISHABLE_KEY", "pk_test_1",
        "STRIPE_WEBHOOK_SECRET", WEBHOOK_SECRET,
        "STRIPE_API_BASE", provider,
        "BILLING_CATALOG", CATALOG,
        "CLERK_PUBLISHABLE_KEY", "pk_test_Y2xlcmsuZXhhbXBsZS5jb20k",
        "BILLING_CORS_ORIGINS", OUR_PAGE));
    environment.putAll(
        Map.of("METRICS_TOKEN", METRICS_TOKEN, "DATABASE_URL", "postgres://localhost/unused"));
    return environment;
  }

  /** An answer. */
  Billing billing() {
    return server.billing();
  }

  record Reply(int status, String body, HttpResponse<String> http) {
    JsonNode json() {
      try {
        return MAPPER.readTree(body);
      } catch (IOException e) {
        throw new AssertionError("not JSON: " + body, e);
      }
    }

    String at(String pointer) {
      return json().at(pointer).asText();
    }

    String code() {
      return at("/code");
    }

    String header(String name) {
      return http.headers().firstValue(name).orElse("");
    }
  }

  /** Recognises the users of {@link #token}. */
  static IdentityVerifier identity() {
    return ClerkVerifier.byKey(CLERK, ISSUER.publicKeyPem(), WALL);
  }

  static SessionToken token(String user) {
    return ISSUER.sessionToken(user);
  }

  static String bearer(String user) {
    return "Bearer " + token(user).sign();
  }

  String url(String path) {
    return "http://localhost:" + server.port() + path;
  }

  int port() {
    return server.port();
  }

  void cutOffStore(boolean down) {
    storeDown.set(down);
  }

  /** Says that it is frozen and stores no events, as a store does that is being moved. */
  void pauseWrites(boolean paused) {
    writesPaused.set(paused);
  }

  /** Says that its database takes no writes, as a replica's. */
  void makeStoreReadOnly(boolean value) {
    readOnly.set(value);
  }

  /** Gives its database this clock. */
  void setStoreClock(InstantSource clock) {
    storeClock.set(clock);
  }

  InMemoryBillingStore store() {
    return store;
  }

  /** Makes an API key with these scopes, good for a year from then. */
  String apiKey(Instant then, Scope... scopes) {
    return new ApiKeys(store.apiKeys(), () -> then, new SecureRandom())
        .create("test", Set.of(scopes), Optional.of(then.plus(Duration.ofDays(365))))
        .secret();
  }

  /** Makes an API key with these scopes. */
  String apiKey(Scope... scopes) {
    return apiKey(WALL.instant(), scopes);
  }

  Reply get(String path, @Nullable String user, String... headers) {
    return send("GET", path, user, null, headers);
  }

  Reply post(String path, @Nullable String user, @Nullable String json, String... headers) {
    return send("POST", path, user, json, headers);
  }

  Reply send(
      String method, String path, @Nullable String user, @Nullable String json, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url(path)))
        .method(
            method,
            json == null
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofString(json));
    if (user != null) {
      request.header("Authorization", bearer(user));
    }
    if (json != null) {
      request.header("Content-Type", "application/json");
    }
    for (int i = 0; i < headers.length; i += 2) {
      request.setHeader(headers[i], headers[i + 1]);
    }
    return send(request.build());
  }

  Reply send(HttpRequest request) {
    try {
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      return new Reply(response.statusCode(), response.body(), response);
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** What a user sends who wants this plan. */
  static String checkoutOf(String tier) {
    return """
        {"tier": "%s", "interval": "monthly",
         "successUrl": "%s/paid?session={CHECKOUT_SESSION_ID}", "cancelUrl": "%s/plans"}""".formatted(tier, OUR_PAGE, OUR_PAGE);
  }

  /** Pays on the provider's page, as the user does. */
  void pay(String checkoutUrl) {
    String form = String.join(
        "&",
        List.of(
            "email=" + encoded("ada@example.com"),
            "number=4242424242424242",
            "exp=" + encoded("12/40"),
            "cvc=123",
            "name=Ada"));
    Reply reply = send(HttpRequest.newBuilder(URI.create(checkoutUrl))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(HttpRequest.BodyPublishers.ofString(form))
        .build());
    if (reply.status() != 303) {
      throw new AssertionError("not paid: " + reply.status() + " " + reply.body());
    }
  }

  /** Waits until every event that the provider has to tell is delivered and processed. */
  void settle() {
    try {
      if (!stripe.idle(Duration.ofSeconds(20))) {
        throw new AssertionError("events are still on their way");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
    await().atMost(Duration.ofSeconds(20)).until(() -> billing().idle());
  }

  /** Gives a new user this plan; returns the subscription's id. */
  String subscribe(String user, String tier) {
    Reply opened = post("/api/v1/checkout", user, checkoutOf(tier));
    pay(opened.at("/url"));
    Reply confirmed = post("/api/v1/checkout/" + opened.at("/sessionId") + "/confirm", user, null);
    if (confirmed.status() != 200) {
      throw new AssertionError(confirmed.body());
    }
    return confirmed.at("/subscription/id");
  }

  /** Makes {@link #close} wait until everything is sent that a stopping server still sends. */
  RunningServer awaitedAtItsEnd() {
    awaitedAtItsEnd = true;
    return this;
  }

  /**
   * Stops it in the background: a server that stops waits a second for connections that are kept
   * alive. A failure to stop fails the start of the next one.
   */
  @Override
  public void close() {
    CompletableFuture<Void> end = CompletableFuture.runAsync(
        () -> {
          server.close();
          stripe.close();
        },
        task -> {
          Thread thread = new Thread(task, "end of a server");
          thread.setDaemon(true);
          thread.start();
        });
    if (awaitedAtItsEnd) {
      end.join();
    } else {
      ENDING.add(end);
    }
  }

  private void sell(String name, String tier, long monthly, long yearly) {
    String product = create("/v1/products", Map.of("name", name)).path("id").asText();
    price(product, tier + "_monthly", monthly, "month");
    price(product, tier + "_yearly", yearly, "year");
  }

  private void price(String product, String lookupKey, long amount, String interval) {
    create(
        "/v1/prices",
        Map.of(
            "product",
            product,
            "currency",
            "usd",
            "unit_amount",
            Long.toString(amount),
            "lookup_key",
            lookupKey,
            "recurring",
            Map.of("interval", interval)));
  }

  private JsonNode create(String path, Map<String, Object> parameters) {
    try {
      return MAPPER.readTree(stripe.call(Request.of("POST", path, parameters)).body());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private <T> T cuttable(Class<T> port, Object real) {
    return port.cast(Proxy.newProxyInstance(
        port.getClassLoader(), new Class<?>[] {port}, (proxy, method, arguments) -> {
          boolean isPart = port == BillingStore.class && method.getReturnType().isInterface();
          if (isPart) {
            return cuttable(method.getReturnType(), invoke(real, method, arguments));
          }
          if (method.getName().equals("down")) {
            return storeDown.get();
          }
          storeCalls.accept(port, method.getName());
          if (storeDown.get() && !method.getName().equals("close")) {
            throw new StoreUnavailable("The database can't be reached.");
          }
          InstantSource clock = storeClock.get();
          if (clock != null && method.getName().equals("time")) {
            return Optional.of(clock.instant());
          }
          if (readOnly.get() && method.getName().equals("mode")) {
            return StoreMode.READ_ONLY;
          }
          if (writesPaused.get() && method.getName().equals("mode")) {
            return StoreMode.FROZEN;
          }
          if (writesPaused.get() && Set.of("ingest", "ingestAndApply").contains(method.getName())) {
            throw StoreUnavailable.writesPaused(
                "The store is being moved.", new IllegalStateException("PT503"));
          }
          return invoke(real, method, arguments);
        }));
  }

  private static Object invoke(Object real, Method method, Object @Nullable [] arguments)
      throws Throwable {
    try {
      return method.invoke(real, arguments);
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    }
  }
}
