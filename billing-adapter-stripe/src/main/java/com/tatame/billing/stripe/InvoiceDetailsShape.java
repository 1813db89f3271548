package com.tatame.billing.stripe;

import com.tatame.billing.invoice.InvoiceDetails;
import com.tatame.billing.money.Money;
import com.tatame.billing.payment.PaymentAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is asked of an invoice when it is wanted. It is only ever read in the version that this
 * gateway speaks.
 */
final class InvoiceDetailsShape {
  private InvoiceDetailsShape() {}

  /** Whether the invoice has more lines than it shows. */
  static boolean hasMoreLines(Fields invoice) {
    return invoice.object("lines").omissibleFlag("has_more");
  }

  /**
   * Reads an invoice.
   *
   * @param moreLines those that it doesn't show
   */
  static InvoiceDetails read(Fields invoice, List<InvoiceDetails.Line> moreLines) {
    List<InvoiceDetails.Line> lines = new ArrayList<>();
    invoice.object("lines").objects("data").forEach(line -> lines.add(line(line)));
    lines.addAll(moreLines);
    return new InvoiceDetails(
        invoice.text("id"),
        tax(invoice),
        lines,
        invoice.omissibleText("hosted_invoice_url"),
        invoice.omissibleText("invoice_pdf"),
        paymentAction(invoice));
  }

  static InvoiceDetails.Line line(Fields line) {
    Fields period = line.object("period");
    return new InvoiceDetails.Line(
        line.optionalText("description"),
        new Money(line.number("amount"), CatalogShape.currency(line)),
        line.optionalNumber("quantity"),
        line.optionalObject("pricing")
            .flatMap(pricing -> optional(pricing, "price_details"))
            .flatMap(details -> details.omissibleId("price")),
        line.optionalObject("parent").filter(InvoiceDetailsShape::isProration).isPresent(),
        period.instant("start"),
        period.instant("end"));
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

  private static long tax(Fields invoice) {
    return invoice.states("total_taxes")
        ? invoice.objects("total_taxes").stream()
            .mapToLong(tax -> tax.number("amount"))
            .sum()
        : 0;
  }

  /** What its payer must still do for an invoice whose payments are shown. */
  static Optional<PaymentAction> paymentAction(Fields invoice) {
    if (!invoice.text("status").equals("open") || !invoice.has("payments")) {
      return Optional.empty();
    }
    Optional<String> url = invoice.omissibleText("hosted_invoice_url");
    return invoice.object("payments").objects("data").stream()
        .filter(payment -> payment.text("status").equals("open"))
        .flatMap(payment -> payment.object("payment").expanded("payment_intent").stream())
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
