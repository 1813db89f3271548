package com.tatame.billing.failure;

import java.time.Duration;

/** Who calls can't be told at present, since the identity provider's keys are not to be had. */
public final class IdentityUnavailable extends BillingException {
  private static final long serialVersionUID = 1L;

  private final transient Duration retryAfter;

  public IdentityUnavailable(Duration retryAfter, String message) {
    super("identity_unavailable", true, message);
    this.retryAfter = retryAfter;
  }

  /** How long to wait before trying again. */
  public Duration retryAfter() {
    return retryAfter;
  }
}
