package com.tatame.billing.simulator.engine;

import org.jspecify.annotations.Nullable;

final class PaymentIntent extends StripeObject {
  String status = "requires_payment_method";
  long amount;
  String currency = "";

  @Nullable
  String customer;

  @Nullable
  String paymentMethod;

  @Nullable
  String latestCharge;

  @Nullable
  String description;

  @Nullable
  String invoice;

  @Nullable
  String failedPaymentMethod;

  @Nullable
  Decline lastError;

  @Nullable
  String setupFutureUsage = "off_session";

  boolean automaticPaymentMethods;

  @Nullable
  Long canceledAt;

  @Nullable
  String cancellationReason;

  String clientSecret() {
    return id + "_secret_" + id.substring(3, 15);
  }
}
