package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.sandbox.ApiClient.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Use up units at several servers by turns, steadily, each under a key of its own and until it is
 * granted. Their answers are the truth about what must be counted.
 */
final class Consumers implements AutoCloseable {
  private static final String CONSUME = "/api/v1/entitlements/video_reviews/consume";
  private static final Duration BETWEEN = Duration.ofMillis(20);
  private static final String USER = "user_who_consumes";

  private final List<ApiClient> clients;
  private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(2);
  private final AtomicInteger keys = new AtomicInteger();
  private final Map<String, String> granted = new HashMap<>();
  private final List<AssertionError> failures = new ArrayList<>();
  private long servedAt = System.nanoTime();
  private long longestPause;

  Consumers(List<ServerProcess> servers) {
    clients = servers.stream()
        .map(server -> ApiClient.of(server).as(server.token(USER)))
        .toList();
    for (int server = 0; server < clients.size(); server++) {
      int first = server;
      ScheduledFuture<?> unused = threads.scheduleWithFixedDelay(
          () -> consume(first), 0, BETWEEN.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void consume(int first) {
    try {
      String key = "key_" + keys.incrementAndGet();
      for (int attempt = first; !Thread.currentThread().isInterrupted(); attempt++) {
        if (take(clients.get(attempt % clients.size()), key)) {
          return;
        }
      }
    } catch (AssertionError e) {
      synchronized (this) {
        failures.add(e);
      }
    }
  }

  private boolean take(ApiClient client, String key) {
    Reply reply = client.post(CONSUME, "{}", "Idempotency-Key", key);
    if (reply.status() == 503) {
      assertThat(reply.code()).isEqualTo("writes_paused");
      return false;
    }
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    note(key, reply.at("/consumptionId"));
    return true;
  }

  private synchronized void note(String key, String id) {
    String before = granted.put(key, id);
    assertThat(before == null || before.equals(id))
        .as("%s was granted twice", key)
        .isTrue();
    long now = System.nanoTime();
    longestPause = Math.max(longestPause, now - servedAt);
    servedAt = now;
  }

  /** Uses one unit at this server, however long it takes, and answers with its id. */
  String once(int server) {
    String key = "key_" + keys.incrementAndGet();
    while (!take(clients.get(server), key)) {
      Thread.onSpinWait();
    }
    synchronized (this) {
      return Objects.requireNonNull(granted.get(key));
    }
  }

  /** What was granted under this key is granted again, and nothing else. */
  void again(String key) {
    assertThat(take(clients.get(key.length() % clients.size()), key)).isTrue();
  }

  /** Under which units were granted. */
  synchronized List<String> keys() {
    return List.copyOf(granted.keySet());
  }

  synchronized void forgetPauses() {
    servedAt = System.nanoTime();
    longestPause = 0;
  }

  /** The longest time without an answer. */
  synchronized Duration pause() {
    return Duration.ofNanos(longestPause);
  }

  /** Fails unless the database has counted each granted unit, and so many of others, once. */
  synchronized void assertAllCountedOnce(Database database, int others) {
    assertThat(failures).isEmpty();
    assertThat(granted.values()).doesNotHaveDuplicates();
    assertThat(database.query("select id from consumptions where user_id = '" + USER + "'"))
        .containsExactlyInAnyOrderElementsOf(granted.values());
    assertThat(database.query(
            "select sum(amount) from usage_tracking where usage_type = 'video_reviews'"))
        .containsExactly(Integer.toString(granted.size() + others));
  }

  /** Stops asking; returns when all have been granted what they asked for. */
  void finish() {
    threads.shutdown();
    try {
      assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
