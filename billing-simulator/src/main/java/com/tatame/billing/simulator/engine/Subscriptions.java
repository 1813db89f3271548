package com.tatame.billing.simulator.engine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The life of a subscription: how it begins, renews, fails, recovers, pauses and ends. */
final class Subscriptions {
  static final long DAY = 86_400;
  private static final long TRIAL_REMINDER = 3 * DAY;
  private static final Set<String> IN_ARREARS = Set.of("past_due", "unpaid");

  private final Account account;
  private final Events events;
  private final Invoicing invoicing;
  private final Phases phases;
  private final Settings settings;

  Subscriptions(
      Account account, Events events, Invoicing invoicing, Phases phases, Settings settings) {
    this.account = account;
    this.events = events;
    this.invoicing = invoicing;
    this.phases = phases;
    this.settings = settings;
  }

  /** A subscription with its current period set; not announced yet. */
  Subscription begin(Customer customer, CheckoutSession session, @Nullable PaymentMethod method) {
    Subscription subscription = account.begin(new Subscription(), "sub_", 24);
    subscription.customer = customer.id;
    subscription.currency = session.currency;
    subscription.metadata.putAll(session.subscriptionMetadata);
    subscription.description = session.subscriptionDescription;
    subscription.automaticTax = session.automaticTax;
    subscription.billingMode = session.billingMode;
    subscription.missingPaymentMethod = session.missingPaymentMethod;
    subscription.defaultPaymentMethod = method == null ? null : method.id;
    for (CheckoutSession.LineItem line : session.lineItems) {
      SubscriptionItem item = account.begin(new SubscriptionItem(), "si_", 14);
      item.price = line.price();
      item.quantity = line.quantity();
      subscription.items.add(item);
    }
    if (session.hasTrial()) {
      long days = session.trialDays == null ? 0 : session.trialDays;
      startTrial(
          subscription, session.trialEnd == null ? account.now + days * DAY : session.trialEnd);
    } else {
      startCycle(subscription, account.now);
    }
    account.subscriptions.put(subscription.id, subscription);
    return subscription;
  }

  private void startTrial(Subscription subscription, long end) {
    subscription.status = "trialing";
    subscription.trialStart = subscription.created;
    subscription.trialEnd = end;
    subscription.trialReminderAt = Math.max(account.now, end - TRIAL_REMINDER);
    subscription.anchor = end;
    subscription.cycle = -1;
    if (subscription.cancelAtPeriodEnd) {
      subscription.cancelAt = end;
    }
    for (SubscriptionItem item : subscription.items) {
      item.periodStart = subscription.created;
      item.periodEnd = end;
    }
    planPeriod(subscription);
    account.plan(subscription.trialReminderAt, Due.Kind.TRIAL_REMINDER, subscription.id);
  }

  private void startCycle(Subscription subscription, long anchor) {
    subscription.status = "active";
    subscription.anchor = anchor;
    subscription.cycle = -1;
    nextPeriod(subscription);
  }

  private void nextPeriod(Subscription subscription) {
    subscription.cycle++;
    for (SubscriptionItem item : subscription.items) {
      Recurrence recurrence = account.price(item.price).recurrence();
      item.periodStart = recurrence.boundary(subscription.anchor, subscription.cycle);
      item.periodEnd = recurrence.boundary(subscription.anchor, subscription.cycle + 1);
    }
    if (subscription.cancelAtPeriodEnd) {
      subscription.cancelAt = subscription.item().periodEnd;
    }
    planPeriod(subscription);
  }

  private void planPeriod(Subscription subscription) {
    account.plan(subscription.item().periodEnd, Due.Kind.PERIOD_ENDS, subscription.id);
  }

  void remindOfTrialEnd(Subscription subscription) {
    subscription.trialReminderAt = null;
    events.emit("customer.subscription.trial_will_end", subscription);
  }

  void periodEnds(Subscription subscription) {
    if ((subscription.cancelAt != null && subscription.cancelAt <= account.now)
        || phases.cancels(subscription)) {
      end(subscription, "cancellation_requested");
      billWhatWasUsed(subscription);
    } else if (subscription.status.equals("trialing")) {
      trialEnds(subscription);
    } else {
      renew(subscription, "subscription_cycle");
    }
  }

  /** What was used is owed, also when nothing follows. */
  private void billWhatWasUsed(Subscription subscription) {
    List<SubscriptionItem> used = metered(subscription);
    SubscriptionItem item = subscription.item();
    if (used.isEmpty() || inTrial(subscription, item.periodStart)) {
      return;
    }
    Invoice invoice = invoicing.draft(
        subscription, List.of(), used, "subscription_cycle", item.periodStart, item.periodEnd);
    invoicing.finalizeLater(invoice);
    events.emit("invoice.created", invoice);
  }

