package com.tatame.billing.checkout;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandId;
import com.tatame.billing.command.CommandJournal;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.entitlement.ReservationStore;
import com.tatame.billing.entitlement.ReservationStore.Held;
import com.tatame.billing.entitlement.ReservationStore.Outcome;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.payment.PaymentIntentStore;
import com.tatame.billing.purchase.ItemSales;
import com.tatame.billing.purchase.PurchaseStore;
import com.tatame.billing.purchase.SaleTerms;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What becomes of units that sales hold: what was paid stays taken, what will never be paid is given
 * back. It is read off the command, its checkout and its payment, all of which are kept, so it may be
 * asked at any time and as often as one likes.
 */
public final class Reservations {
  private static final Logger LOG = System.getLogger(Reservations.class.getName());
  private static final int BATCH = 100;

  // Within it the event that tells of the end is waited for.
  private static final Duration OVERDUE = Duration.ofMinutes(10);

  // As long as a checkout is open.
  private static final Duration MAX_PAYMENT_AGE = Duration.ofDays(1);

  private final ReservationStore store;
  private final CommandJournal journal;
  private final CheckoutStore sessions;
  private final PurchaseStore purchases;
  private final PaymentIntentStore payments;
  private final InstantSource clock;
  private final Consumer<AccountId> changed;

  /**
   * @param clock the billing clock
   * @param changed receives accounts that got a unit back
   */
  public Reservations(
      ReservationStore store,
      CommandJournal journal,
      CheckoutStore sessions,
      PurchaseStore purchases,
      PaymentIntentStore payments,
      InstantSource clock,
      Consumer<AccountId> changed) {
    this.store = store;
    this.journal = journal;
    this.sessions = sessions;
    this.purchases = purchases;
    this.payments = payments;
    this.clock = clock;
    this.changed = changed;
  }

  /** Decides about the unit that a command took, if it took one and there is something to decide. */
  public void examine(CommandId id) {
    try {
      journal.find(id).ifPresent(this::examine);
    } catch (BillingException e) {
      logPostponed(id, e);
    }
  }

  /** As the other. A failure is left for the next look at all that is held. */
  public void examine(Command command) {
    try {
      if (SaleTerms.takesUnit(command)) {
        // What a journal kept and what it was asked to keep may differ by now.
        journal
            .find(command.id())
            .flatMap(this::outcome)
            .ifPresent(
                outcome -> settle(command.account(), ItemSales.unitId(command.id()), outcome));
      }
    } catch (BillingException e) {
      logPostponed(command.id(), e);
    }
  }

  private static void logPostponed(CommandId id, BillingException e) {
    LOG.log(Level.INFO, "the reservation of {0} is checked again later: {1}", id, e.getMessage());
  }

  /** What is done about sales that don't end by themselves. What comes of it is seen later. */
  public interface Overdue {
    /** Reads a checkout at the provider that has ended without an event. */
    void refresh(CheckoutSession session);

    /** Ends a payment that was not paid within a day. */
    void cancel(AccountId account, PaymentIntent payment);
  }

  /**
   * Looks at some of the units that are held.
   *
   * @param position where the last look ended; empty to begin with the oldest
   * @return where this one ended; empty after the last
   */
  public Optional<String> from(Optional<String> position, Overdue overdue) {
    List<Held> some = store.held(position.flatMap(Reservations::held), BATCH);
    for (Held held : some) {
      CommandId id = ItemSales.commandOf(held);
      try {
        Optional<Command> command = journal.find(id);
        command.ifPresent(sale -> end(held, sale, overdue));
        // Without a command there is no sale.
        Optional<Outcome> outcome =
            command.isPresent() ? outcome(command.get()) : Optional.of(Outcome.RETURNED);
        outcome.ifPresent(decided -> settle(held.account(), held.id(), decided));
      } catch (BillingException e) {
        logPostponed(id, e);
      }
    }
    return some.size() < BATCH
        ? Optional.empty()
        : Optional.of(position(some.get(some.size() - 1)));
  }

  private static String position(Held held) {
    return held.at() + " " + held.id() + " " + held.account().value();
  }

  private static Optional<Held> held(String position) {
    String[] parts = position.split(" ", 3);
    return parts.length == 3
        ? Optional.of(new Held(new AccountId(parts[2]), parts[1], Instant.parse(parts[0])))
        : Optional.empty();
  }

  private void settle(AccountId account, String unit, Outcome outcome) {
    if (store.settle(account, unit, outcome, now())) {
      changed.accept(account);
    }
  }

  private void end(Held held, Command sale, Overdue overdue) {
    if (sale.kind() == CommandKind.CREATE_ITEM_CHECKOUT) {
      session(sale)
          .filter(session -> session.status() == CheckoutSession.Status.OPEN
              && now().isAfter(session.expiresAt().plus(OVERDUE)))
          .ifPresent(overdue::refresh);
    } else if (now().isAfter(held.at().plus(MAX_PAYMENT_AGE))) {
      sale.result()
          .flatMap(id -> payments.find(sale.account(), id))
          .filter(payment -> switch (payment.status()) {
            case REQUIRES_PAYMENT_METHOD, REQUIRES_CONFIRMATION, REQUIRES_ACTION -> true;
            case PROCESSING, REQUIRES_CAPTURE, SUCCEEDED, CANCELED -> false;
          })
          .ifPresent(payment -> overdue.cancel(sale.account(), payment));
    }
  }

  // Empty while it can still be paid.
  private Optional<Outcome> outcome(Command command) {
    return switch (command.state()) {
      case PLANNED, SENDING, UNKNOWN, NEEDS_OPERATOR -> Optional.empty();
      case REJECTED -> Optional.of(Outcome.RETURNED);
      case SUCCEEDED ->
        command.kind() == CommandKind.CREATE_ITEM_CHECKOUT
            ? session(command).flatMap(session -> outcome(command, session))
            : command
                .result()
                .flatMap(id -> payments.find(command.account(), id))
                .flatMap(payment -> outcome(payment, false));
    };
  }

  private Optional<Outcome> outcome(Command command, CheckoutSession session) {
    return switch (session.status()) {
      case OPEN -> Optional.empty();
      case EXPIRED -> Optional.of(Outcome.RETURNED);
      case COMPLETE ->
        session.paid()
            ? Optional.of(Outcome.KEPT)
            : purchases
                .find(command.account(), ItemSales.purchaseId(command.id()))
                .flatMap(purchase -> purchase.paymentIntentId())
                .flatMap(id -> payments.find(command.account(), id))
                .flatMap(payment -> outcome(payment, true));
    };
  }

  // A closed page can't be retried.
  private static Optional<Outcome> outcome(PaymentIntent payment, boolean closed) {
    return switch (payment.status()) {
      case SUCCEEDED -> Optional.of(Outcome.KEPT);
      case CANCELED -> Optional.of(Outcome.RETURNED);
      case REQUIRES_PAYMENT_METHOD -> closed ? Optional.of(Outcome.RETURNED) : Optional.empty();
      case REQUIRES_CONFIRMATION, REQUIRES_ACTION, PROCESSING, REQUIRES_CAPTURE -> Optional.empty();
    };
  }

  private Optional<CheckoutSession> session(Command command) {
    return command.result().flatMap(id -> sessions.find(command.account(), id));
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }
}
