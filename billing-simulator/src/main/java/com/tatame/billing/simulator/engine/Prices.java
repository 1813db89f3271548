package com.tatame.billing.simulator.engine;

import java.math.BigDecimal;
import java.util.Currency;
import java.util.Locale;

/** Prices as people read them. */
final class Prices {
  private Prices() {}

  /** For example {@code $24.99 / month}. */
  static String describe(Price price, String currency) {
    if (price.recurring == null) {
      return money(price.unitAmountIn(currency), currency);
    }
    long count = price.recurring.intervalCount();
    String every =
        count == 1 ? price.recurring.interval() : count + " " + price.recurring.interval() + "s";
    return money(price.unitAmountIn(currency), currency) + " / " + every;
  }

  /** An amount of minor units with its currency's sign, for example {@code $24.99}. */
  static String money(long minorUnits, String currency) {
    Currency known = Currency.getInstance(currency.toUpperCase(Locale.ROOT));
    BigDecimal amount =
        BigDecimal.valueOf(minorUnits, Math.max(0, known.getDefaultFractionDigits()));
    String digits = String.format(Locale.US, "%,." + amount.scale() + "f", amount.abs());
    return (minorUnits < 0 ? "-" : "") + known.getSymbol(Locale.US) + digits;
  }
}
