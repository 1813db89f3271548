package com.tatame.billing.failure;

import java.util.Optional;

/** The request is sound, but the present state of things forbids it. */
public final class Conflict extends BillingException {
  private static final long serialVersionUID = 1L;

  private final transient Optional<String> existingId;

  private Conflict(String code, String message, Optional<String> existingId) {
    super(code, false, message);
    this.existingId = existingId;
  }

  public static Conflict because(String message) {
    return new Conflict("conflict", message, Optional.empty());
  }

  /** The account already has a live subscription of this plan family. */
  public static Conflict subscriptionExists(String subscriptionId) {
    return new Conflict(
        "subscription_exists",
        "A subscription of this kind is already live: " + subscriptionId
            + ". Change or cancel it instead.",
        Optional.of(subscriptionId));
  }

  /** A subscription lives on this payment method alone. */
  public static Conflict lastPaymentMethod() {
    return new Conflict(
        "last_payment_method",
        "A subscription is charged to this payment method, and there is no other. Add another one or"
            + " cancel the subscription first.",
        Optional.empty());
  }

  /** What was quoted is not what would be charged any more; nothing was. */
  public static Conflict quoteStale(String message) {
    return new Conflict("quote_stale", message, Optional.empty());
  }

  public static Conflict idempotencyKeyReused() {
    return new Conflict(
        "idempotency_key_reused",
        "This Idempotency-Key was used for another request. Send a new key with a new request.",
        Optional.empty());
  }

  /** The object that stands in the way, if it is one that the caller may see. */
  public Optional<String> existingId() {
    return existingId;
  }
}