  private List<SubscriptionItem> metered(Subscription subscription) {
    return subscription.items.stream()
        .filter(item -> account.price(item.price).recurrence().metered())
        .map(SubscriptionItem::copy)
        .toList();
  }

  private static boolean inTrial(Subscription subscription, long start) {
    return subscription.trialEnd != null && start < subscription.trialEnd;
  }

  private void trialEnds(Subscription subscription) {
    boolean payable = methodFor(subscription) != null;
    if (payable || subscription.missingPaymentMethod.equals("create_invoice")) {
      renew(subscription, "subscription_cycle");
    } else if (subscription.missingPaymentMethod.equals("cancel")) {
      end(subscription, null);
    } else {
      subscription.status = "paused";
      events.emit("customer.subscription.paused", subscription);
    }
  }

  private void renew(Subscription subscription, String reason) {
    ObjectNode before = events.snapshot(subscription);
    long start = subscription.item().periodStart;
    long end = subscription.item().periodEnd;
    if (subscription.status.equals("trialing")) {
      subscription.status = "active";
    }
    List<SubscriptionItem> used = inTrial(subscription, start) ? List.of() : metered(subscription);
    phases.begin(subscription);
    nextPeriod(subscription);
    List<SubscriptionItem> inAdvance = subscription.items.stream()
        .filter(item -> !account.price(item.price).recurrence().metered())
        .toList();
    Invoice invoice = invoicing.draft(subscription, inAdvance, used, reason, start, end);
    boolean collecting = !subscription.status.equals("unpaid")
        && !"keep_as_draft".equals(subscription.pauseBehavior);
    invoice.autoAdvance = collecting;
    if (collecting) {
      invoicing.finalizeLater(invoice);
    }
    events.emitIfChanged("customer.subscription.updated", subscription, before);
    events.emit("invoice.created", invoice);
  }

  /** Ends a trial before its time: a new cycle begins now, and is paid at once. */
  void endTrialNow(Subscription subscription) {
    ObjectNode before = events.snapshot(subscription);
    subscription.trialEnd = account.now;
    subscription.trialReminderAt = null;
    startCycle(subscription, account.now);
    Invoice invoice =
        invoicing.draft(subscription, "subscription_update", account.now, account.now);
    events.emitIfChanged("customer.subscription.updated", subscription, before);
    events.emit("invoice.created", invoice);
    finalizeInvoice(invoice);
  }

  void moveTrialEnd(Subscription subscription, long end) {
    startTrial(subscription, end);
  }

  void finalizeInvoice(Invoice invoice) {
    Subscription subscription = account.subscription(invoice.subscription);
    invoicing.finalizeNow(invoice);
    if (!invoice.status.equals("open")) {
      paid(invoice);
    } else if ("void".equals(subscription.pauseBehavior)) {
      invoicing.voidInvoice(invoice);
    } else if ("mark_uncollectible".equals(subscription.pauseBehavior)) {
      invoicing.markUncollectible(invoice);
    } else {
      collect(invoice);
    }
  }

  void collect(Invoice invoice) {
    Subscription subscription = account.subscription(invoice.subscription);
    Decline decline = invoicing.collect(invoice, methodFor(subscription), false);
    if (decline == null) {
      paid(invoice);
    } else {
      failed(subscription, invoice, decline);
    }
  }

  /** What follows for the subscription once its invoice is paid or given up. */
  void paid(Invoice invoice) {
    Subscription subscription = account.subscription(invoice.subscription);
    if (waitsFor(subscription, invoice)) {
      applyPending(subscription, Objects.requireNonNull(subscription.pendingUpdate));
    }
    if (invoice.id.equals(subscription.resumingInvoice)) {
      resumed(subscription);
    } else if (invoice.id.equals(subscription.latestInvoice)
        && IN_ARREARS.contains(subscription.status)) {
      events.updating(
          "customer.subscription.updated", subscription, () -> subscription.status = "active");
    }
    Customer customer = account.customer(subscription.customer);
    if (customer.delinquent && !owes(customer)) {
      events.updating("customer.updated", customer, () -> customer.delinquent = false);
    }
  }

  private static boolean waitsFor(Subscription subscription, Invoice invoice) {
    return subscription.pendingUpdate != null
        && subscription.pendingUpdate.invoice.equals(invoice.id);
  }

