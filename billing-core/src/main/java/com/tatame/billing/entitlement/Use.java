package com.tatame.billing.entitlement;

import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.failure.ValidationFailed.FieldError;
import com.tatame.billing.money.Money;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an account wants to use.
 *
 * @param amount units, at least 1
 * @param itemPrice the whole price of one unit, if it has one: units beyond the limit are charged by
 *     it, and are not given without it
 * @param key under which it takes effect once, for 90 days; empty if it is never repeated
 */
public record Use(String feature, long amount, Optional<Money> itemPrice, Optional<String> key) {
  static final long MAX_UNITS = 1_000_000_000_000L;
  private static final long DEAREST = 99_999_999;

  public Use {
    List<FieldError> errors = new ArrayList<>();
    if (amount < 1 || amount > MAX_UNITS) {
      errors.add(new FieldError("amount", "must be a whole number from 1 to " + MAX_UNITS));
    }
    itemPrice
        .filter(price -> price.amount() < 0 || price.amount() > DEAREST)
        .ifPresent(price ->
            errors.add(new FieldError("itemPrice.amount", "must be from 0 to " + DEAREST)));
    if (!errors.isEmpty()) {
      throw new ValidationFailed(errors);
    }
  }

  /** One unit that has no price, once under this key. */
  public static Use one(String feature, String key) {
    return new Use(feature, 1, Optional.empty(), Optional.of(key));
  }

  /** What tells two uses under one key apart. */
  String fingerprint() {
    return feature + " " + amount
        + itemPrice.map(price -> " " + price.amount() + " " + price.currency()).orElse("");
  }
}
