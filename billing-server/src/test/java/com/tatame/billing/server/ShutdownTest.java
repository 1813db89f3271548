package com.tatame.billing.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.tatame.billing.simulator.StripeSimulator;
import com.tatame.billing.testkit.InMemoryBillingStore;
import com.tatame.billing.testkit.TestIssuer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ShutdownTest {
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
      await().until(() -> refusesConnections(port));
      assertThat(inFlight).isNotDone();
      released.countDown();

      assertThat(inFlight.get(10, TimeUnit.SECONDS).body()).isEqualTo("finished");
      stopping.get(10, TimeUnit.SECONDS);
    }
  }

  private static boolean refusesConnections(int port) throws IOException {
    try (Socket socket = new Socket("localhost", port)) {
      return !socket.isConnected();
    } catch (ConnectException e) {
      return true;
    }
  }

  private BillingServer start(StripeSimulator stripe) {
    TestIssuer issuer = TestIssuer.create("https://clerk.example.com", InstantSource.system());
    BillingConfig config = BillingConfig.fromEnv(Map.of(
        "BILLING_ENV", "test",
        "PORT", "0",
        "STRIPE_SECRET_KEY", "sk_test_1",
        "STRIPE_WEBHOOK_SECRET", "whsec_1",
        "STRIPE_API_BASE", stripe.url(),
        "BILLING_CATALOG", "../examples/tatame/catalog.yaml",
        "CLERK_PUBLISHABLE_KEY", "pk_test_Y2xlcmsuZXhhbXBsZS5jb20k",
        "CLERK_JWT_KEY", issuer.publicKeyPem(),
        "DATABASE_URL", "postgres://localhost/unused"));
    return BillingServer.builder(config)
        .store(new InMemoryBillingStore())
        .pages((javalin, billing) -> javalin.routes.get("/slow", context -> {
          entered.countDown();
          released.await();
          context.result("finished");
        }))
        .start();
  }
}
