package com.tatame.billing.sandbox;

import com.tatame.billing.money.Money;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.projection.SubjectState;
import com.tatame.billing.server.BillingConfig;
import com.tatame.billing.server.BillingServer;
import com.tatame.billing.simulator.StripeSimulator;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.stripe.StripeGateway;
import com.tatame.billing.testkit.InMemoryBillingStore;
import com.tatame.billing.testkit.TestIssuer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The real server in this process, over a simulated Stripe and any store. */
final class LocalServer implements World {
  static final String WEBHOOK_SECRET = "whsec_of_the_tests";
  static final TestIssuer ISSUER =
      TestIssuer.create("https://issuer.example.com", InstantSource.system());

  private static final List<String> ROWS = List.of(
      "account_entitlements",
      "billing_events",
      "checkout_sessions",
      "commands",
      "consumptions",
      "customers",
      "provider_objects",
      "stripe_customer_mapping",
      "stripe_invoices",
      "subscriptions",
      "usage_tracking",
      "users");

  private final StripeSimulator stripe;
  private final InMemoryBillingStore memory = new InMemoryBillingStore();
  private final Optional<Backing> backing;
  private final BillingServer server;
  private final TimeMachine timeMachine;

  private LocalServer(
      StripeSimulator stripe,
      String apiBase,
      Optional<String> apiVersion,
      Optional<Backing> backing) {
    this.stripe = stripe;
    this.backing = backing;
    BillingServer.Builder builder = BillingServer.builder(
            BillingConfig.fromEnv(environment(apiBase, backingSettings(backing))))
        .gateway(gateway(apiBase))
        .clock(stripe::now)
        .random(new Random(1))
        .pages((javalin, billing) -> billing.setup().run());
    if (backing.isEmpty()) {
      builder.store(memory);
    }
    server = builder.start();
    timeMachine = new TimeMachine(stripe, server.billing());
    stripe.createWebhookEndpoint(
        url() + "/webhooks/stripe", Optional.of(WEBHOOK_SECRET), apiVersion);
  }

  private static Map<String, String> backingSettings(Optional<Backing> backing) {
    return backing
        .map(Backing::environment)
        .orElse(Map.of("DATABASE_URL", "postgres://localhost/unused"));
  }

  /** Keeps everything in memory. */
  static LocalServer start() {
    StripeSimulator stripe = StripeSimulator.builder().start();
    return new LocalServer(stripe, stripe.url(), Optional.empty(), Optional.empty());
  }

  /** Reaches its database only by the backing's settings, and takes it over. */
  static LocalServer on(Backing backing) {
    StripeSimulator stripe = StripeSimulator.builder().start();
    return new LocalServer(stripe, stripe.url(), Optional.empty(), Optional.of(backing));
  }

  /** With webhooks in the shape of this version of Stripe's API; in memory without a backing. */
  static LocalServer withWebhooksOf(String apiVersion, Optional<Backing> backing) {
    StripeSimulator stripe = StripeSimulator.builder().start();
    return new LocalServer(stripe, stripe.url(), Optional.of(apiVersion), backing);
  }

  /** Takes this simulator over, but calls Stripe at another address. */
  static LocalServer calling(String apiBase, StripeSimulator stripe) {
    return new LocalServer(stripe, apiBase, Optional.empty(), Optional.empty());
  }

  // The same that the server makes, but it doesn't wait long for a provider that is down.
  private static StripeGateway gateway(String apiBase) {
    return StripeGateway.builder("sk_test_e2e")
        .apiBase(URI.create(apiBase))
        .webhookSecrets(List.of(WEBHOOK_SECRET))
        .retries(1, Duration.ofMillis(1), Duration.ofMillis(1))
        .build();
  }

