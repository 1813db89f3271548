package com.tatame.billing.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.setup.Setup;
import com.tatame.billing.simulator.StripeSimulator;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.testkit.TestIssuer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class DoctorTest {
  private static final TestIssuer ISSUER =
      TestIssuer.create("https://clerk.example.com", InstantSource.system());

  private final StripeSimulator stripe = StripeSimulator.builder().start();

  @AfterEach
  void stop() {
    stripe.close();
  }

  @Test
  void saysWhatIsWellAndWhatToDoAboutTheRest() {
    String product = create("/v1/products", Map.of("name", "Plans"));
    price(product, "basic_monthly", 999, "month");
    price(product, "basic_yearly", 9590, "year");
    price(product, "pro_monthly", 2500, "month");

    stripe.createWebhookEndpoint(
        "https://billing.example.com/webhooks/stripe", Optional.empty(), Optional.of("2024-06-20"));

    StringWriter out = new StringWriter();
    boolean healthy = new Doctor(config(stripe.url()), new PrintWriter(out)).run();

    assertThat(healthy).isFalse();
    assertThat(out.toString())
        .contains("FAILED  database: ")
        .contains("Check DATABASE_URL")
        .contains("ok      payment provider: answers, test mode, API version 20")
        .contains(
            "ok      webhook endpoint: https://billing.example.com/webhooks/stripe is enabled,"
                + " API version 2024-06-20, sends every type of event; the address is not compared")
        .contains("ok      webhook secrets: 2 configured")
        .contains("ok      webhook sources: 17 addresses or ranges; no proxy is trusted, so")
        .contains("ok      identity provider: keys known for https://clerk.example.com")
        .contains("ok      price basic monthly: price_")
        .contains("FAILED  price pro monthly: The price price_")
        .contains("is 2500 usd, the catalog says 2499 usd monthly")
        .contains("FAILED  price pro yearly: There is no active price with lookup key pro_yearly.")
        .contains("STRIPE_PRICE_PRO_YEARLY")
        .contains("Something needs your attention.")
        .doesNotContain("topsecret");
  }

  @Test
  void anAccountWithoutAWebhookEndpointIsNotWell() {
    StringWriter out = new StringWriter();
    new Doctor(config(stripe.url()), new PrintWriter(out)).run();

    assertThat(out.toString())
        .contains("FAILED  webhook endpoint: The account has no webhook endpoint.");
  }

  @Test
  void theEndpointOfAnotherServerIsNotThisOnes() {
    stripe.createWebhookEndpoint(
        "https://old.example.com/webhooks/stripe", Optional.empty(), Optional.empty());
    StringWriter out = new StringWriter();
    new Doctor(
            config(stripe.url(), Map.of("BILLING_PUBLIC_URL", "https://billing.example.com")),
            new PrintWriter(out))
        .run();

    assertThat(out.toString())
        .contains("FAILED  webhook endpoint: The account has no webhook endpoint at"
            + " https://billing.example.com/webhooks/stripe, but at"
            + " https://old.example.com/webhooks/stripe.")
        .contains("Run 'billing setup', which makes or updates it");
  }

  @Test
  void theEndpointThatSetupMakesIsWell() {
    Map<String, String> publicUrl = Map.of("BILLING_PUBLIC_URL", "https://billing.example.com/");
    BillingConfig config = config(stripe.url(), publicUrl);
    Setup setup = new Setup(
        config.catalog().content(),
        BillingServer.stripe(config, new Telemetry(), InstantSource.system()).setup());
    setup.apply(setup.plan(config.publicUrl().map(PublicUrl::webhooks)), (change, made) -> {});
    StringWriter out = new StringWriter();
    new Doctor(config, new PrintWriter(out)).run();

    assertThat(out.toString())
        .contains(
            "ok      webhook endpoint: https://billing.example.com/webhooks/stripe is enabled,"
                + " API version 20")
        .contains(", sends all ", " types of events that are read")
        .doesNotContain("is not compared");
  }

  @Test
  void whatIsProbablyNotMeantIsShown() {
    StringWriter out = new StringWriter();
    new Doctor(
            config(stripe.url(), Map.of("STRIPE_PUBLISHABLE_KY", "pk_test_1")),
            new PrintWriter(out))
        .run();

    assertThat(out.toString())
        .contains("warning configuration: STRIPE_PUBLISHABLE_KY is not read; did you mean"
            + " STRIPE_PUBLISHABLE_KEY?");
  }

  @Test
  void aProviderThatCanNotBeReachedIsToldWithoutTheKey() {
    StringWriter out = new StringWriter();
    new Doctor(config("http://localhost:1"), new PrintWriter(out)).run();

    assertThat(out.toString())
        .contains("FAILED  payment provider: ")
        .contains("Check STRIPE_SECRET_KEY")
        .contains("FAILED  catalog: ")
        .doesNotContain("topsecret");
  }

  @Test
  void aMoveThatIsConfiguredIsLookedAt() {
    StringWriter out = new StringWriter();
    new Doctor(
            config(
                stripe.url(),
                Map.of(
                    "BILLING_MOVE_TO", "postgres",
                    "BILLING_MOVE_DATABASE_URL",
                        "postgres://user:topsecret@localhost:1/elsewhere")),
            new PrintWriter(out))
        .run();

    assertThat(out.toString())
        .contains("FAILED  move: The store to move from (postgres): The database can't be reached.")
        .contains("Check BILLING_MOVE_TO")
        .doesNotContain("topsecret");
  }

  private static BillingConfig config(String stripeUrl) {
    return config(stripeUrl, Map.of());
  }

  private static BillingConfig config(String stripeUrl, Map<String, String> more) {
    Map<String, String> environment = new HashMap<>(Map.of(
        "BILLING_ENV", "test",
        "STRIPE_WEBHOOK_SOURCES", "stripe, 192.0.2.0/24,::1",
        "STRIPE_SECRET_KEY", "sk_test_topsecret",
        "STRIPE_WEBHOOK_SECRET", "whsec_topsecret,whsec_topsecret2",
        "STRIPE_API_BASE", stripeUrl,
        "BILLING_CATALOG", "../examples/tatame/catalog.yaml",
        "CLERK_PUBLISHABLE_KEY", "pk_test_Y2xlcmsuZXhhbXBsZS5jb20k",
        "CLERK_JWT_KEY", ISSUER.publicKeyPem(),
        "DATABASE_URL", "postgres://user:topsecret@localhost:1/billing"));
    environment.putAll(more);
    return BillingConfig.fromEnv(environment);
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

  private String create(String path, Map<String, Object> parameters) {
    String body = stripe.call(Request.of("POST", path, parameters)).body();
    return body.replaceFirst("(?s).*?\"id\"\\s*:\\s*\"(\\w+)\".*", "$1");
  }
}
