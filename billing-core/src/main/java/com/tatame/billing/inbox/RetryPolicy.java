package com.tatame.billing.inbox;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * When a failed event is tried again: exponentially later, with jitter so that events that failed
 * together don't come back together.
 *
 * @param maxAttempts after that many failures, or lost workers, an event is dead
 */
public record RetryPolicy(Duration first, Duration longest, int maxAttempts) {
  /** Five seconds, doubling up to an hour; dead after twelve failures, about seven hours in all. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(Duration.ofSeconds(5), Duration.ofHours(1), 12);

  private static final int MAX_DOUBLINGS = 30;

  boolean exhausted(int failures) {
    return failures >= maxAttempts;
  }

  /** Between half of the exponential delay and all of it. */
  Duration delay(int failures, RandomGenerator random) {
    long doubled = first.toMillis() << Math.min(failures - 1, MAX_DOUBLINGS);
    long full = Math.min(Math.max(doubled, 1), longest.toMillis());
    return Duration.ofMillis(full / 2 + random.nextLong(full / 2 + 1));
  }
}
