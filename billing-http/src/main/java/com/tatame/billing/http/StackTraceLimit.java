package com.tatame.billing.http;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Which failures are logged with their stack trace: of each code one a second. While something is down
 * all requests that need it fail in the same way, and 4 KB for each of them fill a disk. Thread-safe.
 */
final class StackTraceLimit {
  private static final long EVERY = Duration.ofSeconds(1).toNanos();

  private final LongSupplier nanoTime;
  private final Map<String, Long> lastByCode = new ConcurrentHashMap<>();

  /** @param nanoTime as {@link System#nanoTime} */
  StackTraceLimit(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * Whether a failure that is logged now may have its stack trace.
   *
   * @param code of the failure, one of a fixed set
   */
  boolean admits(String code) {
    long now = nanoTime.getAsLong();
    boolean[] admitted = new boolean[1];
    lastByCode.compute(code, (same, last) -> {
      admitted[0] = last == null || now - last >= EVERY;
      return admitted[0] ? (Long) now : last;
    });
    return admitted[0];
  }
}
