package com.tatame.billing.http;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** Looks after one dependency: whether it answers, and how fast. One that hangs counts as down. */
final class DependencyCheck {
  private final SharedLook<Duration> look;

  /** What was seen. */
  record Sight(boolean up, Optional<Duration> latency) {}

  /**
   * Looks at nothing yet.
   *
   * @param ping returns if all is well, and throws otherwise
   */
  DependencyCheck(Runnable ping, Duration goodFor, InstantSource wallClock) {
    this.look = new SharedLook<>(() -> time(ping), goodFor, wallClock);
  }

  Sight look() {
    Optional<Duration> latency = look.result();
    return new Sight(latency.isPresent(), latency);
  }

  private static Duration time(Runnable ping) {
    long start = System.nanoTime();
    ping.run();
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
