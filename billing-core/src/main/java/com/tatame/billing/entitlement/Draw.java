package com.tatame.billing.entitlement;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Period;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The wish to use units, or the report that they were used, with all that decides about it. All of
 * the units are taken from one place.
 *
 * @param id of the consumption that it becomes
 * @param key under which it takes effect once
 * @param fingerprint of what was asked under the key
 * @param version of the entitlement that the rest was derived from
 * @param tier in force, for the record of refusals
 * @param offers where units may be taken from, the first that has enough of them is taken
 * @param amount at least 1
 * @param at by the billing clock, within the period
 * @param recorded whether they were used already: they are taken from the first place, whatever its
 *     limit
 * @param metadata kept with what was used
 */
public record Draw(
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
   */
  public record Offer(Place place, Optional<Long> limit, Optional<Integer> discountPercent) {}

  public Draw {
    offers = List.copyOf(offers);
    metadata = Map.copyOf(metadata);
  }

  /** Which of the offers is taken; empty if none has enough. */
  public Optional<Offer> takenOf(Tally used) {
    return offers.stream()
        .filter(offer -> recorded
            || offer
                .limit()
                .filter(limit -> amount > limit - used.of(offer.place()))
                .isEmpty())
        .findFirst();
  }
}
