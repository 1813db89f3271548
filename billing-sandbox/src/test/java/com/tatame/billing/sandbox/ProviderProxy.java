package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.Javalin;
import io.javalin.http.Context;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** The way to the provider, on which answers can be held up when all has been done already. */
final class ProviderProxy implements AutoCloseable {
  private static final List<String> HEADERS =
      List.of("Authorization", "Idempotency-Key", "Stripe-Version", "Content-Type");
  private static final long TIMEOUT_SECONDS = 60;

  private final String target;
  private final Duration delay;
  private final Javalin server;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final AtomicReference<Optional<Hold>> wanted = new AtomicReference<>(Optional.empty());

  /**
   * Opens the way.
   *
   * @param delay by which every answer to a read comes later
   */
  ProviderProxy(String target, Duration delay) {
    this.target = target;
    this.delay = delay;
    server = Javalin.create(config -> {
          config.startup.showJavalinBanner = false;
          config.routes.get("/*", this::pass);
          config.routes.post("/*", this::pass);
          config.routes.delete("/*", this::pass);
        })
        .start("localhost", 0);
  }

  /** An answer that does not arrive until it is told to. */
  static final class Hold {
    private final String request;
    private final CountDownLatch answered = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    private Hold(String request) {
      this.request = request;
    }

    /** Waits until the provider has answered, before our side knows. */
    void awaitAnswered() throws InterruptedException {
      assertThat(answered.await(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    void release() {
      released.countDown();
    }
  }

  String url() {
    return "http://localhost:" + server.port();
  }

  /** Holds the next answer to a request that begins so, such as {@code POST /v1/customers}. */
  Hold hold(String request) {
    Hold hold = new Hold(request);
    wanted.set(Optional.of(hold));
    return hold;
  }

  private void pass(Context exchange) throws IOException, InterruptedException {
    HttpResponse<byte[]> answer = ask(exchange);
    String request = exchange.method() + " " + exchange.path();
    Optional<Hold> hold =
        wanted.getAndUpdate(any -> any.filter(held -> !request.startsWith(held.request)));
    if (hold.filter(held -> request.startsWith(held.request)).isPresent()) {
      hold.get().answered.countDown();
      hold.get().released.await();
    } else if (request.startsWith("GET")) {
      TimeUnit.MILLISECONDS.sleep(delay.toMillis());
    }
    for (String name : List.of("Request-Id", "Date", "Content-Type", "Idempotent-Replayed")) {
      answer.headers().firstValue(name).ifPresent(value -> exchange.header(name, value));
    }
    exchange.status(answer.statusCode()).result(answer.body());
  }

  private HttpResponse<byte[]> ask(Context exchange) throws IOException, InterruptedException {
    String query = exchange.queryString() == null ? "" : "?" + exchange.queryString();
    HttpRequest.Builder request = HttpRequest.newBuilder(
            URI.create(target + exchange.path() + query))
        .method(exchange.method().name(), BodyPublishers.ofByteArray(exchange.bodyAsBytes()));
    for (String name : HEADERS) {
      String value = exchange.header(name);
      if (value != null) {
        request.header(name, value);
      }
    }
    return client.send(request.build(), BodyHandlers.ofByteArray());
  }

  @Override
  public void close() {
    server.stop();
  }
}
