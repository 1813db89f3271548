package com.tatame.billing.simulator.engine;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

final class Price extends StripeObject {
  String product = "";
  String currency = "";
  long unitAmount;

  /** What a unit costs in other currencies. */
  Map<String, Long> currencyOptions = new TreeMap<>();

  boolean active = true;

  @Nullable
  Recurrence recurring;

  @Nullable
  String lookupKey;

  @Nullable
  String nickname;

  String taxBehavior = "unspecified";

  /** Not null for a price that may stand in a subscription. */
  Recurrence recurrence() {
    if (recurring == null) {
      throw new IllegalStateException(id + " is not recurring");
    }
    return recurring;
  }

  boolean soldIn(String other) {
    return other.equals(currency) || currencyOptions.containsKey(other);
  }

  /** In a currency in which it is sold. */
  long unitAmountIn(String other) {
    return other.equals(currency)
        ? unitAmount
        : Objects.requireNonNull(currencyOptions.get(other), other);
  }

  long amountFor(long quantity, String in) {
    return recurring != null && recurring.metered()
        ? 0
        : Math.multiplyExact(unitAmountIn(in), quantity);
  }

  /** Refuses a price that isn't sold in the currency of a sale. */
  void requireSoldIn(String expected, String param) {
    if (!soldIn(expected)) {
      throw StripeException.invalid(
          null,
          param,
          "The price specified only supports `" + currency
              + "`. This doesn't match the expected currency: `" + expected + "`.");
    }
  }
}
