package com.tatame.billing.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tatame.billing.Billing;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.mailservice.MailBranding;
import com.tatame.billing.mailservice.MailServices;
import com.tatame.billing.schema.Migrations;
import com.tatame.billing.schema.SupabaseSql;
import com.tatame.billing.server.BillingConfig;
import com.tatame.billing.server.BillingServer;
import com.tatame.billing.simulator.StripeSimulator;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.testkit.TestIssuer;
import com.tatame.billing.testkit.supabase.LocalSupabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The whole product on one machine without an account anywhere. The server is the real one with the
 * real adapters; simulated are Stripe, the identity issuer and the passing of time.
 */
public final class Sandbox implements AutoCloseable {
  private static final String ISSUER_HOST = "issuer.sandbox.localhost";
  private static final String ISSUER = "https://" + ISSUER_HOST;
  private static final String ALLOWED_RETURNS = "https://example.com,https://yourapp.com";

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final BillingServer server;
  private final StripeSimulator simulator;
  private final EmbeddedDatabase database;
  private final Path catalog;

  private Sandbox(SandboxConfig config) {
    SecureRandom random = new SecureRandom();
    InstantSource wallClock = InstantSource.system();
    catalog = config.catalog().orElseGet(Sandbox::exampleCatalog);
    Path directory = config.dataDirectory();
    createFolder(directory);
    KeptSecrets kept = new KeptSecrets(directory);
    String webhookSecret = config.webhookSecret().orElseGet(() -> kept.webhookSecret(random));
    TestIssuer issuer = kept.issuer(ISSUER, wallClock);
    try {
      database = keep(EmbeddedDatabase.start(
          directory.resolve("postgres"), config.addresses().databasePort()));
      refuseOlderSchema(database, directory);
      simulator = keep(StripeSimulator.builder()
          .host(config.addresses().simulatorHost())
          .port(config.addresses().simulatorPort())
          .startAt(wallClock.instant().truncatedTo(ChronoUnit.SECONDS))
          .seed(random.nextLong())
          .stateFile(directory.resolve("stripe.json"))
          .start());
      BillingConfig settings = BillingConfig.fromEnv(
          environment(config, storeSettings(config, database), issuer, webhookSecret));
      KeptMails mails =
          new KeptMails(MailServices.templates(branding(config.addresses()), Optional.empty()));
      server = keep(BillingServer.builder(settings)
          .host(config.addresses().host())
          .clock(simulator::now)
          .mail(mails.plugin())
          .pages((javalin, billing) -> {
            // Whose file is edited back and forth is alone here, and means what it says now.
            billing.catalogs().publish(billing.catalog());
            sell(billing, directory);
            TimeMachine timeMachine = new TimeMachine(simulator, billing);
            javalin.routes.before("/sandbox/*", OwnOrigin::require);
            new SandboxRoutes(issuer, timeMachine, wallClock).mount(javalin.routes);
            PageRenderer renderer = new PageRenderer(simulator.url());
            HomeRoutes home = new HomeRoutes(billing, timeMachine, ISSUER, renderer, random);
            home.mount(javalin.routes);
            new ChatPages(billing, ISSUER, renderer, home::page).mount(javalin.routes);
            new MailPages(billing, mails, renderer, home::page).mount(javalin.routes);
            new DeliveryPages(billing, renderer, home::page).mount(javalin.routes);
          })
          .start());
      simulator.onClock(SqlClock.install(database)::set);
      listenOnlyHere(url() + "/webhooks/stripe", webhookSecret);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Starts everything and returns when it can be used.
   *
   * @throws UncheckedIOException if PostgreSQL can't be started
   */
  public static Sandbox start(SandboxConfig config) {
    return new Sandbox(config);
  }

  /** Where the page is, without a final slash. */
  public String url() {
    return "http://localhost:" + server.port();
  }

  /** Where its PostgreSQL is, as {@code psql} takes it; needs no password. */
  public String databaseUrl() {
    return database.libpqUrl();
  }

  /** The simulated Stripe. */
  public StripeSimulator simulator() {
    return simulator;
  }

  /** Mails lead to the start page, where it is known before the start. */
  private static MailBranding branding(SandboxConfig.Addresses addresses) {
    URI page = URI.create(
        addresses.port() == 0
            ? "https://example.com/"
            : "http://localhost:" + addresses.port() + "/");
    return new MailBranding(
        "Tatame sandbox",
        Optional.of(page),
        Optional.of(page.resolve("#plans")),
        Optional.of("help@example.com"));
  }

  private static final String SECRETS_KEY = "sandbox:"
      + Base64.getEncoder()
          .encodeToString("a sandbox keeps nothing secret!!".getBytes(StandardCharsets.UTF_8));

  private Map<String, String> environment(
      SandboxConfig config, Map<String, String> store, TestIssuer issuer, String webhookSecret) {
    String host =
        Base64.getEncoder().encodeToString((ISSUER_HOST + "$").getBytes(StandardCharsets.UTF_8));
    Map<String, String> env = new HashMap<>(store);
    env.put("BILLING_ENV", "sandbox");
    env.put("PORT", Integer.toString(config.addresses().port()));
    env.put("STRIPE_SECRET_KEY", "sk_test_sandbox");
    env.put("STRIPE_PUBLISHABLE_KEY", "pk_test_sandbox");
    env.put("STRIPE_WEBHOOK_SECRET", webhookSecret);
    env.put("STRIPE_API_BASE", simulator.url());
    env.put("CLERK_PUBLISHABLE_KEY", "pk_test_" + host);
    env.put("CLERK_JWT_KEY", issuer.publicKeyPem());
    env.put("BILLING_ADMIN_CLAIM", "role=admin");
    env.put("BILLING_CHECKOUT_URLS", ALLOWED_RETURNS);
    env.put("BILLING_CATALOG", catalog.toString());
    // No real person has a trial here; the same at each start, so that a kept state stays of use.
    env.put("BILLING_TRIAL_LEDGER_KEY", "the sandbox has no secrets worth keeping");
    env.put("BILLING_SECRETS_KEY", SECRETS_KEY);
    env.put("BILLING_EVENT_PRIVATE_ADDRESSES", "true");
    return env;
  }

  // The server reaches its database only by these settings.
  private Map<String, String> storeSettings(SandboxConfig config, EmbeddedDatabase database) {
    return switch (config.store()) {
      case POSTGRES -> Map.of("BILLING_STORE", "postgres", "DATABASE_URL", database.libpqUrl());
      case SUPABASE -> {
        LocalSupabase project = keep(supabase(database));
        yield Map.of(
            "BILLING_STORE", "supabase",
            "SUPABASE_URL", project.url(),
            "SUPABASE_SERVICE_ROLE_KEY", project.secretKey());
      }
    };
  }

  private static LocalSupabase supabase(EmbeddedDatabase database) {
    LocalSupabase.createRoles(database.jdbcUrl());
    database.run(SupabaseSql.migrations(Migrations.DEFAULT_SCHEMA));
    return LocalSupabase.builder(database.jdbcUrl())
        .withSchema(Migrations.DEFAULT_SCHEMA)
        .start();
  }

  // Started from the project's folder, or by a test from the module's.
  private static Path exampleCatalog() {
    return List.of(
            Path.of("examples/tatame/catalog.yaml"), Path.of("../examples/tatame/catalog.yaml"))
        .stream()
        .filter(Files::isReadable)
        .findFirst()
        .orElseThrow(() -> ValidationFailed.of(
            "BILLING_CATALOG",
            "is not set, and examples/tatame/catalog.yaml is not here; start ./run"));
  }

  private static void refuseOlderSchema(EmbeddedDatabase database, Path directory) {
    if (database.hasSchemaWithout(Migrations.DEFAULT_SCHEMA, Migrations.HISTORY_TABLE)) {
      throw new IllegalStateException("the database holds what an older version made. Delete "
          + directory + " to start afresh.");
    }
  }

  private static void createFolder(Path directory) {
    try {
      PrivateFiles.createFolder(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(directory + " can't be made; set BILLING_DATA_DIR", e);
    }
  }

  private static void sell(Billing billing, Path directory) {
    try {
      billing.setup().run();
    } catch (ValidationFailed e) {
      throw new IllegalStateException(
          "the simulated account holds what an older version or another catalog made. Delete "
              + directory + " to start afresh, or set BILLING_DATA_DIR: " + e.getMessage(),
          e);
    }
  }

  // An endpoint that an earlier start made for another port would never answer again.
  private void listenOnlyHere(String address, String secret) {
    boolean there = false;
    JsonNode endpoints = json(
        simulator.call(Request.of("GET", "/v1/webhook_endpoints", Map.of())).body());
    for (JsonNode endpoint : endpoints.path("data")) {
      String id = endpoint.path("id").asText();
      if (endpoint.path("url").asText().equals(address)
          && simulator.secretsOf(id).contains(secret)) {
        there = true;
      } else {
        simulator.call(Request.of("DELETE", "/v1/webhook_endpoints/" + id, Map.of()));
      }
    }
    if (!there) {
      simulator.createWebhookEndpoint(address, Optional.of(secret), Optional.empty());
    }
  }

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the simulator answered no JSON", e);
    }
  }

  private <T extends AutoCloseable> T keep(T part) {
    parts.push(part);
    return part;
  }

  /** Stops everything in reverse; what is stored stays. */
  @Override
  public void close() {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        System.getLogger(Sandbox.class.getName())
            .log(System.Logger.Level.WARNING, "a part of the sandbox did not stop cleanly", e);
      }
    }
  }

  /** Starts the sandbox and serves until the process is told to stop. */
  public static void main(String[] args) {
    System.setProperty("logback.configurationFile", "sandbox/logback.xml");
    Sandbox sandbox;
    try {
      sandbox = start(SandboxConfig.fromEnv(System.getenv()));
    } catch (RuntimeException e) {
      System.err.println("The sandbox did not start: " + e.getMessage());
      System.exit(1);
      return;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(sandbox::close, "sandbox-stop"));
    System.out.println("Catalog           " + sandbox.catalog);
    System.out.println("Database          " + sandbox.databaseUrl());
    System.out.println("Stripe simulator  " + sandbox.simulator().url());
    System.out.println("API               " + sandbox.url() + "/docs");
    System.out.println("Open the page, sign in as a test user and choose a plan. Ctrl-C stops it.");
    System.out.println("ready " + sandbox.url());
  }
}
