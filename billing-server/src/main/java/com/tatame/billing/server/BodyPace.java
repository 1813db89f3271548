package com.tatame.billing.server;

import java.time.Duration;

/**
 * How slowly a body may arrive: a client has some time in hand, which passes, and which what it sends
 * earns back at a rate. It never has more in hand than in the beginning, so who sent much may not pause
 * for longer than others.
 *
 * @param longestSilence the time in hand in the beginning
 * @param bytesPerSecond the rate at which a client keeps its time in hand
 */
record BodyPace(Duration longestSilence, long bytesPerSecond) {
  /** A slow phone sends what requests of people have; a body of 1 MiB takes at most 74 s. */
  static final BodyPace DEFAULT = new BodyPace(Duration.ofSeconds(10), 16 * 1024);

  private static final long NANOS = 1_000_000_000L;

  /** Watches one body from this instant on, in nanoseconds of a clock that never goes back. */
  Watch watch(long start) {
    return new Watch(start);
  }

  /** How one body arrives. */
  final class Watch {
    private long deadline;

    private Watch(long start) {
      deadline = start + longestSilence.toNanos();
    }

    /** Whether bytes that arrive now arrive in time. */
    boolean inTime(int bytes, long now) {
      if (now - deadline > 0) {
        return false;
      }
      long earned = deadline + bytes * NANOS / bytesPerSecond;
      long most = now + longestSilence.toNanos();
      deadline = earned - most > 0 ? most : earned;
      return true;
    }
  }
}
