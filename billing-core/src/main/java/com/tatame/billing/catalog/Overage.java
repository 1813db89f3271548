package com.tatame.billing.catalog;

import com.tatame.billing.observation.WireName;
import java.util.Optional;

/**
 * What holds for units beyond a counter's limit.
 *
 * @param discountPercent taken off the price of such a unit, 0 to 100
 * @param limit how many of them a window has; empty for any number
 * @param beyond what holds once these are used up, too
 */
public record Overage(int discountPercent, Optional<Long> limit, Beyond beyond) {
  /** What becomes of a unit for which there is no discounted place either. */
  public enum Beyond implements WireName {
    /** It is given, at its whole price. */
    FULL_PRICE,
    REFUSED
  }

  public Overage {
    if (discountPercent < 0 || discountPercent > 100) {
      throw new IllegalArgumentException(
          "discountPercent must be from 0 to 100: " + discountPercent);
    }
    if (limit.filter(most -> most < 0).isPresent()) {
      throw new IllegalArgumentException("limit must not be negative: " + limit.get());
    }
  }
}
