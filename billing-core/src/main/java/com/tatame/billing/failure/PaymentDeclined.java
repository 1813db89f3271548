package com.tatame.billing.failure;

/** The provider tried to charge, and the payer's bank said no. */
public final class PaymentDeclined extends BillingException {
  private static final long serialVersionUID = 1L;

  private final String declineCode;

  public PaymentDeclined(String declineCode, String message) {
    super("payment_declined", false, message);
    this.declineCode = declineCode;
  }

  /** The bank's reason as the provider names it, such as {@code insufficient_funds}. */
  public String declineCode() {
    return declineCode;
  }
}
