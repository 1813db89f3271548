package com.tatame.billing.supabase;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to wait before the next attempt: longer each time, and never two callers alike. */
final class Backoff {
  private static final long FIRST_MILLIS = 100;

  private static final int MAX_DOUBLINGS = 4;

  private final RandomGenerator random;

  Backoff(RandomGenerator random) {
    this.random = random;
  }

  /**
   * The pause after a failure.
   *
   * @param failures so far, from 1
   */
  Duration after(int failures) {
    long most = FIRST_MILLIS << Math.min(failures - 1, MAX_DOUBLINGS);
    return Duration.ofMillis(random.nextLong(most / 2, most + 1));
  }
}
