package com.tatame.billing.simulator.engine;

import org.jspecify.annotations.Nullable;

final class Price extends StripeObject {
  String product = "";
  String currency = "";
  long unitAmount;
  boolean active = true;

  @Nullable
  Recurrence recurring;

  @Nullable
  String lookupKey;

  @Nullable
  String nickname;

  String taxBehavior = "unspecified";

  /** Not null for a price that may stand in a subscription. */
  Recurrence recurrence() {
    if (recurring == null) {
      throw new IllegalStateException(id + " is not recurring");
    }
    return recurring;
  }

  long amountFor(long quantity) {
    return recurring != null && recurring.metered() ? 0 : Math.multiplyExact(unitAmount, quantity);
  }
}
