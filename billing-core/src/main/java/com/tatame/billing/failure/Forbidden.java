package com.tatame.billing.failure;

/** The caller is known, and may not do this. */
public final class Forbidden extends BillingException {
  private static final long serialVersionUID = 1L;

  public Forbidden(String message) {
    super("forbidden", false, message);
  }
}
