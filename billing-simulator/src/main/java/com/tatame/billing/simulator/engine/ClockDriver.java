package com.tatame.billing.simulator.engine;

import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Moves the simulated time from one due instant to the next and does what is due at each. */
final class ClockDriver {
  private final Account account;
  private final Events events;
  private final Subscriptions subscriptions;
  private final Invoicing invoicing;
  private final Checkout checkout;
  private final ItemUpdates updates;
  private final Discounts discounts;

  ClockDriver(
      Account account,
      Events events,
      Subscriptions subscriptions,
      Invoicing invoicing,
      Checkout checkout,
      ItemUpdates updates,
      Discounts discounts) {
    this.account = account;
    this.events = events;
    this.subscriptions = subscriptions;
    this.invoicing = invoicing;
    this.checkout = checkout;
    this.updates = updates;
    this.discounts = discounts;
  }

  /** When something happens next by itself. */
  OptionalLong nextDue() {
    while (!account.dues.isEmpty()) {
      if (stillDue(account.dues.first())) {
        return OptionalLong.of(Math.max(account.now, account.dues.first().at()));
      }
      account.dues.pollFirst();
    }
    return OptionalLong.empty();
  }

  void advanceTo(long target) {
    if (target < account.now) {
      throw StripeException.refused(null, "The clock cannot go back.");
    }
    events.causedBy(null, null);
    OptionalLong next = nextDue();
    while (next.isPresent() && next.getAsLong() <= target) {
      account.now = next.getAsLong();
      Due due = account.dues.pollFirst();
      if (due != null) {
        happen(due);
      }
      next = nextDue();
    }
    account.now = target;
  }

  private boolean stillDue(Due due) {
    return switch (due.kind()) {
      case SESSION_EXPIRES -> {
        CheckoutSession session = account.sessions.get(due.object());
        yield session != null && session.status.equals("open") && session.expiresAt == due.at();
      }
      case DISCOUNT_ENDS -> discounts.stillEnds(due.object(), due.at());
      case TRIAL_REMINDER,
          PERIOD_ENDS,
          SUBSCRIPTION_CANCELS,
          COLLECTION_RESUMES,
          PENDING_UPDATE_EXPIRES -> {
        Subscription subscription = account.subscriptions.get(due.object());
        yield subscription != null && stillDue(due, subscription);
      }
      case INVOICE_FINALIZES, PAYMENT_RETRIES, INVOICE_VOIDS -> {
        Invoice invoice = account.invoices.get(due.object());
        yield invoice != null && stillDue(due, invoice);
      }
    };
  }

  private static boolean stillDue(Due due, Subscription subscription) {
    return switch (due.kind()) {
      case TRIAL_REMINDER ->
        subscription.status.equals("trialing") && at(due, subscription.trialReminderAt);
      case PERIOD_ENDS -> subscription.billed() && subscription.item().periodEnd == due.at();
      case SUBSCRIPTION_CANCELS -> !subscription.ended() && at(due, subscription.cancelAt);
      case PENDING_UPDATE_EXPIRES ->
        subscription.pendingUpdate != null && subscription.pendingUpdate.expiresAt == due.at();
      default -> !subscription.ended() && at(due, subscription.pauseResumesAt);
    };
  }

  private static boolean stillDue(Due due, Invoice invoice) {
    return switch (due.kind()) {
      case INVOICE_FINALIZES -> invoice.status.equals("draft") && at(due, invoice.finalizesAt);
      case PAYMENT_RETRIES -> invoice.status.equals("open") && at(due, invoice.nextPaymentAttempt);
      default -> invoice.status.equals("open") && at(due, invoice.voidsAt);
    };
  }

  private static boolean at(Due due, @Nullable Long instant) {
    return instant != null && instant == due.at();
  }

  private void happen(Due due) {
    String id = due.object();
    switch (due.kind()) {
      case SESSION_EXPIRES -> checkout.expire(checkout.session(id));
      case TRIAL_REMINDER -> subscriptions.remindOfTrialEnd(account.subscription(id));
      case PERIOD_ENDS -> subscriptions.periodEnds(account.subscription(id));
      case SUBSCRIPTION_CANCELS ->
        subscriptions.end(account.subscription(id), "cancellation_requested");
      case COLLECTION_RESUMES -> {
        Subscription subscription = account.subscription(id);
        events.updating("customer.subscription.updated", subscription, () -> {
          subscription.pauseBehavior = null;
          subscription.pauseResumesAt = null;
        });
      }
      case PENDING_UPDATE_EXPIRES -> updates.expire(account.subscription(id));
      case DISCOUNT_ENDS -> discounts.end(account.discounts(List.of(id)).get(0));
      case INVOICE_FINALIZES -> subscriptions.finalizeInvoice(account.invoice(id));
      case PAYMENT_RETRIES -> subscriptions.collect(account.invoice(id));
      case INVOICE_VOIDS -> invoicing.voidInvoice(account.invoice(id));
    }
  }
}
