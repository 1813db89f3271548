package com.tatame.billing.server.http;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.apikey.Scope;
import com.tatame.billing.server.http.RunningServer.Reply;
import com.tatame.billing.testkit.WebhookSigner;
import com.tatame.billing.workload.WorkContext;
import com.tatame.billing.workload.Workload;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A kind of work whose store calls hang is refused when it is full, and keeps no other waiting. */
@Timeout(120)
final class WorkloadsTest {
  private static final int MORE = 20;

  private static final List<Integer> OK = List.of(200, 201);

  private final AtomicInteger hanging = new AtomicInteger();
  private final CountDownLatch open = new CountDownLatch(1);
  private volatile Optional<Workload> stuck = Optional.empty();
  private final Map<Workload, Duration> remaining = new ConcurrentHashMap<>();
  private final RunningServer server =
      new RunningServer(Map.of(), UnaryOperator.identity(), this::hang);
  private final ExecutorService callers = Executors.newCachedThreadPool();
  private int events;

  @AfterEach
  void stop() {
    open.countDown();
    callers.shutdownNow();
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "ENTITLEMENTS, 64, 64",
    // Those who consume wait for one commit.
    "CONSUMPTION, 64, 1",
    "READS, 64, 64",
    "MUTATIONS, 64, 64",
    "ADMINISTRATION, 16, 16"
  })
  void fullWorkloadIsRefusedAndAllOthersAreServed(Workload workload, int places, int calls)
      throws Exception {
    Map<Workload, Supplier<Reply>> requests = requests();
    requests.values().forEach(each -> assertThat(each.get().status()).isIn(OK));

    Supplier<Reply> request = Objects.requireNonNull(requests.get(workload));

    stuck = Optional.of(workload);
    List<Future<Reply>> replies = new ArrayList<>();
    for (int i = 0; i < places + MORE; i++) {
      replies.add(callers.submit(request::get));
    }
    while (hanging.get() < calls || replies.stream().filter(Future::isDone).count() < MORE) {
      Thread.onSpinWait();
    }

    for (Future<Reply> each : replies) {
      if (each.isDone()) {
        assertThat(each.get().status()).isEqualTo(503);
        assertThat(each.get().code()).isEqualTo("server_busy");
        assertThat(each.get().header("Retry-After")).isEqualTo("1");
      }
    }
    assertThat(server.get("/health/live", null).status()).isEqualTo(200);
    requests.forEach((other, sent) -> {
      if (other != workload) {
        assertThat(sent.get().status()).as("%s", other).isIn(OK);
      }
    });

    open.countDown();
    for (Future<Reply> each : replies) {
      assertThat(each.get(60, SECONDS).status()).isIn(200, 201, 503);
    }
    assertThat(request.get().status()).isIn(OK);
  }

  @ParameterizedTest
  @EnumSource(names = {"ENTITLEMENTS", "CONSUMPTION", "READS", "MUTATIONS"})
  void allStoreCallsOfARequestHaveOneTimeTogether(Workload workload) {
    Supplier<Reply> request = Objects.requireNonNull(requests().get(workload));
    assertThat(request.get().status()).isIn(OK);
    remaining.clear();

    assertThat(request.get().status()).isIn(OK);

    // Each call by itself would have all of it.
    assertThat(remaining.get(workload)).isNotNull().isLessThan(workload.limit());
  }

  private Map<Workload, Supplier<Reply>> requests() {
    Map<Workload, Supplier<Reply>> requests = new EnumMap<>(Workload.class);
    String key = server.apiKey(Scope.ENTITLEMENTS);
    // None is cached, so that each request asks the store.
    AtomicInteger accounts = new AtomicInteger();
    requests.put(
        Workload.ENTITLEMENTS,
        () -> server.get(
            "/api/v1/entitlements",
            null,
            "Authorization",
            "Bearer " + key,
            "X-Account-Id",
            "user_" + accounts.incrementAndGet()));
    requests.put(
        Workload.CONSUMPTION,
        () -> server.post(
            "/api/v1/entitlements/video_reviews/consume",
            "user_" + accounts.incrementAndGet(),
            "{}"));
    requests.put(Workload.READS, () -> server.get("/api/v1/subscriptions", "user_ada"));
    requests.put(Workload.MUTATIONS, () -> server.post("/api/v1/anonymous-sessions", null, "{}"));
    requests.put(Workload.ADMINISTRATION, () -> server.get("/api/v1/webhooks/events", "user_root"));
    requests.put(Workload.HEALTH, () -> server.get("/health", null));
    requests.put(Workload.WEBHOOKS, this::event);
    return requests;
  }

  private synchronized Reply event() {
    String event = "{\"id\":\"evt_" + events++ + "\",\"object\":\"event\",\"type\":\"unheard.of\","
        + "\"created\":1,\"livemode\":false,\"api_version\":\"2026-07-29.dahlia\"}";
    return server.post(
        "/webhooks/stripe",
        null,
        event,
        "Stripe-Signature",
        new WebhookSigner(RunningServer.WEBHOOK_SECRET).header(event, Instant.now()));
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  /** A call of the store that is part of the stuck workload waits. */
  private void hang(Class<?> port, String method) {
    WorkContext.current()
        .ifPresent(context ->
            remaining.merge(context.workload(), context.remaining(), WorkloadsTest::longer));
    if (stuck.isPresent() && stuck.equals(WorkContext.current().map(WorkContext::workload))) {
      hanging.incrementAndGet();
      try {
        open.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
