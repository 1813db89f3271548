package com.tatame.billing.stripe;

import com.tatame.billing.money.Money;
import com.tatame.billing.promotion.Coupon;
import com.tatame.billing.promotion.PromotionCode;
import java.math.BigDecimal;
import java.util.Optional;

/**
 * Coupons and promotion codes. A code's coupon stands under {@code promotion} (since 2025-09-30) or
 * directly.
 */
final class PromotionShape {
  private PromotionShape() {}

  static Coupon coupon(Fields coupon) {
    Optional<BigDecimal> percentOff = coupon.optionalDecimal("percent_off");
    Optional<Long> amountOff = coupon.optionalNumber("amount_off");
    if (percentOff.isPresent() == amountOff.isPresent()) {
      throw coupon.unreadable("percent_off", "and amount_off must not both be set or both be null");
    }
    return new Coupon(
        coupon.text("id"),
        coupon.optionalText("name"),
        percentOff,
        amountOff.map(amount -> new Money(amount, CatalogShape.currency(coupon))),
        coupon.constant("duration", Coupon.Duration.class),
        coupon.states("duration_in_months")
            ? Optional.of(coupon.integer("duration_in_months", 1, Integer.MAX_VALUE))
            : Optional.<Integer>empty(),
        coupon.optionalNumber("max_redemptions"),
        coupon.number("times_redeemed"),
        coupon.optionalInstant("redeem_by"),
        coupon.metadata(),
        coupon.instant("created"));
  }

  static PromotionCode code(Fields code) {
    Fields restrictions = code.object("restrictions");
    return new PromotionCode(
        code.text("id"),
        code.text("code"),
        (code.has("promotion") ? code.object("promotion") : code).id("coupon"),
        code.flag("active"),
        code.optionalId("customer"),
        code.optionalInstant("expires_at"),
        code.optionalNumber("max_redemptions"),
        code.number("times_redeemed"),
        restrictions.flag("first_time_transaction"),
        minimum(restrictions),
        code.instant("created"));
  }

  private static Optional<Money> minimum(Fields restrictions) {
    return restrictions
        .optionalNumber("minimum_amount")
        .map(amount ->
            new Money(amount, CatalogShape.currency(restrictions, "minimum_amount_currency")));
  }
}
