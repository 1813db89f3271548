package com.tatame.billing.http;

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
 * Looks something up for many callers: once at a time, and not again while the last result is good.
 * A look-up that hangs counts as failed, and is never begun twice at once. Thread-safe.
 */
final class SharedLook<T> {
  private static final Duration MAX_WAIT = Duration.ofSeconds(3);

  private final Supplier<T> look;
  private final Duration goodFor;
  private final InstantSource wallClock;
  private @Nullable CompletableFuture<T> last;
  private Instant beganAt = Instant.MIN;

  /**
   * Looks nothing up yet.
   *
   * @param look throws if there is no result
   * @param goodFor how long a result is shared, from the beginning of its look-up
   */
  SharedLook(Supplier<T> look, Duration goodFor, InstantSource wallClock) {
    this.look = look;
    this.goodFor = goodFor;
    this.wallClock = wallClock;
  }

  /** The result; empty if the look-up failed, or takes longer than three seconds. */
  Optional<T> result() {
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
    if (known != null && (!known.isDone() || now.isBefore(beganAt.plus(goodFor)))) {
      return known;
    }
    beganAt = now;
    CompletableFuture<T> fresh = CompletableFuture.supplyAsync(look, SharedLook::onItsOwnThread);
    last = fresh;
    return fresh;
  }

  // A shared pool would let one look-up that hangs keep the others from being made.
  private static void onItsOwnThread(Runnable task) {
    Thread thread = new Thread(task, "shared-look");
    thread.setDaemon(true);
    thread.start();
  }
}
