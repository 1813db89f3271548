package com.tatame.billing.simulator.engine;

import org.jspecify.annotations.Nullable;

final class Dispute extends StripeObject {
  String status = "needs_response";
  String charge = "";
  long amount;
  boolean answered;

  @Nullable
  Long withdrawnAt;

  @Nullable
  Long reinstatedAt;
}
