package com.tatame.billing.entitlement;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Period;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The wish to use units, or the report that they were used, with all that decides about it. All of
 * the units are taken from one place; of what costs nothing, from several grants if need be.
 *
 * @param id of the consumption that it becomes
 * @param key under which it takes effect once
 * @param fingerprint of what was asked under the key
 * @param version of the entitlement that the rest was derived from
 * @param tier in force, for the record of refusals
 * @param offers where units may be taken from, in this order
 * @param amount at least 1
 * @param at by the billing clock, within the period
 * @param recorded whether they were used already: they are taken from what is included, whatever its
 *     limit
 * @param metadata kept with what was used
 */
public record UsageDebit(
    String id,
    AccountId account,
    String feature,
    String key,
    String fingerprint,
    String version,
    String tier,
    Period period,
    List<Offer> offers,
    long amount,
    Instant at,
    boolean recorded,
    Map<String, String> metadata) {
  /**
   * A place that units may be taken from.
   *
   * @param limit how many it has in all; empty for any number
   * @param discountPercent taken off their price; empty where nothing is charged
   * @param grant from which it has them, in which the store says how many are left; empty for the
   *     plan's own
   */
  public record Offer(
      PriceBand place,
      Optional<Long> limit,
      Optional<Integer> discountPercent,
      Optional<String> grant) {
    /** Of the plan's own. */
    public Offer(PriceBand place, Optional<Long> limit, Optional<Integer> discountPercent) {
      this(place, limit, discountPercent, Optional.empty());
    }

    /** Whether it has so many that are not used yet. */
    boolean leaves(long amount, UsageTally used) {
      return limit.filter(most -> amount > most - used.of(place)).isEmpty();
    }

    private long leftOf(UsageTally used, Map<String, Long> left, long wanted) {
      return grant
          .map(id -> left.getOrDefault(id, 0L))
          .orElseGet(() ->
              limit.map(most -> Math.max(0, most - used.included())).orElse(wanted));
    }
  }

  /**
   * What is taken.
   *
   * @param included of the plan's own included units
   * @param ofGrants how many from which grants, none of them 0
   */
  public record Taken(
      PriceBand place,
      Optional<Integer> discountPercent,
      long included,
      Map<String, Long> ofGrants) {
    public Taken {
      ofGrants = Map.copyOf(ofGrants);
    }
  }

  public UsageDebit {
    offers = List.copyOf(offers);
    metadata = Map.copyOf(metadata);
  }

  /**
   * What is taken: of what costs nothing, in the order of the offers, also a part from each, if there
   * is enough in all; else from the first other place that has enough by itself. What was used already
   * and goes beyond is taken from the plan's own.
   *
   * @param left how many units grants have left, by id
   * @return empty if there is not enough
   */
  public Optional<Taken> takenOf(UsageTally used, Map<String, Long> left) {
    Map<String, Long> ofGrants = new HashMap<>();
    long missing = amount;
    for (Offer offer : offers) {
      if (offer.place() == PriceBand.INCLUDED && missing > 0) {
        long here = Math.min(missing, offer.leftOf(used, left, missing));
        offer.grant().filter(id -> here > 0).ifPresent(id -> ofGrants.put(id, here));
        missing -= here;
      }
    }
    long granted = ofGrants.values().stream().mapToLong(Long::longValue).sum();
    if (missing == 0 || recorded) {
      return Optional.of(
          new Taken(PriceBand.INCLUDED, Optional.empty(), amount - granted, ofGrants));
    }
    return offers.stream()
        .filter(offer -> offer.place() != PriceBand.INCLUDED)
        .filter(offer -> offer.leaves(amount, used))
        .findFirst()
        .map(offer -> new Taken(offer.place(), offer.discountPercent(), 0, Map.of()));
  }
}
