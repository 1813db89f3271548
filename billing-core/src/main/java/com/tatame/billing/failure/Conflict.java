package com.tatame.billing.failure;

import java.time.Duration;
import java.util.Optional;

/** The request is sound, but the present state of things forbids it. */
public final class Conflict extends BillingException {
  private static final long serialVersionUID = 1L;

  private final transient Optional<String> existingId;
  private final transient Optional<Duration> retryAfter;

  private Conflict(String code, String message, Optional<String> existingId) {
    super(code, false, message);
    this.existingId = existingId;
    this.retryAfter = Optional.empty();
  }

  private Conflict(String message, Duration retryAfter) {
    super("in_progress", true, message);
    this.existingId = Optional.empty();
    this.retryAfter = Optional.of(retryAfter);
  }

  public static Conflict because(String message) {
    return new Conflict("conflict", message, Optional.empty());
  }

  /**
   * It is under way, or something else is that must end first. Asking again under the same idempotency
   * key fetches the result, and does nothing twice.
   */
  public static Conflict inProgress(Duration retryAfter, String message) {
    return new Conflict(message, retryAfter);
  }

  /** The same amount of the same payment was refunded a moment ago. Nothing was sent. */
  public static Conflict possibleDuplicate(String refundId) {
    return new Conflict(
        "possible_duplicate",
        "The same amount of this payment was refunded less than ten minutes ago: " + refundId
            + ". To refund it once more, send allowDuplicate: true.",
        Optional.of(refundId));
  }

  /** The account owns the item, which is not sold twice. Nothing was sold. */
  public static Conflict alreadyOwned(String purchaseId) {
    return new Conflict(
        "already_owned",
        "The item is owned already, by the purchase " + purchaseId + ". It is not sold twice.",
        Optional.of(purchaseId));
  }

  /**
   * The account pays in another currency, or may be about to. Nothing was sold.
   *
   * @param currency in which it pays
   */
  public static Conflict currencyFixed(String currency) {
    return new Conflict(
        "currency_fixed",
        "The account pays in " + currency + ", the currency of its first purchase.",
        Optional.of(currency));
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

  /** What stands in the way, if the caller may see it: an object's id, or a currency. */
  public Optional<String> existingId() {
    return existingId;
  }

  /** How long to wait before asking again; empty if waiting changes nothing. */
  public Optional<Duration> retryAfter() {
    return retryAfter;
  }
}
