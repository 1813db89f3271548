package com.tatame.billing.failure;

/**
 * Root of every failure that this product reports. Expected answers (a denied feature, a payment
 * that needs its owner) are return values and never exceptions.
 */
public abstract sealed class BillingException extends RuntimeException
    permits CursorReset,
        ValidationFailed,
        InvalidSignature,
        Unauthenticated,
        IdentityUnavailable,
        Forbidden,
        NotFound,
        Conflict,
        LimitReached,
        PaymentDeclined,
        RateLimited,
        ProviderRejected,
        ProviderUnavailable,
        StoreUnavailable,
        Overloaded {
  private static final long serialVersionUID = 1L;

  private final String code;
  private final boolean retryable;

  BillingException(String code, boolean retryable, String message) {
    super(message);
    this.code = code;
    this.retryable = retryable;
  }

  BillingException(String code, boolean retryable, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
    this.retryable = retryable;
  }

  /** Stable, machine-readable name of the failure, such as {@code not_found}. */
  public final String code() {
    return code;
  }

  /** Whether the same call can succeed later without being changed. */
  public final boolean retryable() {
    return retryable;
  }
}
