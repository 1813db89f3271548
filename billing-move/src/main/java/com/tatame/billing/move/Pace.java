package com.tatame.billing.move;

import com.tatame.billing.command.Pause;
import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.failure.ValidationFailed;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** How often a store is asked, and how long to wait before it is asked again. Thread-safe. */
public final class Pace {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration FIRST_WAIT = Duration.ofMillis(100);
  private static final Duration MAX_WAIT = Duration.ofSeconds(5);

  private final Duration gap;
  private final InstantSource clock;
  private final Pause pause;
  private Instant next = Instant.MIN;

  /**
   * So many requests a second at most.
   *
   * @throws ValidationFailed if that is not above 0
   */
  public Pace(double requestsPerSecond, InstantSource clock, Pause pause) {
    if (!(requestsPerSecond > 0)) {
      throw ValidationFailed.of("requestsPerSecond", "must be above 0");
    }
    this.gap = Duration.ofNanos((long) (SECOND.toNanos() / requestsPerSecond));
    this.clock = clock;
    this.pause = pause;
  }

  /** Returns when it is the caller's turn. */
  void await() {
    Duration wait;
    synchronized (this) {
      Instant now = clock.instant();
      Instant turn = next.isAfter(now) ? next : now;
      next = turn.plus(gap);
      wait = Duration.between(now, turn);
    }
    take(wait);
  }

  /** Returns when it makes sense to try again. */
  void awaitAfter(int failures) {
    Duration wait = FIRST_WAIT.multipliedBy(1L << Math.min(failures - 1, 6));
    take(wait.compareTo(MAX_WAIT) < 0 ? wait : MAX_WAIT);
  }

  private void take(Duration wait) {
    if (!wait.isZero()) {
      pause.pause(wait);
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new StoreUnavailable("The move was interrupted. Run it again: it goes on from here.");
    }
  }
}
