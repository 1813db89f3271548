package com.tatame.billing.simulator.engine;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * How often a price bills. Instants of a cycle are always computed from the anchor and never from the previous instant, so
 * that a subscription of the 31st comes back to the 31st after February; everything is UTC.
 */
record Recurrence(
    String interval,
    long intervalCount,
    String usageType,
    @Nullable String meter) {
  /** That no meter counts for. */
  Recurrence(String interval, long intervalCount, String usageType) {
    this(interval, intervalCount, usageType, null);
  }

  boolean metered() {
    return usageType.equals("metered");
  }

  boolean sameCycle(Recurrence other) {
    return interval.equals(other.interval) && intervalCount == other.intervalCount;
  }

  /** The start of period number {@code index} (0 is the anchor itself), in seconds since the epoch. */
  long boundary(long anchor, long index) {
    OffsetDateTime start = Instant.ofEpochSecond(anchor).atOffset(ZoneOffset.UTC);
    return start.plus(Math.multiplyExact(index, intervalCount), unit()).toEpochSecond();
  }

  private ChronoUnit unit() {
    return switch (interval) {
      case "day" -> ChronoUnit.DAYS;
      case "week" -> ChronoUnit.WEEKS;
      case "month" -> ChronoUnit.MONTHS;
      case "year" -> ChronoUnit.YEARS;
      default -> throw new IllegalStateException("unknown interval " + interval);
    };
  }
}
