package com.tatame.billing.money;

import java.util.Locale;

/**
 * An amount in the currency's minor unit (cents for usd, whole yen for jpy).
 *
 * @param amount may be negative for a credit
 * @param currency ISO 4217, lower case
 */
public record Money(long amount, String currency) {
  public Money {
    if (currency.length() != 3 || !currency.equals(currency.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException("currency must be three lower-case letters: " + currency);
    }
  }

  /**
   * This with so many hundredths taken off, rounded half up to the least amount that can be charged:
   * to the minor unit in most currencies, see {@link MinorUnits#step}.
   */
  public Money lessPercent(int percent) {
    long step = 100L * MinorUnits.step(currency);
    long exact = Math.multiplyExact(amount, 100L - percent);
    return new Money(
        Math.floorDiv(Math.addExact(exact, step / 2), step) * MinorUnits.step(currency), currency);
  }
}
