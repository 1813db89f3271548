package com.tatame.billing.catalog;

import java.util.Locale;
import java.util.Optional;

/** How often a plan is billed. */
public enum BillingInterval {
  MONTHLY,
  YEARLY;

  /** The name on the wire: {@code monthly} or {@code yearly}. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The interval with this wire name, if there is one. */
  public static Optional<BillingInterval> of(String code) {
    for (BillingInterval interval : values()) {
      if (interval.code().equals(code)) {
        return Optional.of(interval);
      }
    }
    return Optional.empty();
  }
}
