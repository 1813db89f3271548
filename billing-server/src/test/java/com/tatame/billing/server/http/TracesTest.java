package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import com.tatame.billing.inbox.InboxStore;
import com.tatame.billing.server.http.RunningServer.Reply;
import com.tatame.billing.simulator.engine.Fault;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.testkit.InMemoryBillingStore;
import com.tatame.billing.testkit.WebhookSigner;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a collector of traces learns, and what not. */
final class TracesTest {
  private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
  private final OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
      .setTracerProvider(SdkTracerProvider.builder()
          .addSpanProcessor(SimpleSpanProcessor.create(exporter))
          .build())
      .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
      .build();

  @AfterEach
  void close() {
    sdk.close();
  }

  @Test
  void aRequestIsASpanNamedByItsRoute() {
    try (RunningServer server = traced()) {
      server.get("/api/v1/subscriptions/sub_secret", "user_ada", "X-Request-ID", "request-17");
      server.get("/no/such/path", null);
    }

    SpanData span = span("GET /api/v1/subscriptions/{id}");
    assertThat(span.getKind()).isEqualTo(SpanKind.SERVER);
    assertThat(span.getAttributes().asMap())
        .isEqualTo(Map.of(
            AttributeKey.stringKey("http.request.method"), "GET",
            AttributeKey.stringKey("http.route"), "/api/v1/subscriptions/{id}",
            AttributeKey.longKey("http.response.status_code"), 404L,
            AttributeKey.stringKey("billing.request_id"), "request-17"));
    assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    assertThat(span("any unrouted").getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    assertThat(exporter.getFinishedSpanItems().toString())
        .doesNotContain("sub_secret", "user_ada", "/no/such/path");
  }

  @Test
  void aRequestIsPartOfItsCallersTrace() {
    String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    try (RunningServer server = traced()) {
      server.get("/api/v1/plans", null, "traceparent", "00-" + trace + "-00f067aa0ba902b7-01");
      server.get("/api/v1/config", null, "traceparent", "nonsense");
    }

    assertThat(span("GET /api/v1/plans").getTraceId()).isEqualTo(trace);
    assertThat(span("GET /api/v1/plans").getParentSpanId()).isEqualTo("00f067aa0ba902b7");
    assertThat(span("GET /api/v1/config").getParentSpanContext().isValid()).isFalse();
  }

  @Test
  void aCallOfTheProviderIsPartOfTheRequestThatMadeIt() {
    try (RunningServer server = traced()) {
      server.post("/api/v1/customer", "user_ada", "{\"email\":\"ada@example.com\"}");
    }

    SpanData call = span("stripe customers.create");
    SpanData request = span("POST /api/v1/customer");
    assertThat(call.getKind()).isEqualTo(SpanKind.CLIENT);
    assertThat(call.getTraceId()).isEqualTo(request.getTraceId());
    assertThat(call.getParentSpanId()).isEqualTo(request.getSpanId());
    assertThat(call.getAttributes().asMap())
        .isEqualTo(Map.of(AttributeKey.stringKey("billing.provider.outcome"), "succeeded"));
    assertThat(call.getStartEpochNanos()).isLessThanOrEqualTo(call.getEndEpochNanos());
    assertThat(exporter.getFinishedSpanItems().toString()).doesNotContain("ada@example.com");
  }

  @Test
  void aBatchOfEventsIsASpanWithWhatBecameOfThem() {
    try (RunningServer server = tracedWorkers(new InMemoryBillingStore())) {
      server.subscribe("user_ada", "pro");
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> !spans("process events").isEmpty()
              && spans().stream().anyMatch(call -> call.getName().startsWith("stripe ")));
    }

    assertThat(spans())
        .as("no batch asks the provider")
        .noneMatch(call -> call.getName().startsWith("stripe ")
            && spans("process events").stream()
                .anyMatch(batch -> call.getTraceId().equals(batch.getTraceId())));
    assertThat(spans("process events")).allSatisfy(batch -> {
      assertThat(batch.getKind()).isEqualTo(SpanKind.CONSUMER);
      assertThat(batch.getParentSpanContext().isValid()).isFalse();
      assertThat(batch.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
      batch
          .getAttributes()
          .forEach((key, events) -> assertThat(key.getKey())
              .matches("billing\\.events\\.(processed|ignored|retrying|dead)"));
    });
    assertThat(spans("process events").stream()
            .mapToLong(batch -> batch.getAttributes().asMap().values().stream()
                .mapToLong(Long.class::cast)
                .sum())
            .sum())
        .isGreaterThanOrEqualTo(1);
    assertThat(spans().toString()).doesNotContain("user_ada", "evt_", "sub_", "cus_");
  }

  @Test
  void aBatchThatFailsIsMarked() {
    InMemoryBillingStore store = new InMemoryBillingStore();
    BillingStore forgetful = Replaced.part(
        BillingStore.class,
        store,
        "inbox",
        () -> Replaced.part(InboxStore.class, store.inbox(), "settle", () -> {
          throw new IllegalStateException("of user_ada");
        }));
    try (RunningServer server = tracedWorkers(forgetful)) {
      String event = """
          {"id":"evt_1","object":"event","type":"unheard.of","created":1767225600,"livemode":false,
           "api_version":"2026-07-29.dahlia","data":{"object":{"id":"x_1","object":"x"}}}""";
      String signature =
          new WebhookSigner(RunningServer.WEBHOOK_SECRET).header(event, Instant.now());
      server.post("/webhooks/stripe", null, event, "Stripe-Signature", signature);
      await().atMost(Duration.ofMinutes(1)).until(() -> !failedBatches().isEmpty());
    }

    SpanData batch = failedBatches().get(0);
    assertThat(batch.getAttributes().asMap())
        .containsEntry(AttributeKey.stringKey("error.type"), "java.lang.IllegalStateException");
    assertThat(spans().toString()).doesNotContain("user_ada");
  }

  @Test
  void whatFailsIsMarked() {
    try (RunningServer server = traced()) {
      server.stripe.fail(new Fault("POST /v1/customers", 500, Fault.When.BEFORE), 1000);
      assertThat(server.post("/api/v1/customer", "user_ada", "{}").status()).isEqualTo(503);
    }

    assertThat(span("POST /api/v1/customer").getStatus().getStatusCode())
        .isEqualTo(StatusCode.ERROR);
    assertThat(span("stripe customers.create").getStatus().getStatusCode())
        .isEqualTo(StatusCode.ERROR);
  }

  @Test
  void aConfiguredCollectorGetsThemOverHttpBeforeTheServerHasStopped() throws IOException {
    Queue<String> received = new ConcurrentLinkedQueue<>();
    HttpServer collector = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
    collector.createContext("/v1/traces", exchange -> {
      received.add(
          new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1));
      exchange.sendResponseHeaders(200, -1);
      exchange.close();
    });
    collector.start();
    try (RunningServer server = new RunningServer(Map.of(
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "http://localhost:" + collector.getAddress().getPort()))
        .awaitedAtItsEnd()) {
      Reply reply = server.get("/api/v1/subscriptions/sub_secret", "user_ada");
      assertThat(reply.status()).isEqualTo(404);
    } finally {
      collector.stop(1);
    }

    assertThat(String.join("", received))
        .contains("GET /api/v1/subscriptions/{id}", "tatame-billing")
        .doesNotContain("sub_secret", "user_ada");
  }

  private RunningServer traced() {
    return new RunningServer(Map.of(), server -> server.openTelemetry(sdk)).awaitedAtItsEnd();
  }

  /** Its workers get every event. */
  private RunningServer tracedWorkers(BillingStore store) {
    return new RunningServer(
            Map.of(), server -> server.openTelemetry(sdk).store(store).projectOnArrival(false))
        .awaitedAtItsEnd();
  }

  private SpanData span(String name) {
    return spans(name).stream()
        .findFirst()
        .orElseThrow(() -> new AssertionError(
            name + " is not among " + spans().stream().map(SpanData::getName).toList()));
  }

  private List<SpanData> spans(String name) {
    return spans().stream().filter(span -> span.getName().equals(name)).toList();
  }

  private List<SpanData> failedBatches() {
    return spans("process events").stream()
        .filter(batch -> batch.getStatus().getStatusCode() == StatusCode.ERROR)
        .toList();
  }

  private List<SpanData> spans() {
    return exporter.getFinishedSpanItems();
  }
}
