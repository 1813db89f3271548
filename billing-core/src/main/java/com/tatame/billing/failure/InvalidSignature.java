package com.tatame.billing.failure;

import java.util.Locale;

/** A webhook whose signature, timestamp or body can't be trusted. */
public final class InvalidSignature extends BillingException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** What is wrong with it. */
  public enum Reason {
    MISSING_HEADER,
    MALFORMED_HEADER,
    /** Also of one that is sent a second time by a stranger. */
    TIMESTAMP_TOO_OLD,
    /** One of both clocks is wrong. */
    TIMESTAMP_IN_FUTURE,
    NO_MATCHING_SECRET,
    /** It is signed, and still no event. */
    UNREADABLE_BODY;

    /** Stable, machine-readable name, such as {@code no_matching_secret}. */
    public String code() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public InvalidSignature(Reason reason, String message) {
    super("invalid_signature", false, message);
    this.reason = reason;
  }

  /** What is wrong, for the log of whom it was sent to. */
  public Reason reason() {
    return reason;
  }
}
