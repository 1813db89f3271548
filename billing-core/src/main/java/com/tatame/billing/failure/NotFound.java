package com.tatame.billing.failure;

/** The object doesn't exist, or isn't the caller's: the two are not told apart. */
public final class NotFound extends BillingException {
  private static final long serialVersionUID = 1L;

  public NotFound(String what, String id) {
    super("not_found", false, "No such " + what + ": " + id);
  }
}
