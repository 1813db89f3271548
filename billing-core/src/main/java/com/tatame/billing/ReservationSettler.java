package com.tatame.billing;

import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.checkout.Reservations;
import com.tatame.billing.command.CommandId;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.purchase.ItemSales;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Has the units of sales looked at as soon as it is known how those ended. What is missed here, by a
 * program that dies, is found by the look at all that is held.
 */
final class ReservationSettler {
  private final Reservations reservations;

  ReservationSettler(Reservations reservations) {
    this.reservations = reservations;
  }

  /** Looks at the sales of which these tell. */
  void onCommit(Collection<Unit> committed) {
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
