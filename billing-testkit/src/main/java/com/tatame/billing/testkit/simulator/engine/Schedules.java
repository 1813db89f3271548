package com.tatame.billing.testkit.simulator.engine;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/** Schedules that are made from a subscription and hold what it sells now; other phases are not modelled. */
final class Schedules {
  static final Shape CREATE =
      Shape.of("from_subscription! metadata:map expand[] ~billing_mode ~billing_schedules ~customer"
          + " ~customer_account ~default_settings ~end_behavior ~phases ~start_date");
  static final Shape LIST = Shape.of("customer scheduled:bool created:range ~canceled_at"
      + " ~completed_at ~customer_account ~released_at" + Lists.SHAPE);
  static final Shape CANCEL = Shape.of("invoice_now:bool prorate:bool expand[]");
  static final Shape RELEASE = Shape.of("preserve_cancel_date:bool expand[]");

  private final Account account;
  private final Events events;
  private final Subscriptions subscriptions;

  Schedules(Account account, Events events, Subscriptions subscriptions) {
    this.account = account;
    this.events = events;
    this.subscriptions = subscriptions;
  }

  private SubscriptionSchedule schedule(String id) {
    return Optional.ofNullable(account.schedules.get(id))
        .orElseThrow(() -> StripeException.missing("subscription_schedule", id, "schedule"));
  }

  Outcome create(Call call) {
    String id = call.params().required("from_subscription");
    Subscription subscription = Optional.ofNullable(account.subscriptions.get(id))
        .orElseThrow(() -> StripeException.missing("subscription", id, "from_subscription"));
    if (subscription.schedule != null || subscription.ended()) {
      throw StripeException.refused(
          null,
          "You cannot migrate a subscription that is "
              + (subscription.ended() ? "canceled." : "already attached to a schedule."));
    }
    SubscriptionSchedule schedule = account.begin(new SubscriptionSchedule(), "sub_sched_", 24);
    schedule.customer = subscription.customer;
    schedule.subscription = id;
    schedule.phaseStart = subscription.item().periodStart;
    schedule.phaseEnd = subscription.item().periodEnd;
    schedule.items.addAll(subscription.items);
    call.params().mergeMetadata(schedule.metadata);
    account.schedules.put(schedule.id, schedule);
    events.emit("subscription_schedule.created", schedule);
    events.updating(
        "customer.subscription.updated", subscription, () -> subscription.schedule = schedule.id);
    return new Outcome.One(schedule);
  }

  Outcome retrieve(Call call) {
    return new Outcome.One(schedule(call.id()));
  }

  Outcome list(Call call) {
    Params params = call.params();
    Boolean scheduled = params.flag("scheduled");
    return Lists.page(
        account.schedules.values(),
        schedule -> Lists.asked(params, "customer", schedule.customer)
            && (scheduled == null || scheduled == schedule.status.equals("not_started"))
            && Lists.range(params, "created").test(schedule.created),
        call,
        "subscription_schedule");
  }

  private Subscription driven(SubscriptionSchedule schedule, String deed) {
    if (schedule.subscription == null || !schedule.status.equals("active")) {
      throw StripeException.refused(
          null,
          "You cannot " + deed + " a subscription schedule that is currently in the `"
              + schedule.status + "` status.");
    }
    return account.subscription(schedule.subscription);
  }

  Outcome release(Call call) {
    SubscriptionSchedule schedule = schedule(call.id());
    Subscription subscription = driven(schedule, "release");
    schedule.status = "released";
    schedule.releasedAt = account.now;
    schedule.releasedSubscription = subscription.id;
    schedule.subscription = null;
    events.emit("subscription_schedule.released", schedule);
    events.updating(
        "customer.subscription.updated", subscription, () -> subscription.schedule = null);
    return new Outcome.One(schedule);
  }

  /** Its subscription ends with it. */
  Outcome cancel(Call call) {
    SubscriptionSchedule schedule = schedule(call.id());
    Subscription subscription = driven(schedule, "cancel");
    schedule.status = "canceled";
    schedule.canceledAt = account.now;
    events.emit("subscription_schedule.canceled", schedule);
    if (!subscription.ended()) {
      subscriptions.end(subscription, "cancellation_requested");
    }
    return new Outcome.One(schedule);
  }

  static ObjectNode json(SubscriptionSchedule schedule, Account account) {
    ObjectNode node = Json.object("subscription_schedule", schedule)
        .put("canceled_at", schedule.canceledAt)
        .put("customer", schedule.customer)
        .put("end_behavior", schedule.endBehavior)
        .put("released_at", schedule.releasedAt)
        .put("released_subscription", schedule.releasedSubscription)
        .put("status", schedule.status)
        .put("subscription", schedule.subscription);
    ObjectNode mode = node.putObject("billing_mode").put("type", "flexible");
    mode.putObject("flexible").put("proration_discounts", "included");
    if (schedule.status.equals("active")) {
      node.putObject("current_phase")
          .put("start_date", schedule.phaseStart)
          .put("end_date", schedule.phaseEnd);
    } else {
      node.putNull("current_phase");
    }
    ObjectNode settings = node.putObject("default_settings")
        .put("billing_cycle_anchor", "automatic")
        .put("collection_method", "charge_automatically");
    ObjectNode invoicing = settings.putObject("invoice_settings");
    invoicing.putObject("issuer").put("type", "self");
    Json.nulls(
        invoicing, "account_tax_ids", "custom_fields", "days_until_due", "description", "footer");
    Json.nulls(
        settings,
        "application_fee_percent",
        "billing_thresholds",
        "default_payment_method",
        "description",
        "on_behalf_of",
        "transfer_data");
    phase(node.putArray("phases").addObject(), schedule, account);
    return Json.nulls(node, "application", "completed_at", "customer_account", "test_clock");
  }

  private static void phase(ObjectNode phase, SubscriptionSchedule schedule, Account account) {
    String currency = account.price(schedule.items.get(0).price).currency;
    phase
        .put("currency", currency)
        .put("end_date", schedule.phaseEnd)
        .put("proration_behavior", "create_prorations")
        .put("start_date", schedule.phaseStart);
    phase.putArray("add_invoice_items");
    phase.putArray("default_tax_rates");
    phase.putArray("discounts");
    phase.putObject("metadata");
    ArrayNode items = phase.putArray("items");
    for (SubscriptionItem item : schedule.items) {
      ObjectNode node = items
          .addObject()
          .put("plan", item.price)
          .put("price", item.price)
          .put("quantity", item.quantity)
          .putNull("billing_thresholds");
      node.putArray("discounts");
      node.putArray("tax_rates");
      node.putObject("metadata");
    }
    Json.nulls(
        phase,
        "application_fee_percent",
        "billing_cycle_anchor",
        "billing_thresholds",
        "collection_method",
        "default_payment_method",
        "description",
        "invoice_settings",
        "on_behalf_of",
        "transfer_data",
        "trial_end");
  }
}
