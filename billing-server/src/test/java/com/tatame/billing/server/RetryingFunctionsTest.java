package com.tatame.billing.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.schema.SqlFunctions;
import com.tatame.billing.testkit.RefusingPort;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class RetryingFunctionsTest {
  private static final RefusingPort REFUSING = RefusingPort.open();

  /** What the next attempts to open find. */
  private final BlockingQueue<Supplier<SqlFunctions>> attempts = new LinkedBlockingQueue<>();

  private final List<Duration> pauses = new CopyOnWriteArrayList<>();
  private final List<RuntimeException> mistakes = new CopyOnWriteArrayList<>();
  private final AtomicBoolean databaseClosed = new AtomicBoolean();

  @AfterAll
  static void closePort() {
    REFUSING.close();
  }

  @Test
  void databaseThatIsThereIsOpenedAtOnce() {
    attempts.add(Answering::new);

    RetryingFunctions functions = start();

    assertThat(functions.call("ping_v1", "{}")).isEqualTo("ping_v1");
    functions.close();
    assertThat(databaseClosed).isTrue();
    assertThat(pauses).isEmpty();
  }

  @Test
  void callsFailUntilTheDatabaseIsReached() {
    attempts.add(RetryingFunctionsTest::unreachable);
    RetryingFunctions functions = start();
    assertThatThrownBy(() -> functions.call("ping_v1", "{}")).isInstanceOf(StoreUnavailable.class);

    for (int i = 0; i < 6; i++) {
      attempts.add(RetryingFunctionsTest::unreachable);
    }
    attempts.add(Answering::new);

    await().untilAsserted(() -> assertThat(functions.call("ping_v1", "{}")).isEqualTo("ping_v1"));
    assertThat(pauses.stream().map(Duration::toSeconds))
        .containsExactly(1L, 2L, 4L, 8L, 15L, 15L, 15L);
    functions.close();
  }

  @Test
  void mistakeIsToldAtOnceAndNotWaitedFor() {
    attempts.add(() -> {
      throw new IllegalStateException("password authentication failed");
    });

    assertThatThrownBy(this::start).hasMessage("password authentication failed");
  }

  @Test
  void mistakeThatShowsWhenTheDatabaseComesIsToldOnce() {
    attempts.add(RetryingFunctionsTest::unreachable);
    RetryingFunctions functions = start();
    attempts.add(() -> {
      throw new IllegalStateException("the schema doesn't fit");
    });

    await().atMost(Duration.ofMinutes(1)).until(() -> !mistakes.isEmpty());
    assertThat(mistakes)
        .hasSize(1)
        .first()
        .extracting(Throwable::getMessage)
        .isEqualTo("the schema doesn't fit");
    functions.close();
  }

  @Test
  void closedOneOpensNothingMore() {
    attempts.add(RetryingFunctionsTest::unreachable);
    RetryingFunctions functions = start();

    functions.close();
    attempts.add(Answering::new);

    await().atMost(Duration.ofMinutes(1)).until(() -> databaseClosed.get() || attempts.size() == 1);
    assertThatThrownBy(() -> functions.call("ping_v1", "{}")).isInstanceOf(StoreUnavailable.class);
  }

  static Stream<Map<String, String>> unreachableStores() {
    int port = REFUSING.number();
    return Stream.of(
        Map.of("DATABASE_URL", "postgres://ada:s3cret@localhost:" + port + "/billing"),
        onSupabase("http://localhost:" + port));
  }

  @ParameterizedTest
  @MethodSource("unreachableStores")
  void serverStartsWithoutItsStoreAliveAndNotReady(Map<String, String> store) throws Exception {
    try (BillingServer server = BillingServer.start(configured(store))) {
      assertThat(get(server, "/health/live").statusCode()).isEqualTo(200);
      HttpResponse<String> ready = get(server, "/health/ready");
      assertThat(ready.statusCode()).isEqualTo(503);
      assertThat(ready.headers().firstValue("Retry-After")).isPresent();
      assertThat(get(server, "/health").body()).contains("\"status\":\"down\"");
    }
  }

  @Test
  void projectThatRefusesTheKeyIsAMistakeAndNotWaitedFor() throws Exception {
    HttpServer project = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
    project.createContext("/", exchange -> {
      exchange.sendResponseHeaders(401, -1);
      exchange.close();
    });
    project.start();
    try {
      Map<String, String> store =
          onSupabase("http://localhost:" + project.getAddress().getPort());

      assertThatThrownBy(() -> BillingServer.start(configured(store)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("SUPABASE_SERVICE_ROLE_KEY");
    } finally {
      project.stop(0);
    }
  }

  private static Map<String, String> onSupabase(String url) {
    return Map.of(
        "BILLING_STORE", "supabase",
        "SUPABASE_URL", url,
        "SUPABASE_SERVICE_ROLE_KEY", "sb_secret_0123456789");
  }

  private static BillingConfig configured(Map<String, String> store) {
    Map<String, String> environment = new HashMap<>(Map.of(
        "BILLING_ENV", "test",
        "PORT", "0",
        "STRIPE_SECRET_KEY", "sk_test_1",
        "STRIPE_WEBHOOK_SECRET", "whsec_1",
        "STRIPE_API_BASE", "http://localhost:1",
        "BILLING_CATALOG", "../examples/tatame/catalog.yaml",
        "CLERK_PUBLISHABLE_KEY", "pk_test_Y2xlcmsuZXhhbXBsZS5jb20k"));
    environment.putAll(store);
    return BillingConfig.fromEnv(environment);
  }

  private static HttpResponse<String> get(BillingServer server, String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private static SqlFunctions unreachable() {
    throw new StoreUnavailable("The database can't be reached.");
  }

  private RetryingFunctions start() {
    return new RetryingFunctions("db/billing", this::attempt, pauses::add, mistakes::add);
  }

  private SqlFunctions attempt() {
    try {
      return attempts.take().get();
    } catch (InterruptedException e) {
      throw new StoreUnavailable("closed");
    }
  }

  /** A database that answers with the name of the function. */
  private final class Answering implements SqlFunctions {
    @Override
    public String call(String function, String argument) {
      return function;
    }

    @Override
    public void close() {
      databaseClosed.set(true);
    }
  }
}
