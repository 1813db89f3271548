package com.tatame.billing.catalog;

import java.util.Locale;

/**
 * How a price repeats.
 *
 * @param count units from one charge to the next, at least 1
 * @param metered whether the quantity is what was used, and not what was ordered
 */
public record Recurrence(Unit unit, int count, boolean metered) {
  /** The provider's calendar units. */
  public enum Unit {
    DAY,
    WEEK,
    MONTH,
    YEAR;

    /** The name on the wire, lower case. */
    public String code() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