  /** The settings of a server that trusts {@link #ISSUER}. */
  static Map<String, String> environment(String apiBase, Map<String, String> store) {
    String host =
        Base64.getEncoder().encodeToString("issuer.example.com$".getBytes(StandardCharsets.UTF_8));
    Map<String, String> env = new HashMap<>(store);
    env.put("BILLING_ENV", "test");
    env.put("BILLING_TRIAL_LEDGER_KEY", "a key that opens nothing but these tests");
    env.put("PORT", "0");
    env.put("STRIPE_SECRET_KEY", "sk_test_e2e");
    env.put("STRIPE_PUBLISHABLE_KEY", "pk_test_e2e");
    env.put("STRIPE_WEBHOOK_SECRET", WEBHOOK_SECRET);
    env.put("STRIPE_API_BASE", apiBase);
    env.put("CLERK_PUBLISHABLE_KEY", "pk_test_" + host);
    env.put("CLERK_JWT_KEY", ISSUER.publicKeyPem());
    env.put("BILLING_ADMIN_SUBJECTS", "user_root");
    env.put("BILLING_CATALOG", "../examples/tatame/catalog.yaml");
    return env;
  }

  BillingServer server() {
    return server;
  }

  /** What is kept of these subjects. */
  Map<SubjectId, SubjectState> load(List<SubjectQuery> wanted) {
    if (backing.isEmpty()) {
      return memory.projections().load(wanted);
    }
    try (BillingStore store = backing.get().open()) {
      return store.projections().load(wanted);
    }
  }

  /** What the database holds, told by tables; empty without one. */
  List<String> rows() {
    return backing.map(Backing::database).stream()
        .flatMap(database -> ROWS.stream()
            .flatMap(table -> database
                .query(
                    "select '%s ' || (to_jsonb(t) - 'as_of' - 'source' - 'updated_at')::text from %s t order by 1"
                        .formatted(table, table))
                .stream()))
        .toList();
  }

  /** Every text that the store holds, but for the payloads of webhooks. */
  List<String> everythingKept() {
    return backing
        .map(Backing::database)
        .map(database -> database
            .query("select table_name from information_schema.tables"
                + " where table_schema = 'billing' and table_type = 'BASE TABLE'")
            .stream()
            .flatMap(table ->
                database
                    .query("select (to_jsonb(t) - 'raw_data')::text from \"" + table + "\" t")
                    .stream())
            .toList())
        .orElseGet(() -> HeldTexts.in(memory));
  }

  /** Every row of every view of the schema; nothing where the store has none. */
  List<String> everythingInViews() {
    return backing
        .map(Backing::database)
        .map(database -> database
            .query("select table_name from information_schema.views where table_schema = 'billing'")
            .stream()
            .flatMap(
                view -> database.query("select to_jsonb(v)::text from \"" + view + "\" v").stream())
            .toList())
        .orElse(List.of());
  }

  /** The database behind it. */
  Backing backing() {
    return backing.orElseThrow();
  }

  /** What is known to have happened to a customer, in lines that are the same for every store. */
  List<String> factsOf(String customer) {
    return backing
        .map(Backing::database)
        .map(database -> database.query("""
            select concat_ws('|', event_type, fact_key, amount) from billing_events
            where subject_id = '%s' order by 1""".formatted(customer)))
        .orElseGet(() -> memory.factsOf(new SubjectId(customer)).stream()
            .map(fact -> Stream.of(
                    Optional.of(fact.type()),
                    Optional.of(fact.key()),
                    fact.amount().map(Money::amount))
                .flatMap(Optional::stream)
                .map(Object::toString)
                .collect(Collectors.joining("|")))
            .sorted()
            .toList());
  }

  @Override
  public String url() {
    return "http://localhost:" + server.port();
  }

  @Override
  public String program() {
    return "server in this process";
  }

  @Override
  public StripeSimulator stripe() {
    return stripe;
  }

  @Override
  public String token(String user) {
    return ISSUER.sessionToken(user).claim("email", user + "@example.com").sign();
  }

  @Override
  public void advance(String amount) {
    timeMachine.advance(amount);
  }

  @Override
  public void settle() {
    timeMachine.settle();
  }

  @Override
  public void close() {
    server.close();
    backing.ifPresent(Backing::close);
    stripe.close();
  }
}
