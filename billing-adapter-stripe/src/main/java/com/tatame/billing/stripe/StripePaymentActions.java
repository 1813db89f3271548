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
    Answer subscription =
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
    Answer invoice = calls.read(INVOICE, client -> client.v1().invoices().retrieve(id, params));
    try {
      return invoice.live().map(Fields::of).flatMap(StripePaymentActions::read);
    } catch (UnreadableShape e) {
      throw StripeReads.senseless(INVOICE);
    }
  }

  private static Optional<PaymentAction> read(Fields invoice) {
    if (!invoice.text("status").equals("open") || !invoice.has("payments")) {
      return Optional.empty();
    }
    Optional<String> url = invoice.omissibleText("hosted_invoice_url");
    return invoice.object("payments").objects("data").stream()
        .filter(payment -> payment.text("status").equals("open"))
        .flatMap(payment -> payment.object("payment").optionalObject("payment_intent").stream())
        .flatMap(intent -> type(intent).stream()
            .map(type -> new PaymentAction(type, url, intent.optionalText("client_secret"))))
        .findFirst();
  }

  /** Nothing is to be done before the first attempt, which is the provider's to make. */
  private static Optional<PaymentAction.Type> type(Fields intent) {
    return switch (intent.text("status")) {
      case "requires_action" -> Optional.of(PaymentAction.Type.REQUIRES_ACTION);
      case "requires_payment_method" ->
        intent.states("last_payment_error")
            ? Optional.of(PaymentAction.Type.REQUIRES_PAYMENT_METHOD)
            : Optional.<PaymentAction.Type>empty();
      default -> Optional.empty();
    };
  }
}
