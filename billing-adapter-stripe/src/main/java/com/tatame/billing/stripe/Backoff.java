package com.tatame.billing.stripe;

import com.tatame.billing.command.Pause;
import com.tatame.billing.workload.WorkContext;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Bounded exponential backoff with jitter. */
final class Backoff {
  private static final int MAX_SHIFT = 20;

  private final int retries;
  private final Duration first;
  private final Duration longest;
  private final Pause pause;
  private final RandomGenerator random;

  Backoff(int retries, Duration first, Duration longest, Pause pause, RandomGenerator random) {
    this.retries = retries;
    this.first = first;
    this.longest = longest;
    this.pause = pause;
    this.random = random;
  }

  /**
   * Waits before the next attempt.
   *
   * @param failures attempts so far, at least 1
   * @param asked how long the server wants to be left alone; more than our longest pause ends it
   * @return whether there is to be another attempt: not after the caller's time is over
   */
  boolean pauseAfter(int failures, Optional<Duration> asked) {
    if (failures > retries || asked.filter(time -> time.compareTo(longest) > 0).isPresent()) {
      return false;
    }
    Duration delay = jittered(failures);
    Duration wait = asked.filter(time -> time.compareTo(delay) > 0).orElse(delay);
    if (WorkContext.current()
        .filter(work -> work.remaining().compareTo(wait) <= 0)
        .isPresent()) {
      return false;
    }
    pause.pause(wait);
    return !Thread.currentThread().isInterrupted();
  }

  /** Between half of the exponential delay and all of it. */
  private Duration jittered(int failures) {
    Duration exponential = first.multipliedBy(1L << Math.min(failures - 1, MAX_SHIFT));
    long millis = (exponential.compareTo(longest) < 0 ? exponential : longest).toMillis();
    synchronized (random) {
      return Duration.ofMillis(millis - random.nextLong(millis / 2 + 1));
    }
  }
}