  private void applyPending(Subscription subscription, PendingUpdate pending) {
    ObjectNode before = events.snapshot(subscription);
    SubscriptionItem current = subscription.item();
    subscription.pendingUpdate = null;
    subscription.items = pending.items;
    if (pending.restarts) {
      restart(subscription, pending.anchor);
    } else {
      for (SubscriptionItem item : subscription.items) {
        item.periodStart = current.periodStart;
        item.periodEnd = current.periodEnd;
      }
    }
    events.emit("customer.subscription.pending_update_applied", subscription);
    events.emitIfChanged("customer.subscription.updated", subscription, before);
  }

  /** A new cycle for items whose periods are set already. */
  void restart(Subscription subscription, long anchor) {
    subscription.anchor = anchor;
    subscription.cycle = 0;
    if (subscription.cancelAtPeriodEnd) {
      subscription.cancelAt = subscription.item().periodEnd;
    }
    planPeriod(subscription);
  }

  private boolean owes(Customer customer) {
    return account.subscriptions.values().stream()
        .anyMatch(other -> other.customer.equals(customer.id) && IN_ARREARS.contains(other.status));
  }

  private void failed(Subscription subscription, Invoice invoice, Decline decline) {
    if (invoice.id.equals(subscription.resumingInvoice)
        || waitsFor(subscription, invoice)
        || subscription.ended()) {
      return;
    }
    boolean exhausted = invoice.nextPaymentAttempt == null;
    if (subscription.status.equals("active")) {
      events.updating(
          "customer.subscription.updated", subscription, () -> subscription.status = "past_due");
      Customer customer = account.customer(subscription.customer);
      if (!decline.equals(Decline.AUTHENTICATION_REQUIRED)) {
        events.updating("customer.updated", customer, () -> customer.delinquent = true);
      }
    }
    if (exhausted && subscription.status.equals("past_due")) {
      switch (settings.afterLastRetry()) {
        case CANCEL -> end(subscription, "payment_failed");
        case MARK_UNPAID ->
          events.updating(
              "customer.subscription.updated", subscription, () -> subscription.status = "unpaid");
        case LEAVE_PAST_DUE -> {
          // the merchant decides
        }
      }
    }
  }

  /** Ends the subscription now; its invoices are no longer collected by themselves. */
  void end(Subscription subscription, @Nullable String reason) {
    subscription.status = "canceled";
    subscription.endedAt = account.now;
    if (subscription.canceledAt == null) {
      subscription.canceledAt = account.now;
    }
    if (reason != null) {
      subscription.cancellationReason = reason;
    }
    List<Invoice> open = account.invoices.values().stream()
        .filter(invoice -> invoice.subscription.equals(subscription.id) && invoice.autoAdvance)
        .toList();
    for (Invoice invoice : open) {
      events.updating("invoice.updated", invoice, () -> invoicing.stopCollecting(invoice));
    }
    phases.end(subscription);
    events.emit("customer.subscription.deleted", subscription);
  }

  /** Takes a paused subscription up again: it is active as soon as its first invoice is settled. */
  void resume(Subscription subscription) {
    for (SubscriptionItem item : subscription.items) {
      Recurrence recurrence = account.price(item.price).recurrence();
      item.periodStart = account.now;
      item.periodEnd = recurrence.boundary(account.now, 1);
    }
    subscription.anchor = account.now;
    subscription.cycle = 0;
    Invoice invoice = invoicing.draft(subscription, "subscription_cycle", account.now, account.now);
    subscription.resumingInvoice = invoice.id;
    events.emit("invoice.created", invoice);
    invoicing.finalizeNow(invoice);
    if (invoice.status.equals("open")) {
      invoicing.voidUnlessPaidSoon(invoice);
      collect(invoice);
    } else {
      paid(invoice);
    }
  }

  private void resumed(Subscription subscription) {
    ObjectNode before = events.snapshot(subscription);
    subscription.resumingInvoice = null;
    subscription.status = "active";
    planPeriod(subscription);
    events.emit("customer.subscription.resumed", subscription);
    events.emitIfChanged("customer.subscription.updated", subscription, before);
  }

  /** The card that renewals are charged to: the subscription's own, else the customer's default. */
  @Nullable
  PaymentMethod methodFor(Subscription subscription) {
    String own = subscription.defaultPaymentMethod;
    String id = own == null ? account.customer(subscription.customer).defaultPaymentMethod : own;
    return id == null ? null : account.paymentMethods.get(id);
  }
}
