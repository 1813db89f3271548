package com.tatame.billing.simulator.engine;

import org.jspecify.annotations.Nullable;

final class Charge extends StripeObject {
  String status = "succeeded";
  long amount;
  long amountRefunded;
  boolean disputed;
  String currency = "";
  String paymentIntent = "";
  String paymentMethod = "";

  @Nullable
  String customer;

  @Nullable
  String description;

  @Nullable
  String invoice;

  @Nullable
  Decline failure;
}
