package com.tatame.billing.simulator.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Shows the invoice that comes next: the one that a change would send at once, else the next renewal's. Nothing is changed,
 * not even the ids of what comes later.
 */
final class Previews {
  static final Shape CREATE =
      Shape.of("customer subscription! preview_mode:(next|recurring) expand[]"
          + " subscription_details{" + ItemPlan.SHAPE
          + " proration_behavior:(always_invoice|create_prorations|none) proration_date:int"
          + " billing_cycle_anchor:(now|unchanged) cancel_now:bool cancel_at_period_end:bool cancel_at:int? trial_end:int(now)"
          + " ~billing_mode ~billing_schedules ~default_tax_rates ~metadata ~resume_at ~start_date}"
          + " ~automatic_tax ~currency ~customer_account ~customer_details ~discounts ~invoice_items ~issuer ~on_behalf_of"
          + " ~schedule ~schedule_details");
  private static final Set<String> LIVE =
      Set.of("active", "past_due", "unpaid", "trialing", "incomplete");
  private static final String NEW_ITEM = "si_tmp_";

  private final Account account;
  private final Invoicing invoicing;
  private final ItemUpdates updates;
  private final Phases phases;
  private final InvoiceJson json;

  Previews(
      Account account, Invoicing invoicing, ItemUpdates updates, Phases phases, InvoiceJson json) {
    this.account = account;
    this.invoicing = invoicing;
    this.updates = updates;
    this.phases = phases;
    this.json = json;
  }

  Outcome create(Call call) {
    Params params = call.params();
    String id = params.required("subscription");
    Subscription subscription = Optional.ofNullable(account.subscriptions.get(id))
        .orElseThrow(() -> StripeException.missing("subscription", id, "subscription"));
    Params details = params.child("subscription_details");
    if (!LIVE.contains(subscription.status)) {
      throw none(subscription);
    }
    Invoice invoice = invoice(subscription, details);
    if (invoice.lines.isEmpty()) {
      throw none(subscription);
    }
    invoice.id = "upcoming_in_" + subscription.id.substring("sub_".length());
    invoice.billingReason = "upcoming";
    for (int i = 0; i < invoice.lines.size(); i++) {
      InvoiceLine line = invoice.lines.get(i);
      line.id = "il_tmp_" + i;
      if (line.proration && "".equals(line.invoiceItem)) {
        line.invoiceItem = "ii_tmp_" + i;
      }
      if (line.subscriptionItem.isEmpty()) {
        line.subscriptionItem = NEW_ITEM + i;
      }
    }
    return new Outcome.Ready(json.invoice(invoice));
  }

  private static StripeException none(Subscription subscription) {
    return StripeException.of(
        404,
        "invalid_request_error",
        "invoice_upcoming_none",
        "No upcoming invoices for customer: '" + subscription.customer + "'");
  }

  private Invoice invoice(Subscription subscription, Params details) {
    if (details.flag("cancel_now", false)) {
      return updates.invoiceNow(subscription, ItemPlan.ofEnd(account, subscription, details));
    }
    List<Discount> discounts = account.discounts(subscription.discounts);
    ItemPlan plan = ItemPlan.of(account, subscription, details, discounts);
    if (ItemUpdates.invoicesNow(plan, details)) {
      return updates.invoiceNow(subscription, plan);
    }
    if ("now".equals(details.text("trial_end")) && subscription.status.equals("trialing")) {
      return afterTrial(subscription, plan);
    }
    return renewal(subscription, plan, details);
  }

  private Invoice afterTrial(Subscription subscription, ItemPlan plan) {
    for (SubscriptionItem item : plan.items) {
      item.periodStart = account.now;
      item.periodEnd = account.price(item.price).recurrence().boundary(account.now, 1);
    }
    plan.restarts = true;
    return updates.invoiceNow(subscription, plan);
  }

  private Invoice renewal(Subscription subscription, ItemPlan plan, Params details) {
    SubscriptionItem current = subscription.item();
    long end = current.periodEnd;
    List<SubscriptionItem> items = new ArrayList<>();
    if (!ends(subscription, details, end)) {
      items.addAll(details.has("items") ? plan.items : phases.next(subscription));
    }
    boolean sameCycle = items.isEmpty() || cycle(items.get(0)).sameCycle(cycle(current));
    for (SubscriptionItem item : items) {
      Recurrence cycle = cycle(item);
      item.periodStart = end;
      item.periodEnd = sameCycle
          ? cycle.boundary(subscription.anchor, subscription.cycle + 2)
          : cycle.boundary(end, 1);
    }
    List<InvoiceItem> extra = new ArrayList<>(account.pendingItems(subscription));
    extra.addAll(plan.prorations);
    Invoice invoice = invoicing.compose(
        subscription, items, extra, account.discounts(subscription.discounts), end);
    invoice.periodStart = current.periodStart;
    invoice.periodEnd = end;
    return invoice;
  }

  private Recurrence cycle(SubscriptionItem item) {
    return account.price(item.price).recurrence();
  }

  private static boolean ends(Subscription subscription, Params details, long periodEnd) {
    if (details.has("cancel_at")) {
      Long at = details.number("cancel_at");
      return at != null && at <= periodEnd;
    }
    Boolean atEnd = details.flag("cancel_at_period_end");
    if (atEnd != null) {
      return atEnd;
    }
    return subscription.cancelAt != null && subscription.cancelAt <= periodEnd;
  }
}
