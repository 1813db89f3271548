package com.tatame.billing.configuration;

import com.tatame.billing.catalog.BillingInterval;
import java.util.Locale;

/**
 * A price of the catalog as the environment names it.
 *
 * @param tier upper case, with {@code _} for whatever is neither letter nor digit
 */
public record PriceName(String tier, BillingInterval interval) {
  /** What the variables that give the provider's ids of prices begin with. */
  public static final String PREFIX = "STRIPE_PRICE_";

  /** The price of a plan as it stands in the catalog. */
  public static PriceName of(String tier, BillingInterval interval) {
    return new PriceName(tier.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_"), interval);
  }

  /** What {@link #variable} is of. */
  public static PriceName ofVariable(String name) {
    int end = name.lastIndexOf('_');
    return new PriceName(
        name.substring(PREFIX.length(), end), BillingInterval.valueOf(name.substring(end + 1)));
  }

  /** The variable, such as {@code STRIPE_PRICE_PRO_MONTHLY}. */
  public String variable() {
    return PREFIX + tier + "_" + interval.name();
  }
}
