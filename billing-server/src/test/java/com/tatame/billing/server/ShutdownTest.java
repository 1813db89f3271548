package com.tatame.billing.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.tatame.billing.command.Pause;
import com.tatame.billing.simulator.StripeSimulator;
import com.tatame.billing.testkit.InMemoryBillingStore;
import com.tatame.billing.testkit.TestIssuer;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ShutdownTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final TestIssuer ISSUER =
      TestIssuer.create("https://clerk.example.com", InstantSource.system());

  private final CountDownLatch entered = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);

  @Test
  void whatIsInFlightIsFinishedAndNothingNewIsTaken() throws Exception {
    try (StripeSimulator stripe = StripeSimulator.builder().start()) {
      BillingServer server = start(stripe);
      int port = server.port();
      HttpRequest slow = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/slow"))
          .build();
      CompletableFuture<HttpResponse<String>> inFlight =
          HttpClient.newHttpClient().sendAsync(slow, HttpResponse.BodyHandlers.ofString());
      assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();

      CompletableFuture<Void> stopping = CompletableFuture.runAsync(server::close);
      await().atMost(Duration.ofMinutes(1)).until(() -> refusesConnections(port));
      assertThat(inFlight).isNotDone();
      released.countDown();

      assertThat(inFlight.get(10, TimeUnit.SECONDS).body()).isEqualTo("finished");
      stopping.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void stoppingServerSaysThatItIsNotReadyAndServesUntilItIsDrained() throws Exception {
    CountDownLatch draining = new CountDownLatch(1);
    CountDownLatch drained = new CountDownLatch(1);
    List<Duration> pauses = new CopyOnWriteArrayList<>();
    try (StripeSimulator stripe = StripeSimulator.builder().start()) {
      BillingServer server = start(stripe, Map.of("BILLING_DRAIN_SECONDS", "7"), duration -> {
        pauses.add(duration);
        draining.countDown();
        awaited(drained);
      });
      int port = server.port();
      assertThat(get(port, "/health/ready").statusCode()).isEqualTo(200);
      CompletableFuture<HttpResponse<String>> inFlight =
          CLIENT.sendAsync(request(port, "/slow"), HttpResponse.BodyHandlers.ofString());
      assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();

      CompletableFuture<Void> stopping = CompletableFuture.runAsync(server::close);
      assertThat(draining.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(get(port, "/health/ready").statusCode()).isEqualTo(503);
      assertThat(get(port, "/health/live").statusCode()).isEqualTo(200);
      assertThat(get(port, "/api/v1/plans").statusCode()).isEqualTo(200);

      drained.countDown();
      await().atMost(Duration.ofMinutes(1)).until(() -> refusesConnections(port));
      assertThat(inFlight).isNotDone();
      released.countDown();
      assertThat(inFlight.get(10, TimeUnit.SECONDS).body()).isEqualTo("finished");
      stopping.get(10, TimeUnit.SECONDS);
      server.close();
    }
    assertThat(pauses).containsExactly(Duration.ofSeconds(7));
  }

  @Test
  void stopIsImmediateWhereNothingIsConfigured() {
    try (StripeSimulator stripe = StripeSimulator.builder().start()) {
      List<Duration> pauses = new CopyOnWriteArrayList<>();

      start(stripe, Map.of(), pauses::add).close();

      assertThat(pauses).isEmpty();
    }
  }

  @Test
  void secondSignalEndsStopThatHangs() throws Exception {
    Process process = new ProcessBuilder(
            System.getProperty("java.home") + "/bin/java",
            "-cp",
            System.getProperty("java.class.path"),
            HangingStop.class.getName())
        .redirectErrorStream(true)
        .start();
    try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
      assertThat(lineWith("started", said)).isTrue();
      process.toHandle().destroy();
      assertThat(lineWith("stopping", said)).isTrue();
      process.toHandle().destroy();

      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(143);
    } finally {
      process.destroyForcibly();
    }
  }

  private static boolean lineWith(String word, BufferedReader said) throws IOException {
    String line = said.readLine();
    while (line != null && !line.contains(word)) {
      line = said.readLine();
    }
    return line != null;
  }

  /** A program whose stop never ends. */
  static final class HangingStop {
    private HangingStop() {}

    public static void main(String[] args) {
      CountDownLatch never = new CountDownLatch(1);
      Runtime.getRuntime()
          .addShutdownHook(new Thread(
              () -> {
                Signals.endAtOnce();
                System.out.println("stopping");
                awaited(never);
              },
              "shutdown"));
      System.out.println("started");
      awaited(never);
    }
  }

  private static void awaited(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static HttpRequest request(int port, String path) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).build();
  }

  private static HttpResponse<String> get(int port, String path) throws Exception {
    return CLIENT.send(request(port, path), HttpResponse.BodyHandlers.ofString());
  }

  private static boolean refusesConnections(int port) throws IOException {
    try (Socket socket = new Socket("localhost", port)) {
      return !socket.isConnected();
    } catch (ConnectException e) {
      return true;
    }
  }

  private BillingServer start(StripeSimulator stripe) {
    return start(stripe, Map.of(), Pause.blocking());
  }

  private BillingServer start(StripeSimulator stripe, Map<String, String> more, Pause drainPause) {
    Map<String, String> environment = new HashMap<>(Map.of(
        "BILLING_ENV", "test",
        "PORT", "0",
        "STRIPE_SECRET_KEY", "sk_test_1",
        "STRIPE_WEBHOOK_SECRET", "whsec_1",
        "STRIPE_API_BASE", stripe.url(),
        "BILLING_CATALOG", "../examples/tatame/catalog.yaml",
        "CLERK_PUBLISHABLE_KEY", "pk_test_Y2xlcmsuZXhhbXBsZS5jb20k",
        "CLERK_JWT_KEY", ISSUER.publicKeyPem(),
        "DATABASE_URL", "postgres://localhost/unused"));
    environment.putAll(more);
    return BillingServer.builder(BillingConfig.fromEnv(environment))
        .drainPause(drainPause)
        .store(new InMemoryBillingStore())
        .pages((javalin, billing) -> javalin.routes.get("/slow", context -> {
          entered.countDown();
          released.await();
          context.result("finished");
        }))
        .start();
  }
}
