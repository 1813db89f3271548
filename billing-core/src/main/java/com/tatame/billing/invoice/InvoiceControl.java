package com.tatame.billing.invoice;

import com.tatame.billing.observation.Observation;
import java.util.List;
import java.util.Optional;

/** Role of the provider: invoices. */
public interface InvoiceControl {
  /** All invoices of a customer, drafts and paid ones included. */
  List<Observation> ofCustomer(String customerId);

  /** What is not kept of one invoice; empty if there is no such invoice. */
  Optional<InvoiceDetails> details(String invoiceId);

  /**
   * What is not kept of one page of a customer's invoices, newest first. What takes a further question
   * is left out: an invoice with very many lines, and what its payer must do.
   *
   * @param after only those that come after this invoice; empty for the first page
   * @param limit 1 to 100
   */
  List<InvoiceDetails> details(String customerId, Optional<String> after, int limit);

  /**
   * Charges an invoice to the payment method on file, with its owner at hand. That the owner must
   * still confirm it is an answer.
   *
   * @return the invoice after that, a read
   * @throws com.tatame.billing.failure.PaymentDeclined if the charge was refused
   */
  Observation pay(String invoiceId, String idempotencyKey);
}
