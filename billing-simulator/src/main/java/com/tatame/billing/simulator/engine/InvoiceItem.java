package com.tatame.billing.simulator.engine;

import org.jspecify.annotations.Nullable;

/** A credit or a debit that waits for the subscription's next invoice, or stands on one. */
final class InvoiceItem extends StripeObject {
  String customer = "";
  String subscription = "";
  String subscriptionItem = "";
  String currency = "";
  String description = "";
  String price = "";
  long quantity;
  long amount;
  long periodStart;
  long periodEnd;

  @Nullable
  String invoice;
}
