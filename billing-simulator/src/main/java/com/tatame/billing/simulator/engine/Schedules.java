package com.tatame.billing.simulator.engine;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Schedules that are made from a subscription; their phases begin and end with its periods. */
final class Schedules {
  static final Shape CREATE =
      Shape.of("from_subscription! metadata:map expand[] ~billing_mode ~billing_schedules ~customer"
          + " ~customer_account ~default_settings ~end_behavior ~phases ~start_date");
  static final Shape UPDATE =
      Shape.of("phases[]{items[]{price! quantity:int ~billing_thresholds ~discounts ~metadata"
          + " ~plan ~price_data ~tax_rates}! start_date:int end_date:int duration{interval:(day|month|week|year)!"
          + " interval_count:int} proration_behavior:(always_invoice|create_prorations|none)"
          + " ~add_invoice_items ~application_fee_percent ~automatic_tax ~billing_cycle_anchor ~billing_thresholds"
          + " ~collection_method ~currency ~default_payment_method ~default_tax_rates ~description ~discounts"
          + " ~invoice_settings ~metadata ~on_behalf_of ~transfer_data ~trial ~trial_end}"
          + " end_behavior:(cancel|release) proration_behavior:(always_invoice|create_prorations|none)"
          + " metadata:map? expand[] ~default_settings");
  static final Shape LIST = Shape.of("customer scheduled:bool created:range ~canceled_at"
      + " ~completed_at ~customer_account ~released_at" + Lists.SHAPE);
  static final Shape CANCEL = Shape.of("invoice_now:bool prorate:bool expand[]");
  static final Shape RELEASE = Shape.of("preserve_cancel_date:bool expand[]");

  private final Account account;
  private final Events events;
  private final Subscriptions subscriptions;
  private final Phases phases;

  Schedules(Account account, Events events, Subscriptions subscriptions, Phases phases) {
    this.account = account;
    this.events = events;
    this.subscriptions = subscriptions;
    this.phases = phases;
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
    SubscriptionSchedule.Phase phase = new SubscriptionSchedule.Phase();
    phase.start = subscription.item().periodStart;
    phase.end = subscription.item().periodEnd;
    subscription.items.forEach(item -> phase.items.add(sold(item)));
    schedule.phases.add(phase);
    call.params().mergeMetadata(schedule.metadata);
    account.schedules.put(schedule.id, schedule);
    events.emit("subscription_schedule.created", schedule);
    events.updating(
        "customer.subscription.updated", subscription, () -> subscription.schedule = schedule.id);
    return new Outcome.One(schedule);
  }

  /** Replaces the phases; the first one must be the one that runs. */
  Outcome update(Call call) {
    SubscriptionSchedule schedule = schedule(call.id());
    Subscription subscription = driven(schedule, "update");
    Params params = call.params();
    List<SubscriptionSchedule.Phase> wanted = new ArrayList<>();
    for (Params phase : params.children("phases")) {
      wanted.add(
          wanted.isEmpty()
              ? running(subscription, phase)
              : following(subscription, wanted.get(wanted.size() - 1), phase));
    }
    events.updating("subscription_schedule.updated", schedule, () -> {
      if (!wanted.isEmpty()) {
        schedule.phases = wanted;
        schedule.current = 0;
      }
      schedule.endBehavior = params.text("end_behavior", schedule.endBehavior);
      params.mergeMetadata(schedule.metadata);
    });
    return new Outcome.One(schedule);
  }

  private SubscriptionSchedule.Item sold(SubscriptionItem item) {
    boolean metered = account.price(item.price).recurrence().metered();
    return new SubscriptionSchedule.Item(item.price, metered ? 0 : item.quantity);
  }

