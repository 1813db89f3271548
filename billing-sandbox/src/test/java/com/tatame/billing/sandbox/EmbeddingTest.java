package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.tatame.billing.Billing;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Principal;
import com.tatame.billing.failure.Unauthenticated;
import com.tatame.billing.gateway.PaymentGateway;
import com.tatame.billing.sandbox.example.EmbeddedBilling;
import com.tatame.billing.sandbox.example.MountedBilling;
import com.tatame.billing.sandbox.example.SpringBilling;
import com.tatame.billing.simulator.StripeSimulator;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.stripe.StripeGateway;
import com.tatame.billing.testkit.InMemoryBillingStore;
import com.tatame.billing.testkit.WebhookSigner;
import io.javalin.Javalin;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The library inside of a plain program, of a Spring Boot application, and of a Javalin server. */
final class EmbeddingTest {
  private static final Path EXAMPLES = Path.of("src/test/java/com/tatame/billing/sandbox/example");
  private static final String SECRET = "whsec_spring";
  private static final String CONNECTIONS =
      "pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";

  @Test
  void aPlainMainSellsASubscription() {
    try (ChildProcess program = ChildProcess.java(EmbeddedBilling.class, Map.of())) {
      assertThat(program.awaitExit(Duration.ofSeconds(60))).isZero();
      assertThat(program.output()).contains("PAID, may export: true");
    }
  }

  @Test
  void aSpringBootApplicationSellsASubscription() throws Exception {
    Database database = new Database(PostgresServer.shared());
    try (StripeSimulator stripe = StripeSimulator.builder().start()) {
      EmbeddedBilling.putOnSale(stripe);
      try (ConfigurableApplicationContext application = spring(stripe, database)) {
        String pages =
            "http://localhost:" + application.getEnvironment().getProperty("local.server.port");
        stripe.createWebhookEndpoint(pages + "/webhook", Optional.of(SECRET), Optional.empty());
        assertThat(get(pages + "/export", "X-User", "user_alice")).isEqualTo(403);

        EmbeddedBilling.buyPro(application.getBean(Billing.class));

        await()
            .atMost(Duration.ofMinutes(1))
            .until(() -> get(pages + "/export", "X-User", "user_alice") == 200);
        assertThat(get(pages + "/export", "X-User", "user_bob")).isEqualTo(403);
        await()
            .atMost(Duration.ofMinutes(1))
            .until(() -> database.count(
                    "stripe_webhook_events where event_type = 'customer.subscription.created'"
                        + " and status = 'processed'")
                == 1);
        // Others go on arriving, so it is this one that is looked for, and not their number.
        assertThat(post(pages + "/webhook", event("evt_forged"), "Stripe-Signature", "t=1,v1=00"))
            .isEqualTo(400);
        assertThat(database.count("webhook_events where stripe_event_id = 'evt_forged'"))
            .isZero();
        assertThat(database.count(CONNECTIONS)).isPositive();
      }
    }

    // The context has ended, and with it what it held.
    assertThat(database.count(CONNECTIONS)).isZero();
  }

  @Test
  void aSpringBootApplicationThatComesBackStillKnows() throws Exception {
    Database database = new Database(PostgresServer.shared());
    String event = event("evt_kept");
    try (StripeSimulator stripe = StripeSimulator.builder().start()) {
      for (int start = 1; start <= 2; start++) {
        try (ConfigurableApplicationContext application = spring(stripe, database)) {
          String pages =
              "http://localhost:" + application.getEnvironment().getProperty("local.server.port");
          String signature = new WebhookSigner(SECRET).header(event, Instant.now());
          assertThat(post(pages + "/webhook", event, "Stripe-Signature", signature))
              .isEqualTo(200);
        }
      }
    }

    assertThat(database.count("webhook_events")).isEqualTo(1);
  }

  private static String event(String id) {
    return """
        {"id":"%s","object":"event","type":"unheard.of","created":1767225600,"livemode":false,
         "api_version":"2026-07-29.dahlia","data":{"object":{"id":"x_1","object":"x"}}}""".formatted(id);
  }

