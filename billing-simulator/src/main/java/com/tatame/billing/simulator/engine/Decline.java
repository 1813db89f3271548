package com.tatame.billing.simulator.engine;

import org.jspecify.annotations.Nullable;

/** Why a card did not pay, in the words that the card holder reads and the codes that a program reads. */
record Decline(String code, @Nullable String declineCode, String message) {
  static final Decline AUTHENTICATION_FAILED = new Decline(
      "payment_intent_authentication_failure",
      null,
      "We are unable to authenticate your payment method. Please choose a different payment method and try again.");
  static final Decline SETUP_AUTHENTICATION_FAILED = new Decline(
      "setup_intent_authentication_failure",
      null,
      "We are unable to authenticate your payment method. Please choose a different payment method and try again.");
  static final Decline AUTHENTICATION_REQUIRED = new Decline(
      "authentication_required",
      "authentication_required",
      "Your card was declined. This transaction requires authentication.");

  static final Decline OTHER_CURRENCY = new Decline(
      "invalid_request_error", null, "You cannot combine currencies on a single customer.");

  static final Decline NO_METHOD =
      new Decline("missing_payment_method", null, "There is no payment method to charge.");
  static final Decline ACTION_REQUIRED = new Decline(
      "subscription_payment_intent_requires_action",
      null,
      "Payment for this subscription requires additional user action before it can be completed successfully.");
  static final Decline INVOICE_REQUIRES_ACTION = new Decline(
      "invoice_payment_intent_requires_action",
      null,
      "This payment requires additional user action before it can be completed successfully. Payment can be completed"
          + " using the PaymentIntent associated with the invoice.");

  static Decline card(String declineCode, String message) {
    return new Decline("card_declined", declineCode, message);
  }
}
