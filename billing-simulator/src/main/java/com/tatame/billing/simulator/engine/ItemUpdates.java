package com.tatame.billing.simulator.engine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Carries out what was planned for a subscription's items: at once, or when its invoice is paid. */
final class ItemUpdates {
  private final Account account;
  private final Events events;
  private final Invoicing invoicing;
  private final Discounts discounts;
  private final Subscriptions subscriptions;

  ItemUpdates(
      Account account,
      Events events,
      Invoicing invoicing,
      Discounts discounts,
      Subscriptions subscriptions) {
    this.account = account;
    this.events = events;
    this.invoicing = invoicing;
    this.discounts = discounts;
    this.subscriptions = subscriptions;
  }

  static boolean invoicesNow(ItemPlan plan, Params params) {
    return plan.restarts
        || ("always_invoice".equals(params.text("proration_behavior"))
            && !plan.prorations.isEmpty());
  }

  /** The invoice that carrying out the plan would send now; the account doesn't hold it. */
  Invoice invoiceNow(Subscription subscription, ItemPlan plan) {
    List<InvoiceItem> extra = new ArrayList<>(account.pendingItems(subscription));
    extra.addAll(plan.prorations);
    Invoice invoice = invoicing.compose(
        subscription,
        plan.restarts ? plan.items : List.of(),
        extra,
        account.discounts(subscription.discounts),
        account.now);
    invoice.billingReason = "subscription_update";
    invoice.periodStart = account.now;
    invoice.periodEnd = account.now;
    return invoice;
  }

  /**
   * Decides, before anything is changed, what an update does whose invoice can't be paid.
   *
   * @return whether the update is now pending, and nothing more is to be done about it
   */
  boolean refusedOrPending(Subscription subscription, ItemPlan plan, Params params) {
    String behavior = params.text("payment_behavior", "allow_incomplete");
    if (subscription.pauseBehavior != null || behavior.equals("allow_incomplete")) {
      return false;
    }
    long due = invoiceNow(subscription, plan).amountDue();
    Decline obstacle = invoicing.obstacle(due, subscriptions.methodFor(subscription));
    if (obstacle == null) {
      return false;
    }
    switch (behavior) {
      case "pending_if_incomplete" -> suspend(subscription, plan);
      case "error_if_incomplete" -> throw refusal(obstacle);
      default -> throw StripeException.notModelled("payment_behavior");
    }
    return true;
  }

  private static StripeException refusal(Decline obstacle) {
    if (obstacle.equals(Decline.NO_METHOD)) {
      return StripeException.refused(
          "resource_missing",
          "This customer has no attached payment source or default payment method.");
    }
    return StripeException.card(
        obstacle.equals(Decline.AUTHENTICATION_REQUIRED) ? Decline.ACTION_REQUIRED : obstacle,
        null);
  }

  /** Puts the planned items in place and announces what is credited and debited. */
  void take(Subscription subscription, ItemPlan plan) {
    drop(subscription);
    announce(plan);
    subscription.items = plan.items;
    if (plan.restarts) {
      subscriptions.restart(subscription, account.now);
    }
  }

  private void announce(ItemPlan plan) {
    for (SubscriptionItem item : plan.items) {
      if (item.id.isEmpty()) {
        item.id = account.newId("si_", 14);
        plan.prorations.stream()
            .filter(proration ->
                proration.subscriptionItem.isEmpty() && proration.price.equals(item.price))
            .forEach(proration -> proration.subscriptionItem = item.id);
      }
    }
    for (InvoiceItem item : plan.prorations) {
      account.begin(item, "ii_", 24);
      account.invoiceItems.put(item.id, item);
      events.emit("invoiceitem.created", item);
    }
  }

  /** Invoices what was taken, and collects it without the hour that a renewal waits. */
  void invoice(Subscription subscription, ItemPlan plan) {
    plan.prorations.clear(); // by now they wait with the others
    Invoice invoice = invoiceNow(subscription, plan);
    invoicing.register(invoice, plan.restarts ? plan.items : List.of());
    boolean draft = "keep_as_draft".equals(subscription.pauseBehavior);
    invoice.autoAdvance = !draft;
    events.emit("invoice.created", invoice);
    if (!draft) {
      subscriptions.finalizeInvoice(invoice);
    }
    events.updating("customer.subscription.updated", subscription, () -> {
      subscription.latestInvoice = invoice.id;
      discounts.use(subscription, invoice);
    });
    if (invoice.status.equals("paid")) {
      subscriptions.paid(invoice);
    }
  }

  private void suspend(Subscription subscription, ItemPlan plan) {
    drop(subscription);
    announce(plan);
    List<InvoiceItem> own = List.copyOf(plan.prorations);
    plan.prorations.clear();
    Invoice invoice = invoiceNow(subscription, plan);
    invoicing.register(invoice, plan.items);
    own.forEach(item -> item.invoice = invoice.id);
    // It is not retried: either it is paid by hand, or the update is dropped.
    invoice.autoAdvance = false;
    PendingUpdate pending = new PendingUpdate();
    pending.expiresAt = account.now + PendingUpdate.LIFETIME;
    pending.invoice = invoice.id;
    pending.restarts = plan.restarts;
    pending.anchor = account.now;
    pending.items = plan.items;
    account.plan(pending.expiresAt, Due.Kind.PENDING_UPDATE_EXPIRES, subscription.id);
    events.emit("invoice.created", invoice);
    invoicing.finalizeNow(invoice);
    ObjectNode before = events.snapshot(subscription);
    subscription.pendingUpdate = pending;
    subscriptions.collect(invoice);
    subscription.latestInvoice = invoice.id;
    events.emitIfChanged("customer.subscription.updated", subscription, before);
  }

  private void drop(Subscription subscription) {
    PendingUpdate pending = subscription.pendingUpdate;
    if (pending != null) {
      subscription.pendingUpdate = null;
      Invoice invoice = account.invoice(pending.invoice);
      if (invoice.status.equals("open")) {
        invoicing.voidInvoice(invoice);
      }
    }
  }

  void expire(Subscription subscription) {
    ObjectNode before = events.snapshot(subscription);
    Objects.requireNonNull(subscription.pendingUpdate);
    drop(subscription);
    events.emit("customer.subscription.pending_update_expired", subscription);
    events.emitIfChanged("customer.subscription.updated", subscription, before);
  }
}
