package com.tatame.billing.architecture.bad.refund;

/** Closes the cycle with the checkout example. */
public final class BadRefund {
  public Class<?> origin() {
    return com.tatame.billing.architecture.bad.checkout.OpenedByRefund.class;
  }
}
