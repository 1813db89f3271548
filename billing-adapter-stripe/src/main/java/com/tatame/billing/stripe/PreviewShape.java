package com.tatame.billing.stripe;

import com.tatame.billing.subscription.InvoicePreview;
import java.util.Optional;

/** Previewed invoices. They are only ever read in the version that this gateway speaks. */
final class PreviewShape {
  private PreviewShape() {}

  static InvoicePreview read(Fields invoice) {
    return new InvoicePreview(
        CatalogShape.currency(invoice),
        invoice.number("total"),
        invoice.states("total_taxes")
            ? invoice.objects("total_taxes").stream()
                .filter(tax -> tax.text("tax_behavior").equals("exclusive"))
                .mapToLong(tax -> tax.number("amount"))
                .sum()
            : 0,
        invoice.number("amount_due"),
        invoice.number("starting_balance"),
        invoice.object("lines").objects("data").stream().map(PreviewShape::line).toList());
  }

  private static InvoicePreview.Line line(Fields line) {
    return new InvoicePreview.Line(
        line.optionalText("description").orElse(""),
        line.number("amount"),
        line.states("discount_amounts")
            ? line.objects("discount_amounts").stream()
                .mapToLong(discount -> discount.number("amount"))
                .sum()
            : 0,
        line.optionalObject("parent").filter(PreviewShape::isProration).isPresent(),
        line.object("period").instant("start"));
  }

  private static boolean isProration(Fields parent) {
    return optional(parent, "subscription_item_details")
        .or(() -> optional(parent, "invoice_item_details"))
        .filter(details -> details.omissibleFlag("proration"))
        .isPresent();
  }

  private static Optional<Fields> optional(Fields fields, String name) {
    return fields.has(name) ? fields.optionalObject(name) : Optional.empty();
  }
}
