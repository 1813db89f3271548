package com.tatame.billing.checkout;

import com.tatame.billing.command.CommandId;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.CommitListener;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.purchase.ItemSales;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Settles the units that sales hold as soon as a commit says how those sales ended. What a program
 * misses that dies is settled by the scheduled look at all held units.
 */
public final class ReservationSettler implements CommitListener {
  private final Reservations reservations;

  public ReservationSettler(Reservations reservations) {
    this.reservations = reservations;
  }

  @Override
  public void committed(Collection<Unit> committed) {
    Set<CommandId> ended = new LinkedHashSet<>();
    for (Unit unit : committed) {
      for (Change change : unit.changes()) {
        if (change instanceof Change.Put put && put.state() instanceof CheckoutSession session) {
          ended(session).ifPresent(ended::add);
        } else if (change instanceof Change.Put put
            && put.state() instanceof PaymentIntent payment) {
          ended(payment).ifPresent(ended::add);
        }
      }
    }
    ended.forEach(reservations::examine);
  }

  private static Optional<CommandId> ended(CheckoutSession session) {
    return session.status() == CheckoutSession.Status.OPEN
            || session.subscriptionId().isPresent()
        ? Optional.empty()
        : session.commandId().map(CommandId::new);
  }

  private static Optional<CommandId> ended(PaymentIntent payment) {
    return switch (payment.status()) {
      case SUCCEEDED, CANCELED, REQUIRES_PAYMENT_METHOD ->
        payment.sale().map(sale -> ItemSales.commandOf(sale.purchaseId()));
      case REQUIRES_CONFIRMATION, REQUIRES_ACTION, PROCESSING, REQUIRES_CAPTURE -> Optional.empty();
    };
  }
}
