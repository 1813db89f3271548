package com.tatame.billing.http;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Looks after one dependency. What was seen is good for a while, so that whoever asks often asks us
 * and not the dependency; a dependency that hangs counts as down and is never asked twice at once.
 */
final class DependencyCheck {
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final Runnable ping;
  private final Duration goodFor;
  private final InstantSource wallClock;
  private @Nullable CompletableFuture<Sight> look;
  private Instant lookedAt = Instant.MIN;

  /** What was seen. */
  record Sight(boolean up, Optional<Duration> latency) {}

  /**
   * Wires the check.
   *
   * @param ping returns if all is well, and throws otherwise
   */
  DependencyCheck(Runnable ping, Duration goodFor, InstantSource wallClock) {
    this.ping = ping;
    this.goodFor = goodFor;
    this.wallClock = wallClock;
  }

  Sight look() {
    try {
      return current().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Sight(false, Optional.empty());
    } catch (ExecutionException | TimeoutException e) {
      return new Sight(false, Optional.empty());
    }
  }

  private synchronized CompletableFuture<Sight> current() {
    Instant now = wallClock.instant();
    CompletableFuture<Sight> last = look;
    if (last != null && (!last.isDone() || now.isBefore(lookedAt.plus(goodFor)))) {
      return last;
    }
    lookedAt = now;
    CompletableFuture<Sight> fresh =
        CompletableFuture.supplyAsync(this::ping, DependencyCheck::onItsOwnThread);
    look = fresh;
    return fresh;
  }

  // A shared pool would let one dependency that hangs keep the others from being looked at.
  private static void onItsOwnThread(Runnable task) {
    Thread thread = new Thread(task, "dependency-check");
    thread.setDaemon(true);
    thread.start();
  }

  private Sight ping() {
    long start = System.nanoTime();
    ping.run();
    return new Sight(true, Optional.of(Duration.ofNanos(System.nanoTime() - start)));
  }
}
