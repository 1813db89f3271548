package com.tatame.billing.failure;

/** The database can't be reached or can't keep up; nothing was half-done. */
public final class StoreUnavailable extends BillingException {
  private static final long serialVersionUID = 1L;

  public StoreUnavailable(String message) {
    super("store_unavailable", true, message);
  }

  public StoreUnavailable(String message, Throwable cause) {
    super("store_unavailable", true, message, cause);
  }
}
