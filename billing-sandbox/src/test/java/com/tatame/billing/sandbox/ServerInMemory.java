package com.tatame.billing.sandbox;

import com.tatame.billing.server.BillingConfig;
import com.tatame.billing.server.BillingServer;
import com.tatame.billing.stripe.StripeGateway;
import com.tatame.billing.testkit.InMemoryBillingStore;
import com.tatame.billing.testkit.TestIssuer;
import com.tatame.billing.testkit.simulator.StripeSimulator;
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

/** The real server over a store in memory and a simulated Stripe, with nothing else around it. */
final class ServerInMemory implements World {
  static final String WEBHOOK_SECRET = "whsec_of_the_tests";
  static final TestIssuer ISSUER =
      TestIssuer.create("https://issuer.example.com", InstantSource.system());

  private final StripeSimulator stripe;
  private final InMemoryBillingStore store = new InMemoryBillingStore();
  private final BillingServer server;
  private final TimeMachine timeMachine;

  private ServerInMemory(StripeSimulator stripe, String apiBase, Optional<String> apiVersion) {
    this.stripe = stripe;
    server = BillingServer.builder(BillingConfig.fromEnv(environment(apiBase)))
        .store(store)
        .gateway(gateway(apiBase))
        .clock(stripe::now)
        .random(new Random(1))
        .pages((javalin, billing) -> CatalogSeeding.seed(stripe, billing.catalog()))
        .start();
    timeMachine = new TimeMachine(stripe, server.billing());
    stripe.createWebhookEndpoint(
        url() + "/webhooks/stripe", Optional.of(WEBHOOK_SECRET), apiVersion);
  }

  static ServerInMemory start() {
    StripeSimulator stripe = StripeSimulator.builder().start();
    return new ServerInMemory(stripe, stripe.url(), Optional.empty());
  }

  /** As {@link #start}, with webhooks in the shape of this version of Stripe's API. */
  static ServerInMemory withWebhooksOf(String apiVersion) {
    StripeSimulator stripe = StripeSimulator.builder().start();
    return new ServerInMemory(stripe, stripe.url(), Optional.of(apiVersion));
  }

  /** Takes this simulator over, but calls Stripe at another address. */
  static ServerInMemory calling(String apiBase, StripeSimulator stripe) {
    return new ServerInMemory(stripe, apiBase, Optional.empty());
  }

  // The same that the server makes, but it doesn't wait long for a provider that is down.
  private static StripeGateway gateway(String apiBase) {
    return StripeGateway.builder("sk_test_e2e")
        .apiBase(URI.create(apiBase))
        .webhookSecrets(List.of(WEBHOOK_SECRET))
        .retries(1, Duration.ofMillis(1), Duration.ofMillis(1))
        .build();
  }

  /** What a server needs to be told that trusts {@link #ISSUER}. */
  static Map<String, String> environment(String apiBase) {
    String host =
        Base64.getEncoder().encodeToString("issuer.example.com$".getBytes(StandardCharsets.UTF_8));
    Map<String, String> env = new HashMap<>();
    env.put("BILLING_ENV", "test");
    env.put("PORT", "0");
    env.put("STRIPE_SECRET_KEY", "sk_test_e2e");
    env.put("STRIPE_PUBLISHABLE_KEY", "pk_test_e2e");
    env.put("STRIPE_WEBHOOK_SECRET", WEBHOOK_SECRET);
    env.put("STRIPE_API_BASE", apiBase);
    env.put("CLERK_PUBLISHABLE_KEY", "pk_test_" + host);
    env.put("CLERK_JWT_KEY", ISSUER.publicKeyPem());
    env.put("BILLING_ADMIN_SUBJECTS", "user_root");
    env.put("BILLING_CATALOG", "../examples/tatame/catalog.yaml");
    env.put("DATABASE_URL", "postgres://localhost/unused");
    return env;
  }

  BillingServer server() {
    return server;
  }

  InMemoryBillingStore store() {
    return store;
  }

  @Override
  public String url() {
    return "http://localhost:" + server.port();
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
    stripe.close();
  }
}
