package com.tatame.billing.catalog;

import java.time.Instant;

/**
 * A stretch of time.
 *
 * @param start its first instant
 * @param end the first instant after it
 */
public record Period(Instant start, Instant end) {
  /** What never begins anew. */
  public static final Period LIFETIME =
      new Period(Instant.EPOCH, Instant.parse("9999-12-31T00:00:00Z"));

  public Period {
    if (!start.isBefore(end)) {
      throw new IllegalArgumentException("a period must end after it starts: " + start);
    }
  }

  /** Whether it is a lifetime. */
  public boolean endless() {
    return equals(LIFETIME);
  }

  public boolean contains(Instant instant) {
    return !instant.isBefore(start) && instant.isBefore(end);
  }
}
