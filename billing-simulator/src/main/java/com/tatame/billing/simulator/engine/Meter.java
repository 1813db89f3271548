package com.tatame.billing.simulator.engine;

import org.jspecify.annotations.Nullable;

final class Meter extends StripeObject {
  String displayName = "";
  String eventName = "";
  String formula = "sum";
  String customerKey = "stripe_customer_id";
  String valueKey = "value";
  boolean active = true;
  long updated;

  @Nullable
  String eventTimeWindow;

  @Nullable
  Long deactivatedAt;
}
