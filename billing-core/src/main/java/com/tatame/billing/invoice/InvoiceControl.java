package com.tatame.billing.invoice;

import com.tatame.billing.observation.Observation;
import java.util.List;

/** Role of the provider: invoices. */
public interface InvoiceControl {
  /** All invoices of a customer, drafts and paid ones included. */
  List<Observation> ofCustomer(String customerId);
}
