package com.tatame.billing.simulator.engine;

import org.jspecify.annotations.Nullable;

final class InvoicePayment extends StripeObject {
  String status = "open";
  String invoice = "";
  String paymentIntent = "";
  String currency = "";
  long amountRequested;

  @Nullable
  Long amountPaid;

  @Nullable
  Long paidAt;

  @Nullable
  Long canceledAt;
}
