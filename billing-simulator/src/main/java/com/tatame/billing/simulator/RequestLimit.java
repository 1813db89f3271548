package com.tatame.billing.simulator;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;

/** How many requests are answered within any second; the account refuses what is more. */
final class RequestLimit {
  private final int perSecond;
  private final InstantSource wallClock;
  private final Deque<Instant> answered = new ArrayDeque<>();
  private long refused;

  /**
   * A limit.
   *
   * @param perSecond 0 for none
   */
  RequestLimit(int perSecond, InstantSource wallClock) {
    this.perSecond = perSecond;
    this.wallClock = wallClock;
  }

  /** How many were too many so far. */
  synchronized long refused() {
    return refused;
  }

  /** Whether one more is within the limit. */
  synchronized boolean admits() {
    if (perSecond == 0) {
      return true;
    }
    Instant now = wallClock.instant();
    Instant secondAgo = now.minus(Duration.ofSeconds(1));
    while (!answered.isEmpty() && !answered.peekFirst().isAfter(secondAgo)) {
      answered.removeFirst();
    }
    if (answered.size() >= perSecond) {
      refused++;
      return false;
    }
    answered.addLast(now);
    return true;
  }
}
