package com.tatame.billing.stripe;

import com.tatame.billing.invoice.Invoice;
import com.tatame.billing.invoice.InvoiceStatus;
import java.util.Optional;

/**
 * Invoices in all their shapes: the subscription stands under {@code parent} (since 2025-03-31) or
 * directly.
 */
final class InvoiceShape {
  private InvoiceShape() {}

  static Invoice read(Fields invoice) {
    Fields transitions = invoice.object("status_transitions");
    long attempts = invoice.number("attempt_count");
    if (attempts < 0 || attempts > Integer.MAX_VALUE) {
      throw invoice.unreadable("attempt_count", "is out of range");
    }
    return new Invoice(
        invoice.text("id"),
        invoice.id("customer"),
        subscriptionId(invoice),
        invoice.optionalText("number"),
        invoice.known("status", InvoiceStatus::of),
        invoice.optionalText("billing_reason"),
        CatalogShape.currency(invoice),
        invoice.number("total"),
        invoice.number("amount_due"),
        invoice.number("amount_paid"),
        (int) attempts,
        invoice.optionalInstant("next_payment_attempt"),
        invoice.instant("period_start"),
        invoice.instant("period_end"),
        invoice.instant("created"),
        transitions.optionalInstant("finalized_at"),
        transitions.optionalInstant("paid_at"),
        transitions.optionalInstant("voided_at"),
        transitions.optionalInstant("marked_uncollectible_at"));
  }

  static Optional<String> subscriptionId(Fields invoice) {
    if (!invoice.has("parent")) {
      return invoice.optionalId("subscription");
    }
    return invoice
        .optionalObject("parent")
        .flatMap(parent -> parent.optionalObject("subscription_details"))
        .flatMap(details -> details.optionalId("subscription"));
  }
}
