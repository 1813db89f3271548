package com.tatame.billing.simulator.engine;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

final class SubscriptionJson {
  private final Account account;

  SubscriptionJson(Account account) {
    this.account = account;
  }

  ObjectNode subscription(Subscription subscription) {
    ObjectNode node = summary(subscription);
    automaticTax(node.putObject("automatic_tax"), subscription.automaticTax);
    billingMode(node, subscription);
    node.putArray("billing_schedules");
    node.set("discounts", Json.texts(subscription.discounts));
    node.putArray("default_tax_rates");
    node.putObject("cancellation_details")
        .put("comment", subscription.cancellationComment)
        .put("feedback", subscription.cancellationFeedback)
        .put("reason", subscription.cancellationReason);
    ObjectNode invoiceSettings = node.putObject("invoice_settings");
    invoiceSettings.putObject("issuer").put("type", "self");
    Json.nulls(invoiceSettings, "account_tax_ids", "custom_fields", "description", "footer");
    pause(node, subscription);
    node.putObject("payment_settings")
        .putNull("payment_method_options")
        .putNull("payment_method_types")
        .put("save_default_payment_method", subscription.saveDefaultPaymentMethod);
    node.putObject("trial_settings")
        .putObject("end_behavior")
        .put("missing_payment_method", subscription.missingPaymentMethod);
    node.set(
        "items",
        Json.list(
            items(subscription, subscription.items),
            false,
            "/v1/subscription_items?subscription=" + subscription.id));
    pendingUpdate(node, subscription);
    Json.nulls(
        node,
        "application",
        "application_fee_percent",
        "billing_cycle_anchor_config",
        "billing_thresholds",
        "customer_account",
        "days_until_due",
        "default_source",
        "managed_payments",
        "next_pending_invoice_item_invoice",
        "on_behalf_of",
        "pending_invoice_item_interval",
        "pending_setup_intent",
        "test_clock",
        "transfer_data");
    node.set(Json.OLDER, older(subscription));
    return node;
  }

  private static ObjectNode summary(Subscription subscription) {
    return Json.object("subscription", subscription)
        .put("billing_cycle_anchor", subscription.anchor)
        .put("cancel_at", subscription.cancelAt)
        .put("cancel_at_period_end", subscription.cancelAtPeriodEnd)
        .put("canceled_at", subscription.canceledAt)
        .put("collection_method", "charge_automatically")
        .put("currency", subscription.currency)
        .put("customer", subscription.customer)
        .put("default_payment_method", subscription.defaultPaymentMethod)
        .put("description", subscription.description)
        .put("ended_at", subscription.endedAt)
        .put("latest_invoice", subscription.latestInvoice)
        .put("start_date", subscription.created)
        .put("schedule", subscription.schedule)
        .put("status", subscription.status)
        .put("trial_end", subscription.trialEnd)
        .put("trial_start", subscription.trialStart);
  }

  private static void billingMode(ObjectNode node, Subscription subscription) {
    ObjectNode mode = node.putObject("billing_mode");
    if (subscription.billingMode.equals("flexible")) {
      mode.putObject("flexible").put("proration_discounts", "included");
    } else {
      mode.putNull("flexible");
    }
    mode.put("type", subscription.billingMode);
  }

  private static void pause(ObjectNode node, Subscription subscription) {
    if (subscription.pauseBehavior == null) {
      node.putNull("pause_collection");
    } else {
      node.putObject("pause_collection")
          .put("behavior", subscription.pauseBehavior)
          .put("resumes_at", subscription.pauseResumesAt);
    }
  }

  private void pendingUpdate(ObjectNode node, Subscription subscription) {
    PendingUpdate pending = subscription.pendingUpdate;
    if (pending == null) {
      node.putNull("pending_update");
      return;
    }
    ObjectNode update = node.putObject("pending_update")
        .put("billing_cycle_anchor", pending.restarts ? pending.anchor : null)
        .put("expires_at", pending.expiresAt);
    update.set("subscription_items", items(subscription, pending.items));
    Json.nulls(update, "discount", "discounts", "metadata", "trial_end", "trial_from_plan");
  }

  private ArrayNode items(Subscription subscription, List<SubscriptionItem> items) {
    ArrayNode data = Json.array();
    for (SubscriptionItem item : items) {
      Price price = account.price(item.price);
      ObjectNode node = Json.object("subscription_item", item)
          .put("current_period_end", item.periodEnd)
          .put("current_period_start", item.periodStart)
          .put("subscription", subscription.id);
      node.remove("livemode");
      if (!price.recurrence().metered()) {
        node.put("quantity", item.quantity);
      }
      node.set("price", CatalogJson.price(price));
      node.set("plan", CatalogJson.plan(price));
      node.putArray("discounts");
      node.putArray("tax_rates");
      data.add(node.putNull("billing_thresholds"));
    }
    return data;
  }

  private ObjectNode older(Subscription subscription) {
    SubscriptionItem item = subscription.item();
    ObjectNode older = Json.object()
        .put("current_period_end", item.periodEnd)
        .put("current_period_start", item.periodStart);
    List<Discount> discounts = account.discounts(subscription.discounts);
    older.set(
        "discount", discounts.isEmpty() ? NullNode.instance : Discounts.json(discounts.get(0)));
    if (subscription.items.size() == 1) {
      older.put("quantity", item.quantity);
      older.set("plan", CatalogJson.plan(account.price(item.price)));
    } else {
      Json.nulls(older, "quantity", "plan");
    }
    return older;
  }

  static void automaticTax(ObjectNode node, boolean enabled) {
    node.putNull("disabled_reason").put("enabled", enabled);
    if (enabled) {
      node.putObject("liability").put("type", "self");
    } else {
      node.putNull("liability");
    }
  }
}
