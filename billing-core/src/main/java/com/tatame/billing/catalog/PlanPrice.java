package com.tatame.billing.catalog;

import com.tatame.billing.money.Amounts;
import com.tatame.billing.money.Money;
import java.util.Optional;

/**
 * What a plan costs for one interval.
 *
 * @param amounts of the plan, or of one unit where it is metered, in each currency in which it is sold
 * @param lookupKey the stable name under which the provider knows the price
 * @param priceId the provider's price id where configuration fixes it; else it is found by lookup key
 * @param meter whose units are charged when the interval is over; empty where the plan is paid for in
 *     advance
 */
public record PlanPrice(
    Amounts amounts, String lookupKey, Optional<String> priceId, Optional<String> meter) {
  /**
   * Paid for in advance, and found at the provider by its lookup key.
   *
   * @param amount in minor units of the currency
   */
  public static PlanPrice of(String lookupKey, long amount, String currency) {
    return new PlanPrice(new Money(amount, currency), lookupKey, Optional.empty());
  }

  /** As the other, in several currencies. */
  public static PlanPrice of(String lookupKey, Amounts amounts) {
    return new PlanPrice(amounts, lookupKey, Optional.empty(), Optional.empty());
  }

  /** Paid for in advance. */
  public PlanPrice(Money price, String lookupKey, Optional<String> priceId) {
    this(price, lookupKey, priceId, Optional.empty());
  }

  /** In one currency. */
  public PlanPrice(
      Money price, String lookupKey, Optional<String> priceId, Optional<String> meter) {
    this(Amounts.of(price), lookupKey, priceId, meter);
  }

  /** In the default currency. */
  public Money price() {
    return amounts.standard();
  }
}
