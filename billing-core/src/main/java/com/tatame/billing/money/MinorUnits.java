package com.tatame.billing.money;

import java.util.Currency;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How the payment provider counts in a currency, which is not everywhere as ISO 4217 has it: some
 * currencies without decimals are charged in hundredths, and amounts of three decimals end in 0.
 */
public final class MinorUnits {
  private static final Set<String> WITHOUT_DECIMALS = Set.of(
      "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf",
      "xof", "xpf");
  private static final Set<String> THREE_DECIMALS = Set.of("bhd", "jod", "kwd", "omr", "tnd");

  /** Charged in hundredths, of which there are none. */
  private static final Set<String> WHOLE_HUNDREDS = Set.of("isk", "ugx");

  private static final Set<String> KNOWN = Currency.getAvailableCurrencies().stream()
      .map(currency -> currency.getCurrencyCode().toLowerCase(Locale.ROOT))
      .collect(Collectors.toUnmodifiableSet());

  private MinorUnits() {}

  /** How many decimals an amount of minor units has: 2 for usd, 0 for jpy, 3 for kwd. */
  public static int decimals(String currency) {
    if (WITHOUT_DECIMALS.contains(currency)) {
      return 0;
    }
    return THREE_DECIMALS.contains(currency) ? 3 : 2;
  }

  /** Of which every amount is a multiple, in minor units: 1 for most, 10 for kwd, 100 for isk. */
  public static int step(String currency) {
    if (WHOLE_HUNDREDS.contains(currency)) {
      return 100;
    }
    return THREE_DECIMALS.contains(currency) ? 10 : 1;
  }

  /** The codes of all currencies, in lower case. */
  public static Set<String> currencies() {
    return KNOWN;
  }
}
