package com.tatame.billing.entitlement;

import com.tatame.billing.catalog.Period;
import java.time.Instant;
import java.util.Optional;

/**
 * Units that were used.
 *
 * @param period of the window that they were taken from
 * @param used of the plan's included units, right after
 * @param limit of the included units at that time; empty for any number
 * @param discountPercent taken off their price; empty where nothing is charged
 * @param releasedAt once they were given back
 */
public record Consumption(
    String id,
    String feature,
    Period period,
    Place place,
    long amount,
    long used,
    Optional<Long> limit,
    Optional<Integer> discountPercent,
    Instant at,
    Optional<Instant> releasedAt) {

  /** How many included units were left right after, never less than 0; empty for any number. */
  public Optional<Long> remaining() {
    return limit.map(most -> Math.max(0, most - used));
  }
}
