package com.tatame.billing.metering;

import com.tatame.billing.failure.BillingException;
import com.tatame.billing.invoice.Invoice;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.CommitListener;
import com.tatame.billing.projection.Unit;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Collection;

/**
 * Sees in what was committed that an invoice is about to be finalised, so that the use it bills is
 * sent before. A node that dies in between loses nothing: what waits is sent anyway, a little later.
 */
public final class DraftInvoices implements CommitListener {
  private static final Logger LOG = System.getLogger(DraftInvoices.class.getName());

  private final MeteredUsage metering;
  private final Runnable wakeSender;

  /**
   * @param wakeSender called when use has to be sent before an invoice is finalised
   */
  public DraftInvoices(MeteredUsage metering, Runnable wakeSender) {
    this.metering = metering;
    this.wakeSender = wakeSender;
  }

  @Override
  public void committed(Collection<Unit> committed) {
    for (Unit unit : committed) {
      for (Change change : unit.changes()) {
        if (change instanceof Change.Put put && put.state() instanceof Invoice invoice) {
          hurry(invoice);
        }
      }
    }
  }

  private void hurry(Invoice invoice) {
    try {
      metering.seen(invoice);
      if (metering.hurried()) {
        wakeSender.run();
      }
    } catch (BillingException e) {
      LOG.log(
          Level.WARNING, "what {0} bills is sent in its turn: {1}", invoice.id(), e.getMessage());
    }
  }
}
