package com.tatame.billing.simulator.engine;

import org.jspecify.annotations.Nullable;

final class PromotionCode extends StripeObject {
  String code = "";
  String coupon = "";
  boolean active = true;
  boolean firstTimeTransaction;
  long timesRedeemed;

  @Nullable
  String customer;

  @Nullable
  Long expiresAt;

  @Nullable
  Long maxRedemptions;

  @Nullable
  Long minimumAmount;

  @Nullable
  String minimumAmountCurrency;
}
