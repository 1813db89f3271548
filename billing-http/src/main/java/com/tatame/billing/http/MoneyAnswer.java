package com.tatame.billing.http;

import com.tatame.billing.money.Amounts;
import com.tatame.billing.money.Money;
import java.util.List;

/** An amount as it is answered. */
record MoneyAnswer(
    @Doc(value = "In the currency's minor unit, such as cents.", example = "999")
    long amount,

    @Doc(value = "ISO 4217, lower case.", example = "usd") String currency) {
  /** In each currency, the default first. */
  static List<MoneyAnswer> of(Amounts amounts) {
    return amounts.all().stream().map(MoneyAnswer::of).toList();
  }

  static MoneyAnswer of(Money money) {
    return new MoneyAnswer(money.amount(), money.currency());
  }
}
