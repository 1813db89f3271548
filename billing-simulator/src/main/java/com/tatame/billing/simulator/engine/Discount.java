package com.tatame.billing.simulator.engine;

import org.jspecify.annotations.Nullable;

/** A coupon in force on a subscription, with the coupon's terms as they were when it was given. */
final class Discount extends StripeObject {
  Coupon coupon = new Coupon();
  String customer = "";
  String subscription = "";

  @Nullable
  String promotionCode;

  @Nullable
  Long end;

  boolean at(long instant) {
    return end == null || end > instant;
  }

  /** What is left of an amount; a fixed sum is not taken here, since it is spread over a whole invoice. */
  long percentOf(long amount) {
    return coupon.percentOff == null ? 0 : Proration.percent(amount, coupon.percentOff);
  }
}