  private SubscriptionSchedule.Phase running(Subscription subscription, Params params) {
    SubscriptionSchedule.Phase phase = phase(subscription, params);
    SubscriptionItem item = subscription.item();
    phase.start = item.periodStart;
    phase.end = params.number("end_date", item.periodEnd);
    if (params.number("start_date", phase.start) != phase.start || params.given("duration")) {
      throw StripeException.notModelled(params.path("start_date") + " other than the period's");
    }
    List<SubscriptionSchedule.Item> present =
        subscription.items.stream().map(this::sold).toList();
    if (phase.end != item.periodEnd || !phase.items.equals(present)) {
      throw StripeException.notModelled(params.path("items") + " other than the present ones");
    }
    return phase;
  }

  private SubscriptionSchedule.Phase following(
      Subscription subscription, SubscriptionSchedule.Phase before, Params params) {
    SubscriptionSchedule.Phase phase = phase(subscription, params);
    phase.start = before.end;
    Recurrence cycle = account.price(phase.items.get(0).price()).recurrence();
    Params duration = params.child("duration");
    Recurrence length = duration.given("interval")
        ? new Recurrence(
            duration.required("interval"), duration.number("interval_count", 1), "licensed")
        : cycle;
    phase.end = params.number("end_date", length.boundary(before.end, 1));
    if (params.number("start_date", phase.start) != phase.start || phase.end <= phase.start) {
      throw StripeException.invalid(
          null, params.path("start_date"), "A phase must start when the one before it ends.");
    }
    return phase;
  }

  private SubscriptionSchedule.Phase phase(Subscription subscription, Params params) {
    SubscriptionSchedule.Phase phase = new SubscriptionSchedule.Phase();
    phase.prorationBehavior = params.text("proration_behavior", "create_prorations");
    for (Params item : params.children("items")) {
      Price price = Optional.ofNullable(account.prices.get(item.required("price")))
          .orElseThrow(
              () -> StripeException.missing("price", item.required("price"), item.path("price")));
      if (!price.active || price.recurring == null) {
        throw StripeException.invalid(
            null,
            item.path("price"),
            "The price specified is inactive. This field only accepts active prices.");
      }
      price.requireSoldIn(subscription.currency, item.path("price"));
      boolean metered = price.recurrence().metered();
      if (metered && item.given("quantity")) {
        throw StripeException.invalid(
            null, item.path("quantity"), "You can't set a quantity on a metered price.");
      }
      phase.items.add(
          new SubscriptionSchedule.Item(price.id, item.number("quantity", metered ? 0 : 1)));
    }
    if (phase.items.isEmpty()) {
      throw StripeException.invalid(
          "parameter_missing", params.path("items"), "A phase needs at least one item.");
    }
    return phase;
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
    events.updating(
        "customer.subscription.updated",
        subscription,
        () -> phases.release(schedule, subscription));
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
          .put("start_date", schedule.phase().start)
          .put("end_date", schedule.phase().end);
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
    ArrayNode phases = node.putArray("phases");
    String currency = Optional.ofNullable(schedule.subscription)
        .or(() -> Optional.ofNullable(schedule.releasedSubscription))
        .map(id -> account.subscription(id).currency)
        .orElseGet(() -> account.price(schedule.phases.get(0).items.get(0).price()).currency);
    schedule.phases.forEach(phase -> json(phases.addObject(), phase, currency, account));
    return Json.nulls(node, "application", "completed_at", "customer_account", "test_clock");
  }

  private static void json(
      ObjectNode phase, SubscriptionSchedule.Phase source, String currency, Account account) {
    phase
        .put("currency", currency)
        .put("end_date", source.end)
        .put("proration_behavior", source.prorationBehavior)
        .put("start_date", source.start);
    phase.putArray("add_invoice_items");
    phase.putArray("default_tax_rates");
    phase.putArray("discounts");
    phase.putObject("metadata");
    ArrayNode items = phase.putArray("items");
    for (SubscriptionSchedule.Item item : source.items) {
      ObjectNode node = items
          .addObject()
          .put("plan", item.price())
          .put("price", item.price())
          .putNull("billing_thresholds");
      if (!account.price(item.price()).recurrence().metered()) {
        node.put("quantity", item.quantity());
      }
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
