package com.tatame.billing.failure;

/** A webhook whose signature, timestamp or body can't be trusted. */
public final class InvalidSignature extends BillingException {
  private static final long serialVersionUID = 1L;

  public InvalidSignature(String message) {
    super("invalid_signature", false, message);
  }
}
