package com.tatame.billing.http;

import com.tatame.billing.payment.PaymentAction;
import org.jspecify.annotations.Nullable;

/** What the payer must still do, as it is answered. */
record PaymentActionAnswer(
    @Doc(
        value = "To confirm it with the bank, or to pay by other means.",
        oneOf = {"requires_action", "requires_payment_method"})
    String type,

    @Doc("A page of the provider where it can be done.") @Nullable @Secret
    String url,

    @Doc("For the provider's library in the application.") @Nullable @Secret
    String clientSecret) {
  static PaymentActionAnswer of(PaymentAction action) {
    return new PaymentActionAnswer(
        action.type().code(), action.url().orElse(null), action.clientSecret().orElse(null));
  }
}
