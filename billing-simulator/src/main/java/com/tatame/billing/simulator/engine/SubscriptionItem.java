package com.tatame.billing.simulator.engine;

final class SubscriptionItem extends StripeObject {
  String price = "";
  long quantity = 1;
  long periodStart;
  long periodEnd;
  /** What was billed for the time from {@link #billedFrom} to the period's end, after discounts. */
  long billed;

  long billedFrom;

  SubscriptionItem copy() {
    SubscriptionItem copy = new SubscriptionItem();
    copy.id = id;
    copy.created = created;
    copy.metadata.putAll(metadata);
    copy.price = price;
    copy.quantity = quantity;
    copy.periodStart = periodStart;
    copy.periodEnd = periodEnd;
    copy.billed = billed;
    copy.billedFrom = billedFrom;
    return copy;
  }
}
