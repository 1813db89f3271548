package com.tatame.billing.entitlement;

import com.tatame.billing.money.Money;
import java.util.Optional;

/** What became of a {@link Use}. */
public sealed interface ConsumeResult {
  /**
   * The units are used.
   *
   * @param consumption empty where nothing is counted
   * @param charge what is to be paid for them; empty if they are included
   * @param again whether that was done before, under the same key
   */
  record Granted(Optional<Consumption> consumption, Optional<Charge> charge, boolean again)
      implements ConsumeResult {}

  /** Nothing is used; the decision says why. */
  record Denied(Decision decision) implements ConsumeResult {}

  /**
   * What units cost.
   *
   * @param price of all of them, after the discount
   */
  record Charge(Money price, int discountPercent) {}
}
