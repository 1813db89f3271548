package com.tatame.billing.inbox;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * How many reads the provider is asked for: so many a second, and no more than a second's worth at
 * once. Thread-safe.
 */
public final class ReadBudget {
  private final InstantSource wallClock;
  private final long nanosPerRead;
  private final long capacity;
  private Instant filledAt;
  private long tokens;

  /**
   * Makes a full budget.
   *
   * @param perSecond at least 1
   */
  public ReadBudget(int perSecond, InstantSource wallClock) {
    this.wallClock = wallClock;
    this.nanosPerRead = Duration.ofSeconds(1).toNanos() / perSecond;
    this.capacity = perSecond;
    this.tokens = perSecond;
    this.filledAt = wallClock.instant();
  }

  /** Takes one read if there is one. */
  synchronized boolean tryTake() {
    long earned = Duration.between(filledAt, wallClock.instant()).toNanos() / nanosPerRead;
    if (earned > 0) {
      tokens = Math.min(capacity, tokens + earned);
      filledAt = filledAt.plusNanos(earned * nanosPerRead);
    }
    if (tokens == 0) {
      return false;
    }
    tokens--;
    return true;
  }
}
