package com.tatame.billing.catalog;

import java.time.Instant;
import java.time.ZoneOffset;

/**
 * The rhythm in which a subscription is billed. Its months are those of UTC, as the provider's are,
 * and end with the calendar's where they are too short for the anchor's day.
 *
 * @param anchor an instant at which a month of it begins; it may lie ahead
 * @param months of one billing period, at least 1
 * @param current the billing period as the provider last reported it
 */
public record Cycle(Instant anchor, int months, Period current) {
  public Cycle {
    if (months < 1) {
      throw new IllegalArgumentException("months must be at least 1: " + months);
    }
  }

  /** The month of this cycle that an instant lies in. */
  Period month(Instant at) {
    return step(at, 1);
  }

  /** The billing period that an instant lies in, also one that the provider has not reported yet. */
  Period billingPeriod(Instant at) {
    return current.contains(at) ? current : step(at, months);
  }

  private Period step(Instant at, int size) {
    var from = anchor.atOffset(ZoneOffset.UTC);
    var to = at.atOffset(ZoneOffset.UTC);
    int apart = (to.getYear() - from.getYear()) * 12 + to.getMonthValue() - from.getMonthValue();
    int steps = Math.floorDiv(apart, size);
    while (start(steps, size).isAfter(at)) {
      steps--;
    }
    while (!start(steps + 1, size).isAfter(at)) {
      steps++;
    }
    return new Period(start(steps, size), start(steps + 1, size));
  }

  // Always from the anchor itself: a day that was cut to a short month would not come back.
  private Instant start(int steps, int size) {
    return anchor.atOffset(ZoneOffset.UTC).plusMonths((long) steps * size).toInstant();
  }
}
