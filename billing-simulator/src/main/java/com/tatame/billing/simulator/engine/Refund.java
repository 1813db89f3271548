package com.tatame.billing.simulator.engine;

import org.jspecify.annotations.Nullable;

final class Refund extends StripeObject {
  String status = "succeeded";
  long amount;
  String charge = "";

  @Nullable
  String reason;

  @Nullable
  String failureReason;
}
