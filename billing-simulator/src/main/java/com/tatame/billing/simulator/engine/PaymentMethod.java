package com.tatame.billing.simulator.engine;

import org.jspecify.annotations.Nullable;

final class PaymentMethod extends StripeObject {
  TestCard card = TestCard.VISA;
  String last4 = "";
  int expMonth;
  int expYear;

  @Nullable
  String customer;

  @Nullable
  String email;

  @Nullable
  String name;

  boolean detached;
}
