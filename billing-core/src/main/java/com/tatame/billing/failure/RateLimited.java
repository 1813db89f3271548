package com.tatame.billing.failure;

import java.time.Duration;

/** The caller did something too often; the same call succeeds later. */
public final class RateLimited extends BillingException {
  private static final long serialVersionUID = 1L;

  private final Duration retryAfter;

  /** Says how long to wait. */
  public RateLimited(String message, Duration retryAfter) {
    super("rate_limited", true, message);
    this.retryAfter = retryAfter;
  }

  /** How long to wait before the call, by wall time. */
  public Duration retryAfter() {
    return retryAfter;
  }
}
