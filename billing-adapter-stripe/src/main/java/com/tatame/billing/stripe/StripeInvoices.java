package com.tatame.billing.stripe;

import com.stripe.param.InvoiceListParams;
import com.tatame.billing.invoice.InvoiceControl;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.Observation;
import java.util.List;

/** Lists invoices. */
final class StripeInvoices implements InvoiceControl {
  private static final long PAGE = 100;

  private final StripeReads reads;

  StripeInvoices(StripeReads reads) {
    this.reads = reads;
  }

  @Override
  public List<Observation> ofCustomer(String customerId) {
    return reads.all("invoices.list", ObjectKind.INVOICE, after -> {
      InvoiceListParams.Builder params =
          InvoiceListParams.builder().setCustomer(customerId).setLimit(PAGE);
      after.ifPresent(params::setStartingAfter);
      return client -> client.v1().invoices().list(params.build());
    });
  }
}
