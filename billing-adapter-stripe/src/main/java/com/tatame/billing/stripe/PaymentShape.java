package com.tatame.billing.stripe;

import com.tatame.billing.invoice.InvoicePayment;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.payment.PaymentMethod;
import com.tatame.billing.payment.SetupIntent;
import java.util.Optional;

/**
 * Payment methods, payments and what they pay. A payment's {@code invoice}, which versions before
 * 2025-03-31 show, is left alone: later ones tell it by an invoice payment. Its last charge has a
 * field of its own (since 2022-11-15) or is the first of its {@code charges}.
 */
final class PaymentShape {
  private PaymentShape() {}

  static PaymentMethod method(Fields method) {
    String type = method.text("type");
    // Types that have nothing to show leave their own object out.
    Optional<Fields> details =
        method.has(type) ? method.optionalObject(type) : Optional.<Fields>empty();
    return new PaymentMethod(
        method.text("id"),
        method.id("customer"),
        type,
        details.flatMap(fields -> fields.omissibleText("brand")),
        details.flatMap(fields -> fields.omissibleText("last4")),
        details.flatMap(fields -> expiry(fields, "exp_month", 12)),
        details.flatMap(fields -> expiry(fields, "exp_year", 9999)),
        details.flatMap(fields -> fields.omissibleText("fingerprint")),
        method.instant("created"));
  }

  private static Optional<Integer> expiry(Fields details, String name, int last) {
    return details.states(name)
        ? Optional.of(details.integer(name, 1, last))
        : Optional.<Integer>empty();
  }

  static PaymentIntent intent(Fields intent) {
    return new PaymentIntent(
        intent.text("id"),
        intent.optionalId("customer"),
        Metadata.account(intent.metadata()),
        intent.constant("status", PaymentIntent.Status.class),
        CatalogShape.currency(intent),
        intent.number("amount"),
        intent.number("amount_received"),
        intent.optionalId("payment_method"),
        lastCharge(intent),
        intent.optionalObject("last_payment_error").map(PaymentShape::failure),
        intent.metadata(),
        Metadata.sale(intent.metadata(), CatalogShape.currency(intent)),
        intent.instant("created"),
        intent.optionalInstant("canceled_at"));
  }

  private static Optional<String> lastCharge(Fields intent) {
    if (intent.has("latest_charge") || !intent.has("charges")) {
      return intent.optionalId("latest_charge");
    }
    return intent.object("charges").objects("data").stream()
        .findFirst()
        .map(charge -> charge.text("id"));
  }

  private static PaymentIntent.Failure failure(Fields error) {
    return new PaymentIntent.Failure(
        error.omissibleText("code"),
        error.omissibleText("decline_code"),
        error.omissibleText("charge"),
        error.omissibleText("message"));
  }

  static SetupIntent setup(Fields setup) {
    return new SetupIntent(
        setup.text("id"),
        setup.optionalId("customer"),
        setup.constant("status", SetupIntent.Status.class),
        setup.text("usage"),
        setup.optionalId("payment_method"),
        setup.optionalObject("last_setup_error").flatMap(error -> error.omissibleText("code")),
        setup.instant("created"));
  }

  static InvoicePayment invoicePayment(Fields payment) {
    Fields by = payment.object("payment");
    Fields transitions = payment.object("status_transitions");
    return new InvoicePayment(
        payment.text("id"),
        payment.id("invoice"),
        by.omissibleId("payment_intent"),
        by.omissibleId("charge"),
        payment.constant("status", InvoicePayment.Status.class),
        CatalogShape.currency(payment),
        payment.number("amount_requested"),
        payment.optionalNumber("amount_paid"),
        payment.instant("created"),
        transitions.optionalInstant("paid_at"),
        transitions.optionalInstant("canceled_at"));
  }
}
