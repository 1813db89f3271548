package com.tatame.billing.promotion;

import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.failure.ValidationFailed.FieldError;
import com.tatame.billing.money.Money;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How much a discount takes off, and for how long. Exactly one of the first two is there.
 *
 * @param percentOff more than 0 and at most 100, with at most two decimals
 * @param amountOff off each invoice, at least 1 minor unit
 * @param months of invoices that a repeating one lasts, 1 to 60
 */
public record DiscountTerms(
    Optional<BigDecimal> percentOff,
    Optional<Money> amountOff,
    Coupon.Duration duration,
    Optional<Integer> months) {
  private static final int MAX_MONTHS = 60;
  private static final int DECIMALS = 2;
  private static final long MAX_AMOUNT_OFF = 99_999_999;

  public DiscountTerms {
    percentOff = percentOff.map(DiscountTerms::plain);
    List<FieldError> errors = new ArrayList<>();
    if (percentOff.isPresent() == amountOff.isPresent()) {
      errors.add(new FieldError("percentOff", "or amountOff must be given, and not both"));
    }
    if (percentOff.filter(percent -> !possible(percent)).isPresent()) {
      errors.add(new FieldError(
          "percentOff", "must be more than 0 and at most 100, with at most two decimals"));
    }
    if (amountOff
        .filter(off -> off.amount() < 1 || off.amount() > MAX_AMOUNT_OFF)
        .isPresent()) {
      errors.add(new FieldError("amountOff.amount", "must be from 1 to " + MAX_AMOUNT_OFF));
    }
    boolean repeating = duration == Coupon.Duration.REPEATING;
    if (repeating != months.isPresent()) {
      errors.add(new FieldError("durationInMonths", "is of a repeating discount, which needs it"));
    } else if (months.filter(n -> n < 1 || n > MAX_MONTHS).isPresent()) {
      errors.add(new FieldError("durationInMonths", "must be from 1 to " + MAX_MONTHS));
    }
    if (!errors.isEmpty()) {
      throw new ValidationFailed(errors);
    }
  }

  // 20.00 and 2E+1 are 20, for comparison and for readers.
  private static BigDecimal plain(BigDecimal percent) {
    BigDecimal stripped = percent.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
  }

  private static boolean possible(BigDecimal percent) {
    return percent.signum() > 0
        && percent.compareTo(BigDecimal.valueOf(100)) <= 0
        && percent.scale() <= DECIMALS;
  }

  /** A percentage off each invoice, for good. */
  public static DiscountTerms percent(int percent) {
    return new DiscountTerms(
        Optional.of(BigDecimal.valueOf(percent)),
        Optional.empty(),
        Coupon.Duration.FOREVER,
        Optional.empty());
  }

  /** This, on the next invoice only. */
  public DiscountTerms once() {
    return new DiscountTerms(percentOff, amountOff, Coupon.Duration.ONCE, Optional.empty());
  }

  /** This, for so many months. */
  public DiscountTerms forMonths(int number) {
    return new DiscountTerms(percentOff, amountOff, Coupon.Duration.REPEATING, Optional.of(number));
  }
}
