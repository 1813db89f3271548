package com.tatame.billing;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.checkout.Reservations;
import com.tatame.billing.observation.ObjectReads;
import com.tatame.billing.observation.Observations;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.purchase.ItemPayments;
import java.util.Optional;

/** Ends sales that don't end by themselves. */
record OverdueSales(Observations observations, ObjectReads reads, ItemPayments payments)
    implements Reservations.Overdue {
  @Override
  public void refresh(CheckoutSession session) {
    observations.observe(
        Optional.of(session.subject()), () -> reads.read(session.ref(), session.subject()));
  }

  @Override
  public void cancel(AccountId account, PaymentIntent payment) {
    payments.cancel(account, payment.id());
  }
}
