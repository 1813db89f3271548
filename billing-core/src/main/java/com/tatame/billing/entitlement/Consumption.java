package com.tatame.billing.entitlement;

import com.tatame.billing.catalog.Period;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Units that were used.
 *
 * @param period of the window that they were taken from
 * @param used of the plan's included units, right after
 * @param limit of the included units at that time; empty for any number
 * @param discountPercent taken off their price; empty where nothing is charged
 * @param releasedAt once they were given back
 * @param ofGrants how many of the units were drawn from which grants
 * @param grantedLeft how many units grants had left right after
 */
public record Consumption(
    String id,
    String feature,
    Period period,
    PriceBand place,
    long amount,
    long used,
    Optional<Long> limit,
    Optional<Integer> discountPercent,
    Instant at,
    Optional<Instant> releasedAt,
    Map<String, Long> ofGrants,
    long grantedLeft) {
  public Consumption {
    ofGrants = Map.copyOf(ofGrants);
  }

  /**
   * The shares of the limit that it is the first to use up: of the plan's own units, those of grants
   * aside.
   *
   * @param thresholds in percent
   */
  public List<Integer> crossed(List<Integer> thresholds) {
    long most = place == PriceBand.INCLUDED ? limit.orElse(0L) : 0;
    long before = used - (amount - granted());
    return thresholds.stream()
        .filter(
            percent -> most > 0 && used * 100 >= percent * most && before * 100 < percent * most)
        .toList();
  }

  /** Of an account without grants. */
  public Consumption(
      String id,
      String feature,
      Period period,
      PriceBand place,
      long amount,
      long used,
      Optional<Long> limit,
      Optional<Integer> discountPercent,
      Instant at,
      Optional<Instant> releasedAt) {
    this(
        id,
        feature,
        period,
        place,
        amount,
        used,
        limit,
        discountPercent,
        at,
        releasedAt,
        Map.of(),
        0);
  }

  /**
   * How many units that cost nothing were left right after, included and granted ones, never less
   * than 0; empty for any number.
   */
  public Optional<Long> remaining() {
    return limit.map(most -> Math.max(0, most - used) + grantedLeft);
  }

  /** This, given back. */
  public Consumption released(Instant when) {
    return new Consumption(
        id,
        feature,
        period,
        place,
        amount,
        used,
        limit,
        discountPercent,
        at,
        Optional.of(when),
        ofGrants,
        grantedLeft);
  }

  /** How many of the units were drawn from grants. */
  public long granted() {
    return ofGrants.values().stream().mapToLong(Long::longValue).sum();
  }
}
