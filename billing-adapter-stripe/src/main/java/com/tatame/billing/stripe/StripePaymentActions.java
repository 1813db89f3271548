package com.tatame.billing.stripe;

import com.google.gson.JsonElement;
import com.stripe.param.InvoiceRetrieveParams;
import com.tatame.billing.payment.PaymentAction;
import java.util.Optional;

/** Finds out what a payer must still do for a subscription's latest invoice. */
final class StripePaymentActions {
  private static final String SUBSCRIPTION = "subscriptions.read";
  private static final String INVOICE = "invoices.read";

  private final StripeCalls calls;

  StripePaymentActions(StripeCalls calls) {
    this.calls = calls;
  }

  Optional<PaymentAction> of(String subscriptionId) {
    StripeResult subscription =
        calls.read(SUBSCRIPTION, client -> client.v1().subscriptions().retrieve(subscriptionId));
    return subscription
        .live()
        .map(body -> body.get("latest_invoice"))
        .filter(JsonElement::isJsonPrimitive)
        .flatMap(id -> ofInvoice(id.getAsString()));
  }

  private Optional<PaymentAction> ofInvoice(String id) {
    InvoiceRetrieveParams params = InvoiceRetrieveParams.builder()
        .addExpand("payments.data.payment.payment_intent")
        .build();
    StripeResult invoice =
        calls.read(INVOICE, client -> client.v1().invoices().retrieve(id, params));
    try {
      return invoice.live().map(Fields::of).flatMap(InvoiceDetailsShape::paymentAction);
    } catch (UnreadableShape e) {
      throw StripeReads.senseless(INVOICE);
    }
  }
}
