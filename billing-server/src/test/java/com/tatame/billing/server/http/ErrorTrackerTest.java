package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.tatame.billing.gateway.PaymentGateway;
import com.tatame.billing.inbox.EventSource;
import com.tatame.billing.inbox.InboxStore;
import com.tatame.billing.server.BillingServer;
import com.tatame.billing.server.http.RunningServer.Reply;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.stripe.StripeGateway;
import com.tatame.billing.testkit.InMemoryBillingStore;
import com.tatame.billing.testkit.WebhookSigner;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an error tracker receives, over its own protocol, and what not. */
final class ErrorTrackerTest {
  private static final String MESSAGE = "what ada@example.com sent";

  private final Queue<String> reports = new ConcurrentLinkedQueue<>();
  private HttpServer tracker;

  @BeforeEach
  void listen() throws IOException {
    tracker = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
    tracker.createContext("/api/7/envelope/", this::receive);
    tracker.start();
  }

  @AfterEach
  void stop() {
    tracker.stop(0);
  }

  @Test
  void anUnexpectedFailureOfARequestIsReportedWithoutWhatWasSent() {
    String token;
    try (RunningServer server = reporting(parts -> parts.identity(any -> {
      throw new IllegalStateException(MESSAGE, new IllegalArgumentException(MESSAGE));
    }))) {
      token = RunningServer.bearer("user_ada").substring("Bearer ".length());
      Reply reply = server.post(
          "/api/v1/subscriptions/sub_1/cancel?email=eve@example.com",
          null,
          "{\"reason\": \"too dear\"}",
          "Authorization",
          "Bearer " + token,
          "Idempotency-Key",
          "key-18",
          "X-Request-ID",
          "request-17");
      assertThat(reply.status()).isEqualTo(500);
    }

    assertThat(reports).hasSize(1);
    assertThat(reports.element())
        .contains("IllegalStateException", "IllegalArgumentException", "ErrorTrackerTest")
        .contains("request-17", "POST /api/v1/subscriptions/{id}/cancel")
        .contains("\"release\":\"tatame-billing@", "\"environment\":\"test\"")
        .doesNotContain(token, "example.com", "sub_1", "user_ada", "too dear", "key-18")
        .doesNotContain("sk_test_1", RunningServer.WEBHOOK_SECRET, RunningServer.METRICS_TOKEN)
        .doesNotContain("server_name", "\"user\":{\"", "\"request\":", "ip_address", "breadcrumbs");
  }

  @Test
  void anUnexpectedFailureOfAWorkerIsReported() {
    BillingStore store = new InMemoryBillingStore();
    BillingStore broken = Replaced.part(
        BillingStore.class,
        store,
        "inbox",
        () -> Replaced.part(InboxStore.class, store.inbox(), "claim", () -> {
          throw new IllegalStateException(MESSAGE);
        }));
    try (RunningServer server = reporting(parts -> parts.store(broken))) {
      await().atMost(Duration.ofMinutes(1)).until(() -> !reports.isEmpty());
      assertThat(server.get("/health/live", null).status()).isEqualTo(200);
    }

    assertThat(reports.element())
        .contains("IllegalStateException", "\"transaction\":\"worker\"")
        .doesNotContain("ada@example.com");
  }

  @Test
  void anEventThatCantBeProcessedIsReportedWithoutWhatItHolds() {
    PaymentGateway gateway = StripeGateway.builder("sk_test_1")
        .webhookSecrets(List.of(RunningServer.WEBHOOK_SECRET))
        .apiBase(URI.create("http://localhost:" + tracker.getAddress().getPort()))
        .build();
    PaymentGateway broken = Replaced.part(
        PaymentGateway.class,
        gateway,
        "events",
        () -> Replaced.part(EventSource.class, gateway.events(), "translate", () -> {
          throw new IllegalStateException(MESSAGE);
        }));
    String event = """
        {"id":"evt_1","object":"event","type":"customer.updated","created":1767225600,"livemode":false,
         "api_version":"2026-07-29.dahlia","data":{"object":{"id":"cus_1","object":"customer"}}}""";
    String signature = new WebhookSigner(RunningServer.WEBHOOK_SECRET).header(event, Instant.now());
    try (RunningServer server = reporting(parts -> parts.gateway(broken))) {
      Reply reply = server.post("/webhooks/stripe", null, event, "Stripe-Signature", signature);
      assertThat(reply.status()).isEqualTo(200);
      await().atMost(Duration.ofMinutes(1)).until(() -> !reports.isEmpty());
    }

    assertThat(reports.element())
        .contains("IllegalStateException", "\"transaction\":\"worker\"")
        .doesNotContain("ada@example.com", "cus_1", signature);
  }

  @Test
  void whatIsExpectedIsNotReported() {
    try (RunningServer server = reporting(parts -> parts)) {
      server.get("/nowhere", "user_ada");
      server.get("/api/v1/products?limit=0", "user_ada");
      server.post("/api/v1/customer", null, "{}");
      server.cutOffStore(true);
      assertThat(server.get("/api/v1/entitlements", "user_ada").status()).isEqualTo(503);
    }

    assertThat(reports).isEmpty();
  }

  @Test
  void aTrackerThatCantBeReachedChangesNoAnswer() {
    tracker.stop(0);
    try (RunningServer server = reporting(parts -> parts.identity(any -> {
      throw new IllegalStateException(MESSAGE);
    }))) {
      for (int i = 0; i < 100; i++) {
        assertThat(server.get("/api/v1/entitlements", "user_ada").status()).isEqualTo(500);
      }
    }
  }

  private RunningServer reporting(UnaryOperator<BillingServer.Builder> parts) {
    return new RunningServer(
            Map.of("SENTRY_DSN", "http://key@localhost:" + tracker.getAddress().getPort() + "/7"),
            parts)
        .awaitedAtItsEnd();
  }

  private void receive(HttpExchange exchange) throws IOException {
    boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
    try (InputStream body =
        zipped ? new GZIPInputStream(exchange.getRequestBody()) : exchange.getRequestBody()) {
      reports.add(new String(body.readAllBytes(), StandardCharsets.UTF_8));
    }
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }
}