  private static ConfigurableApplicationContext spring(StripeSimulator stripe, Database database) {
    return new SpringApplicationBuilder(SpringBilling.class)
        .properties(Map.of(
            "server.port", "0",
            "spring.main.banner-mode", "off",
            "spring.jmx.enabled", "false",
            "stripe.secret-key", "sk_test_spring",
            "stripe.webhook-secret", SECRET,
            "stripe.api-base", stripe.url(),
            "billing.database", database.url()))
        .run();
  }

  @Test
  void aJavalinServerServesTheRoutesBesideItsOwn() throws Exception {
    try (StripeSimulator stripe = StripeSimulator.builder().start();
        BillingStore store = new InMemoryBillingStore()) {
      EmbeddedBilling.putOnSale(stripe);
      PaymentGateway gateway = StripeGateway.builder("sk_test_mounted")
          .apiBase(URI.create(stripe.url()))
          .build();
      try (Billing billing = Billing.builder()
          .gateway(gateway)
          .store(store)
          .catalog(EmbeddedBilling.CATALOG)
          .checkoutOrigins("https://shop.example.com")
          .build()) {
        billing.start();
        Javalin server =
            MountedBilling.start(billing, gateway, store, EmbeddingTest::trustAnyToken);
        try {
          String pages = "http://localhost:" + server.port();
          assertThat(get(pages + "/export")).isEqualTo(401);
          assertThat(get(pages + "/export", "Authorization", "Bearer user_alice"))
              .isEqualTo(403);

          String session = EmbeddedBilling.buyPro(billing).id();
          assertThat(post(
                  pages + "/api/v1/checkout/" + session + "/confirm",
                  "",
                  "Authorization",
                  "Bearer user_alice"))
              .isEqualTo(200);

          assertThat(get(pages + "/export", "Authorization", "Bearer user_alice"))
              .isEqualTo(200);
        } finally {
          server.stop();
        }
      }
    }
  }

  private static Principal trustAnyToken(String token) {
    if (token.isEmpty()) {
      throw new Unauthenticated("Nobody.");
    }
    return new Principal(
        new AccountId(token), "host", token, Optional.empty(), Optional.empty(), false);
  }

  @Test
  void theReadmeShowsWhatIsCompiledHere() throws IOException {
    assertThat(javaShownIn("../README.md")).singleElement().satisfies(shown -> {
      assertThat(shown).hasSizeBetween(10, 24);
      assertThat(stripped(example(EmbeddedBilling.class))).containsSequence(shown);
    });
  }

  @Test
  void theGuideShowsWhatIsCompiledHere() throws IOException {
    List<String> compiled = new ArrayList<>();
    for (Class<?> program :
        List.of(EmbeddedBilling.class, SpringBilling.class, MountedBilling.class)) {
      compiled.addAll(stripped(example(program)));
    }

    assertThat(javaShownIn("../docs/embedding.md"))
        .hasSizeGreaterThan(4)
        .allSatisfy(shown -> assertThat(compiled).containsSequence(shown));
  }

  private static List<String> example(Class<?> program) throws IOException {
    return Files.readAllLines(EXAMPLES.resolve(program.getSimpleName() + ".java"));
  }

  private static List<List<String>> javaShownIn(String document) throws IOException {
    List<List<String>> shown = new ArrayList<>();
    Optional<List<String>> open = Optional.empty();
    for (String line : Files.readAllLines(Path.of(document))) {
      if (line.equals("```java")) {
        open = Optional.of(new ArrayList<>());
      } else if (line.equals("```")) {
        open.map(EmbeddingTest::stripped).ifPresent(shown::add);
        open = Optional.empty();
      } else {
        open.ifPresent(lines -> lines.add(line));
      }
    }
    return shown;
  }

  private static List<String> stripped(List<String> lines) {
    return lines.stream().map(String::strip).filter(line -> !line.isEmpty()).toList();
  }

  private static int get(String address, String... headers) throws Exception {
    return send(HttpRequest.newBuilder(URI.create(address)), headers);
  }

  private static int post(String address, String body, String... headers) throws Exception {
    return send(
        HttpRequest.newBuilder(URI.create(address)).POST(BodyPublishers.ofString(body)), headers);
  }

  private static int send(HttpRequest.Builder request, String... headers) throws Exception {
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return HttpClient.newHttpClient()
        .send(request.build(), BodyHandlers.discarding())
        .statusCode();
  }
}
