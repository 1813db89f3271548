package com.tatame.billing.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Principal;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.failure.IdentityUnavailable;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.failure.ProviderUnavailable.Execution;
import com.tatame.billing.failure.RateLimited;
import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.testkit.BillingWorld;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ThreadPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every 503 and every 429 says when to come back. */
final class RetryAfterTest {
  private static final String SECONDS = "[1-9]\\d*";

  @ParameterizedTest
  @EnumSource(ProblemCode.class)
  void problemsThatPassSayWhenToRetry(ProblemCode code) {
    Answer answer = code.answer("request", "detail");

    boolean passes = code.status() == 503 || code.status() == 429;
    assertThat(answer.headers().containsKey("Retry-After")).isEqualTo(passes);
  }

  static Stream<BillingException> failures() {
    Duration none = Duration.ZERO;
    return Stream.of(
        new StoreUnavailable("gone"),
        new ProviderUnavailable(Execution.UNKNOWN, none, "gone"),
        new IdentityUnavailable(none, "gone"),
        new RateLimited("too many", none));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void failuresThatPassSayWhenToRetry(BillingException failure) {
    Answer answer = ProblemCode.of(failure, "request");

    assertThat(answer.status()).isIn(503, 429);
    assertThat(answer.headers().get("Retry-After")).matches(SECONDS);
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 503})
  void everyAnswerOfTheseStatusesSaysWhenToRetry(int status) {
    Answer answer = Answer.json(status, Map.of());

    assertThat(answer.headers().get("Retry-After")).matches(SECONDS);
    assertThat(answer.with("Retry-After", "40").headers()).containsEntry("Retry-After", "40");
  }

  @Test
  void requestWithoutAThreadIsRefusedAsAProblem() throws Exception {
    try (BillingWorld world = BillingWorld.builder().build()) {
      Server server = new Server(new ExhaustedPool());
      ServerConnector connector = new ServerConnector(
          server, new QueuedThreadPool(8), null, null, -1, -1, new HttpConnectionFactory());
      server.addConnector(connector);
      server.setHandler(BillingRoutes.builder()
          .billing(world.billing())
          .store(world.store())
          .gateway(world.gateway())
          .identity(token -> new Principal(
              new AccountId(token), "host", token, Optional.empty(), Optional.empty(), false))
          .build()
          .nonBlockingHandler());
      server.start();
      try {
        HttpResponse<String> refused = HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(
                        "http://localhost:" + connector.getLocalPort() + "/api/v1/subscriptions"))
                    .build(),
                HttpResponse.BodyHandlers.ofString());

        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.body()).contains("\"code\":\"server_busy\"");
        assertThat(refused.headers().firstValue("Content-Type")).contains(Answer.PROBLEM);
        assertThat(refused.headers().firstValue("X-Request-ID")).isPresent();
        assertThat(refused.headers().firstValue("Retry-After").orElse("")).matches(SECONDS);
      } finally {
        server.stop();
      }
    }
  }

  /** Has no thread left for what may block. */
  private static final class ExhaustedPool implements ThreadPool {
    @Override
    public void execute(Runnable task) {
      throw new RejectedExecutionException("no thread is free");
    }

    @Override
    public void join() {}

    @Override
    public int getThreads() {
      return 0;
    }

    @Override
    public int getIdleThreads() {
      return 0;
    }

    @Override
    public boolean isLowOnThreads() {
      return true;
    }
  }
}
