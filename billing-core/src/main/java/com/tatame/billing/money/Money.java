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

  /** This with so many hundredths taken off, rounded half up to the minor unit. */
  public Money lessPercent(int percent) {
    return new Money(
        Math.floorDiv(Math.addExact(Math.multiplyExact(amount, 100L - percent), 50), 100L),
        currency);
  }
}
