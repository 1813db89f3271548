package com.tatame.billing.http;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** Checks one dependency: whether it answers, and how fast. One that hangs counts as down. */
final class DependencyCheck {
  private final SingleFlightCache<Duration> latency;

  /** The result of a check. */
  record Result(boolean up, Optional<Duration> latency) {}

  /**
   * Checks nothing yet.
   *
   * @param ping returns if all is well, and throws otherwise
   * @param ttl how long a result is served
   */
  DependencyCheck(Runnable ping, Duration ttl, InstantSource wallClock) {
    this.latency = new SingleFlightCache<>(() -> time(ping), ttl, wallClock);
  }

  Result check() {
    Optional<Duration> measured = latency.get();
    return new Result(measured.isPresent(), measured);
  }

  private static Duration time(Runnable ping) {
    long start = System.nanoTime();
    ping.run();
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
