package com.tatame.billing.testkit.simulator.engine;

final class SubscriptionItem extends StripeObject {
  String price = "";
  long quantity = 1;
  long periodStart;
  long periodEnd;
}
