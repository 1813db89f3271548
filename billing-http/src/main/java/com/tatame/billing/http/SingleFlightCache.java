package com.tatame.billing.http;

import com.tatame.billing.workload.WorkContext;
import com.tatame.billing.workload.Workload;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Caches one value for many callers, who share one load at a time. A load that hangs counts as
 * failed, and is never begun twice at once. Thread-safe.
 */
final class SingleFlightCache<T> {
  private static final Duration MAX_WAIT = Duration.ofSeconds(3);

  private final Supplier<T> load;
  private final Duration ttl;
  private final InstantSource wallClock;
  private @Nullable CompletableFuture<T> last;
  private Instant beganAt = Instant.MIN;

  /**
   * Loads nothing yet.
   *
   * @param load throws if there is no value
   * @param ttl how long a value is served, from the beginning of its load
   */
  SingleFlightCache(Supplier<T> load, Duration ttl, InstantSource wallClock) {
    this.load = load;
    this.ttl = ttl;
    this.wallClock = wallClock;
  }

  /** The value; empty if the load failed, or takes longer than three seconds. */
  Optional<T> get() {
    try {
      return Optional.of(current().get(MAX_WAIT.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (ExecutionException | TimeoutException e) {
      return Optional.empty();
    }
  }

  private synchronized CompletableFuture<T> current() {
    Instant now = wallClock.instant();
    CompletableFuture<T> known = last;
    if (known != null && (!known.isDone() || now.isBefore(beganAt.plus(ttl)))) {
      return known;
    }
    beganAt = now;
    CompletableFuture<T> fresh =
        CompletableFuture.supplyAsync(load, SingleFlightCache::onThreadOfItsOwn);
    last = fresh;
    return fresh;
  }

  // A shared pool would let one load that hangs keep the others waiting.
  private static void onThreadOfItsOwn(Runnable task) {
    Thread thread = new Thread(() -> WorkContext.run(Workload.HEALTH, task), "single-flight-cache");
    thread.setDaemon(true);
    thread.start();
  }
}
