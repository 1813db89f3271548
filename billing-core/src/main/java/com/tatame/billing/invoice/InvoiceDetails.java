package com.tatame.billing.invoice;

import com.tatame.billing.money.Money;
import com.tatame.billing.payment.PaymentAction;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is not kept of an invoice and asked of the provider when it is wanted. The links open the
 * invoice for anyone who has them, and expire.
 *
 * @param tax included in the invoice's total, minor units of its currency
 * @param lines all of them, in the provider's order
 * @param hostedUrl where it can be looked at and paid; empty for a draft
 * @param pdfUrl empty for a draft
 * @param paymentAction what the payer must do, while it is owed and the provider waits for that
 */
public record InvoiceDetails(
    String invoiceId,
    long tax,
    List<Line> lines,
    Optional<String> hostedUrl,
    Optional<String> pdfUrl,
    Optional<PaymentAction> paymentAction) {

  /**
   * One line.
   *
   * @param amount negative for a credit
   * @param priceId empty for an amount without a price
   * @param proration whether it is part of a change within a period
   */
  public record Line(
      Optional<String> description,
      Money amount,
      Optional<Long> quantity,
      Optional<String> priceId,
      boolean proration,
      Instant periodStart,
      Instant periodEnd) {}

  public InvoiceDetails {
    lines = List.copyOf(lines);
  }
}
