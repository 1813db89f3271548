package com.tatame.billing.observation;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a subscription costs and whether it goes on, at one instant. All amounts are in minor units.
 *
 * @param status such as {@code active}
 * @param items in the provider's order; the first one names the plan
 * @param endsAt when a scheduled cancellation takes effect
 * @param pausedCollection how invoices are treated while collection is paused, such as {@code void}
 */
public record SubscriptionTerms(
    String status,
    List<Item> items,
    List<Discount> discounts,
    Optional<Instant> endsAt,
    Optional<String> pausedCollection) {

  /**
   * One priced item.
   *
   * @param unitAmount empty when tiered or finer than the minor unit, or not named by an event, since
   *     it is in another currency than the price's own
   * @param interval {@code day}, {@code week}, {@code month} or {@code year}; empty for a price that
   *     doesn't recur
   * @param intervalCount how many intervals a period has
   * @param taxBehavior {@code inclusive}, {@code exclusive} or {@code unspecified}, where it is known
   */
  public record Item(
      String priceId,
      String productId,
      long quantity,
      String currency,
      Optional<Long> unitAmount,
      Optional<String> interval,
      int intervalCount,
      boolean metered,
      Optional<String> taxBehavior) {
    /** Whether both are charged as often, and both by use or neither. */
    public boolean recursLike(Item other) {
      return interval.equals(other.interval)
          && intervalCount == other.intervalCount
          && metered == other.metered;
    }
  }

  /**
   * One discount. An event may name it only, by its id; the fact of its application names the coupon.
   *
   * @param percentOff of a hundred
   * @param duration {@code once}, {@code repeating} or {@code forever}
   */
  public record Discount(
      Optional<String> id,
      Optional<String> couponId,
      Optional<BigDecimal> percentOff,
      Optional<Long> amountOff,
      Optional<String> duration,
      Optional<Instant> endsAt) {}

  public SubscriptionTerms {
    items = List.copyOf(items);
    discounts = List.copyOf(discounts);
  }

  /** The item that names the plan. */
  public Item mainItem() {
    return items.get(0);
  }
}
