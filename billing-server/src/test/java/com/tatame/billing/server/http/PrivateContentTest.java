package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.read.ListAppender;
import com.tatame.billing.audit.AuditFilter;
import com.tatame.billing.checkin.CheckInStore;
import com.tatame.billing.conversation.ConversationStore;
import com.tatame.billing.server.http.RunningServer.Reply;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.testkit.InMemoryBillingStore;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What people say in conversations and check-ins is in no log, trace, audit entry or event. */
final class PrivateContentTest {
  /** Part of everything that is said here, and of nothing else. */
  private static final String SECRET = "entre-nous";

  private static final Map<String, String> CATALOG = Map.of(
      "BILLING_CATALOG",
      "../examples/mybeing/catalog.yaml",
      "BILLING_CHECKOUT_URLS",
      "https://example.com");

  private final InMemorySpanExporter spans = InMemorySpanExporter.create();
  private final OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
      .setTracerProvider(SdkTracerProvider.builder()
          .addSpanProcessor(SimpleSpanProcessor.create(spans))
          .build())
      .build();
  private final Logger root = (Logger) LoggerFactory.getLogger("ROOT");
  private final Logger own = (Logger) LoggerFactory.getLogger("com.tatame.billing");
  private final @Nullable Level level = own.getLevel();
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void listen() {
    own.setLevel(Level.TRACE);
    lines.start();
    root.addAppender(lines);
  }

  @AfterEach
  void stop() {
    root.detachAppender(lines);
    own.setLevel(level);
    sdk.close();
  }

  @Test
  void whatIsSaidIsToldToItsOwnerAlone() {
    try (RunningServer server =
        new RunningServer(CATALOG, parts -> parts.openTelemetry(sdk)).awaitedAtItsEnd()) {
      tellAll(server);

      assertThat(server.store().audit().list(AuditFilter.ALL, OptionalLong.empty(), 101))
          .isNotEmpty()
          .extracting(Object::toString)
          .noneMatch(entry -> entry.contains(SECRET));
      assertThat(server
              .get("/metrics", null, "Authorization", "Bearer " + RunningServer.METRICS_TOKEN)
              .body())
          .contains("/api/v1/chat/save")
          .doesNotContain(SECRET);
    }

    assertThat(logged()).contains("/api/v1/chat/save").doesNotContain(SECRET);
    assertThat(spans.getFinishedSpanItems().toString())
        .contains("POST /api/v1/chat/save", "POST /api/v1/check-ins")
        .doesNotContain(SECRET);
  }

  @Test
  void whatIsSaidIsNotToldByAFailureEither() {
    BillingStore store = new InMemoryBillingStore();
    Queue<String> failures = new ConcurrentLinkedQueue<>();
    BillingStore broken = failing(store, failures);
    try (RunningServer server = new RunningServer(
            CATALOG, parts -> parts.store(broken).openTelemetry(sdk))
        .awaitedAtItsEnd()) {
      assertThat(server.post("/api/v1/chat/save", "user_ada", message()).status())
          .isEqualTo(500);
      assertThat(server.post("/api/v1/check-ins", "user_ada", checkIn()).status())
          .isEqualTo(500);
    }

    assertThat(failures).as("of whom the store speaks").hasSize(2);
    assertThat(logged()).contains(failures.element()).doesNotContain(SECRET);
    assertThat(spans.getFinishedSpanItems().toString()).doesNotContain(SECRET);
  }

  /** A store that fails by naming what it was called with, as a careless one would. */
  private static BillingStore failing(BillingStore store, Queue<String> failures) {
    return Replaced.part(
        BillingStore.class,
        Replaced.part(
            BillingStore.class,
            store,
            "conversations",
            () -> Replaced.part(ConversationStore.class, store.conversations(), "append", args -> {
              throw failure(failures, args[0]);
            })),
        "checkIns",
        () -> Replaced.part(CheckInStore.class, store.checkIns(), "add", args -> {
          throw failure(failures, args[0]);
        }));
  }

  private static IllegalStateException failure(Queue<String> failures, Object argument) {
    failures.add("can't store " + argument);
    return new IllegalStateException("can't store " + argument);
  }

  private static void tellAll(RunningServer server) {
    Reply saved = server.post("/api/v1/chat/save", "user_ada", message(), "Idempotency-Key", "k");
    assertThat(saved.status()).as(saved.body()).isEqualTo(201);
    String conversation = "/api/v1/chat/history/" + saved.at("/conversationId");
    server.post("/api/v1/chat/save", "user_ada", message(), "Idempotency-Key", "k");
    server.post("/api/v1/chat/save", "user_ada", message().replace("user", "system"));
    server.post("/api/v1/chat/save", "user_ada", "{\"" + SECRET + "\":1}");
    for (int i = 0; i < 5; i++) {
      server.post("/api/v1/chat/save", "user_ada", message());
    }
    assertThat(server.get(conversation, "user_ada").body()).contains(SECRET);
    assertThat(server
            .send("PATCH", conversation, "user_ada", "{\"title\":\"" + SECRET + " 2\"}")
            .status())
        .isEqualTo(200);
    assertThat(server.send("DELETE", conversation, "user_ada", null).status()).isEqualTo(204);
    Reply noted = server.post("/api/v1/check-ins", "user_ada", checkIn());
    assertThat(noted.status()).as(noted.body()).isEqualTo(201);
    server.post(
        "/api/v1/check-ins",
        "user_ada",
        "{\"kind\":\"" + SECRET + "\",\"answers\":{\"" + SECRET + "\":null}}");
    server.send("DELETE", "/api/v1/check-ins/" + noted.at("/id"), "user_ada", null);
  }

  private static String message() {
    return "{\"messages\":[{\"role\":\"user\",\"content\":\"" + SECRET
        + "\",\"metadata\":{\"mood\":\"" + SECRET + "\"}}]}";
  }

  private static String checkIn() {
    return "{\"kind\":\"mood\",\"note\":\"" + SECRET + "\",\"answers\":{\"" + SECRET + "\":\""
        + SECRET + "\"}}";
  }

  private String logged() {
    StringBuilder text = new StringBuilder();
    for (ILoggingEvent line : List.copyOf(lines.list)) {
      text.append(line.getFormattedMessage())
          .append(line.getMDCPropertyMap())
          .append(line.getKeyValuePairs());
      for (IThrowableProxy cause = line.getThrowableProxy();
          cause != null;
          cause = cause.getCause()) {
        text.append(cause.getMessage());
      }
      text.append('\n');
    }
    return text.toString();
  }
}
