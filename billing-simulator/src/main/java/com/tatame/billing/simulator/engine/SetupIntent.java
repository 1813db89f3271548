package com.tatame.billing.simulator.engine;

import org.jspecify.annotations.Nullable;

final class SetupIntent extends StripeObject {
  String status = "requires_payment_method";
  String usage = "off_session";
  boolean automaticMethods;

  @Nullable
  String customer;

  @Nullable
  String paymentMethod;

  @Nullable
  String description;

  @Nullable
  String cancellationReason;

  @Nullable
  Decline lastError;

  String clientSecret() {
    return id + "_secret_" + id.substring(5, 17);
  }
}
