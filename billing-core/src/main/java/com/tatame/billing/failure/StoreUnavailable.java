package com.tatame.billing.failure;

/** The database can't be reached, can't keep up or takes no writes; nothing was half-done. */
public final class StoreUnavailable extends BillingException {
  private static final long serialVersionUID = 1L;

  public StoreUnavailable(String message) {
    super("store_unavailable", true, message);
  }

  public StoreUnavailable(String message, Throwable cause) {
    super("store_unavailable", true, message, cause);
  }

  private StoreUnavailable(Throwable cause, String message) {
    super("writes_paused", true, message, cause);
  }

  /**
   * The store is being moved, or has been moved elsewhere, and takes no writes. Nothing was written.
   */
  public static StoreUnavailable writesPaused(String message, Throwable cause) {
    return new StoreUnavailable(cause, message);
  }
}
