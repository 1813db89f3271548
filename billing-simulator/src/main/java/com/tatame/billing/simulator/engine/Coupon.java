package com.tatame.billing.simulator.engine;

import org.jspecify.annotations.Nullable;

final class Coupon extends StripeObject {
  String duration = "once";
  long timesRedeemed;

  @Nullable
  String name;

  @Nullable
  String percentOff;

  @Nullable
  Long amountOff;

  @Nullable
  String currency;

  @Nullable
  Long durationInMonths;

  @Nullable
  Long maxRedemptions;

  @Nullable
  Long redeemBy;
}
