package com.tatame.billing.failure;

import java.time.Duration;

/** The provider did not answer usefully: unreachable, overloaded or broken. */
public final class ProviderUnavailable extends BillingException {
  private static final long serialVersionUID = 1L;

  /** What is known about a request that got no useful answer. */
  public enum Execution {
    /** Certainly not executed, such as a rate limit or a refused connection. */
    NOT_EXECUTED,
    /** It may or may not have been executed: a timeout, a reset, a server error. */
    UNKNOWN,
    /**
     * As unknown, and the provider kept the failure: under this idempotency key it will never answer
     * anything else.
     */
    REPLAYED_FAILURE
  }

  private final Execution execution;
  private final transient Duration retryAfter;

  public ProviderUnavailable(
      Execution execution, Duration retryAfter, String message, Throwable cause) {
    super("provider_unavailable", true, message, cause);
    this.execution = execution;
    this.retryAfter = retryAfter;
  }

  public ProviderUnavailable(Execution execution, Duration retryAfter, String message) {
    super("provider_unavailable", true, message);
    this.execution = execution;
    this.retryAfter = retryAfter;
  }

  public Execution execution() {
    return execution;
  }

  /** How long to wait before trying again. */
  public Duration retryAfter() {
    return retryAfter;
  }
}
