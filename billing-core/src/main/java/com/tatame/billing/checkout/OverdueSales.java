package com.tatame.billing.checkout;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.observation.Observations;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.purchase.ItemPayments;

/** Ends sales that don't end by themselves. */
public record OverdueSales(Observations observations, ItemPayments payments)
    implements Reservations.Overdue {
  @Override
  public void refresh(CheckoutSession session) {
    observations.refresh(session.ref(), session.subject());
  }

  @Override
  public void cancel(AccountId account, PaymentIntent payment) {
    payments.cancel(account, payment.id());
  }
}
