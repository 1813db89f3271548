package com.tatame.billing.failure;

/** No valid proof of who calls. The message names the reason and never the token. */
public final class Unauthenticated extends BillingException {
  private static final long serialVersionUID = 1L;

  public Unauthenticated(String message) {
    super("unauthenticated", false, message);
  }
}
