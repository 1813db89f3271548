package com.tatame.billing.http;

import com.tatame.billing.money.Money;

/** An amount as it is answered. */
record MoneyAnswer(
    @Doc(value = "In the currency's minor unit, such as cents.", example = "999")
    long amount,

    @Doc(value = "ISO 4217, lower case.", example = "usd") String currency) {
  static MoneyAnswer of(Money money) {
    return new MoneyAnswer(money.amount(), money.currency());
  }
}
