package com.tatame.billing.stripe;

/** Receives every finished call to Stripe, for metrics. Called on the thread that made the call. */
@FunctionalInterface
public interface ProviderCallListener {
  /** How a call ended. */
  enum Outcome {
    SUCCEEDED,
    /** A read that found nothing. */
    ABSENT,
    REJECTED,
    /** The payer's bank said no. */
    DECLINED,
    /** Certainly without effect: rate limit, refused connection, wrong key. */
    NOT_EXECUTED,
    /** Whether it had an effect is not known: timeout, reset, server error. */
    UNKNOWN,
    /**
     * Stripe replayed a server error that it has stored for the idempotency key, so
     * sending the same request again can't help.
     */
    REPLAYED_FAILURE
  }

  /**
   * A call has ended. What this method throws is dropped, because the call has already had its
   * effect.
   *
   * @param operation stable name such as {@code subscriptions.update}; without ids
   * @param nanos elapsed time, attempts and pauses between them included
   */
  void onCall(String operation, Outcome outcome, long nanos);
}
