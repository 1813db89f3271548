package com.tatame.billing.simulator.engine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The API's side of subscriptions: reading them and what one may change by hand. */
final class SubscriptionControl {
  private static final String FEEDBACK =
      "cancellation_details{comment feedback:(customer_service|low_quality"
          + "|missing_features|other|switched_service|too_complex|too_expensive|unused)?}";
  static final Shape LIST =
      Shape.of("customer price status:(active|all|canceled|ended|incomplete|incomplete_expired"
          + "|past_due|paused|trialing|unpaid) created:range collection_method:(charge_automatically|send_invoice)"
          + " ~automatic_tax ~current_period_end ~current_period_start ~customer_account ~plan ~test_clock"
          + Lists.SHAPE);
  static final Shape UPDATE =
      Shape.of("cancel_at_period_end:bool cancel_at:int(min_period_end|max_period_end)?"
          + " metadata:map pause_collection{behavior:(keep_as_draft|mark_uncollectible|void)! resumes_at:int}?"
          + " trial_end:int(now) trial_settings{end_behavior{missing_payment_method:(cancel|create_invoice|pause)!}!}"
          + " default_payment_method description payment_settings{save_default_payment_method:(off|on_subscription)"
          + " ~payment_method_options ~payment_method_types} off_session:bool"
          + " proration_behavior:(always_invoice|create_prorations|none)"
          + " payment_behavior:(allow_incomplete|default_incomplete|error_if_incomplete|pending_if_incomplete)"
          + " automatic_tax{enabled:bool! ~liability} expand[] " + FEEDBACK + ItemPlan.SHAPE
          + Discounts.SHAPE
          + " billing_cycle_anchor:(now|unchanged) proration_date:int"
          + " ~add_invoice_items ~application_fee_percent ~billing_schedules ~billing_thresholds"
          + " ~collection_method ~days_until_due ~default_source ~default_tax_rates ~invoice_settings"
          + " ~on_behalf_of ~pending_invoice_item_interval ~transfer_data ~trial_from_plan");
  static final Shape CANCEL = Shape.of("invoice_now:bool prorate:bool expand[] " + FEEDBACK);
  static final Shape RESUME =
      Shape.of("billing_cycle_anchor:(now) proration_behavior:(always_invoice|create_prorations"
          + "|none) expand[] ~proration_date");

  private static final Set<String> EDITABLE_WHEN_ENDED =
      Set.of("metadata", "cancellation_details", "expand");
  private static final Set<String> ALLOWED_WHILE_PENDING = Set.of(
      "items",
      "payment_behavior",
      "proration_behavior",
      "proration_date",
      "billing_cycle_anchor",
      "off_session",
      "expand");
  private static final Set<String> DRIVEN_BY_SCHEDULE =
      Set.of("cancel_at", "cancel_at_period_end", "trial_end");

  private final Account account;
  private final Events events;
  private final Subscriptions subscriptions;
  private final Customers customers;
  private final ItemUpdates updates;
  private final Discounts discounts;

  SubscriptionControl(
      Account account,
      Events events,
      Subscriptions subscriptions,
      Customers customers,
      ItemUpdates updates,
      Discounts discounts) {
    this.account = account;
    this.events = events;
    this.subscriptions = subscriptions;
    this.customers = customers;
    this.updates = updates;
    this.discounts = discounts;
  }

  private Subscription subscription(String id) {
    return Optional.ofNullable(account.subscriptions.get(id))
        .orElseThrow(() -> StripeException.missing("subscription", id, "id"));
  }

  Outcome retrieve(Call call) {
    return new Outcome.One(subscription(call.id()));
  }

  Outcome list(Call call) {
    Params params = call.params();
    String status = params.text("status");
    if (params.given("customer") && !account.customers.containsKey(params.required("customer"))) {
      throw StripeException.missing("customer", params.required("customer"), "customer");
    }
    return Lists.page(
        account.subscriptions.values(),
        subscription -> hasStatus(subscription, status)
            && Lists.asked(params, "customer", subscription.customer)
            && Lists.asked(params, "collection_method", "charge_automatically")
            && hasPrice(subscription, params.text("price"))
            && Lists.range(params, "created").test(subscription.created),
        call,
        "subscription");
  }

  private static boolean hasPrice(Subscription subscription, @Nullable String price) {
    return price == null || subscription.items.stream().anyMatch(item -> item.price.equals(price));
  }

  private static boolean hasStatus(Subscription subscription, @Nullable String status) {
    if (status == null) {
      return !subscription.status.equals("canceled");
    }
    return switch (status) {
      case "all" -> true;
      case "ended" -> subscription.ended();
      default -> subscription.status.equals(status);
    };
  }

  Outcome update(Call call) {
    Subscription subscription = subscription(call.id());
    Params params = call.params();
    if (subscription.ended() && !EDITABLE_WHEN_ENDED.containsAll(params.names())) {
      throw StripeException.refused(
          null, "A canceled subscription can only update its cancellation_details and metadata.");
    }
    check(subscription, params);
    ItemPlan plan = plan(subscription, params);
    boolean invoices = ItemUpdates.invoicesNow(plan, params);
    if (invoices && updates.refusedOrPending(subscription, plan, params)) {
      return new Outcome.One(subscription);
    }
    ObjectNode before = events.snapshot(subscription);
    change(subscription, params);
    discounts.replace(subscription, params);
    String trialEnd = params.text("trial_end");
    if (trialEnd != null && !trialEnd.equals("now")) {
      subscriptions.moveTrialEnd(subscription, Long.parseLong(trialEnd));
    }
    if (plan.changes()) {
      // Planned anew, since new discounts take part in what is debited.
      plan = plan(subscription, params);
      updates.take(subscription, plan);
    }
    events.emitIfChanged("customer.subscription.updated", subscription, before);
    if (invoices) {
      updates.invoice(subscription, plan);
    }
    if (trialEnd != null && trialEnd.equals("now") && subscription.status.equals("trialing")) {
      subscriptions.endTrialNow(subscription);
    }
    return new Outcome.One(subscription);
  }

  private ItemPlan plan(Subscription subscription, Params params) {
    return ItemPlan.of(account, subscription, params, account.discounts(subscription.discounts));
  }

  private void check(Subscription subscription, Params params) {
    discounts.check(subscription, params);
    String behavior = params.text("payment_behavior", "allow_incomplete");
    if (behavior.equals("pending_if_incomplete")) {
      for (String name : params.names()) {
        if (!ALLOWED_WHILE_PENDING.contains(name)) {
          throw StripeException.invalid(
              null,
              name,
              "You can't pass `" + name
                  + "` when `payment_behavior` is set to `pending_if_incomplete`.");
        }
      }
    }
    if (subscription.schedule != null
        && params.names().stream().anyMatch(DRIVEN_BY_SCHEDULE::contains)) {
      throw StripeException.refused(
          null,
          "The subscription is managed by the subscription schedule `" + subscription.schedule
              + "`, and updating any cancelation behavior directly is not allowed."
              + " Please update the schedule instead.");
    }
    String method = params.text("default_payment_method");
    if (method != null
        && !subscription.customer.equals(
            customers.method(method, "default_payment_method").customer)) {
      throw StripeException.invalid(
          null,
          "default_payment_method",
          "The customer does not have a payment method with the ID " + method
              + ". The payment method must be attached to the customer.");
    }
    if (params.given("cancel_at") && params.flag("cancel_at_period_end", false)) {
      throw StripeException.invalid(
          null, "cancel_at", "You can only use one of cancel_at and cancel_at_period_end.");
    }
    String cancelAt = params.text("cancel_at");
    if (cancelAt != null
        && !cancelAt.contains("period_end")
        && Long.parseLong(cancelAt) <= account.now) {
      throw StripeException.invalid(
          null, "cancel_at", "The `cancel_at` date must be in the future.");
    }
    String trialEnd = params.text("trial_end");
    if (trialEnd != null && !trialEnd.equals("now")) {
      if (!subscription.status.equals("trialing")) {
        throw StripeException.notModelled("trial_end");
      }
      if (Long.parseLong(trialEnd) <= account.now) {
        throw StripeException.invalid(
            null, "trial_end", "The `trial_end` date must be in the future.");
      }
    }
  }

  private void change(Subscription subscription, Params params) {
    Params details = params.child("cancellation_details");
    details.ifPresent("comment", value -> subscription.cancellationComment = value);
    details.ifPresent("feedback", value -> subscription.cancellationFeedback = value);
    params.mergeMetadata(subscription.metadata);
    params.ifPresent("default_payment_method", value -> subscription.defaultPaymentMethod = value);
    params.ifPresent("description", value -> subscription.description = value);
    subscription.automaticTax =
        params.child("automatic_tax").flag("enabled", subscription.automaticTax);
    subscription.saveDefaultPaymentMethod = params
        .child("payment_settings")
        .text("save_default_payment_method", subscription.saveDefaultPaymentMethod);
    subscription.missingPaymentMethod = params
        .child("trial_settings")
        .child("end_behavior")
        .text("missing_payment_method", subscription.missingPaymentMethod);
    if (params.has("pause_collection")) {
      Params pause = params.child("pause_collection");
      subscription.pauseBehavior = pause.text("behavior");
      subscription.pauseResumesAt = pause.number("resumes_at");
      if (subscription.pauseResumesAt != null) {
        account.plan(subscription.pauseResumesAt, Due.Kind.COLLECTION_RESUMES, subscription.id);
      }
    }
    changeEnd(subscription, params);
  }

  private void changeEnd(Subscription subscription, Params params) {
    long periodEnd = subscription.item().periodEnd;
    if (params.has("cancel_at")) {
      String at = params.text("cancel_at");
      cancelAt(
          subscription,
          at == null
              ? null
              : at.contains("period_end") ? Long.valueOf(periodEnd) : Long.valueOf(at));
      subscription.cancelAtPeriodEnd = false;
    }
    Boolean atPeriodEnd = params.flag("cancel_at_period_end");
    if (atPeriodEnd != null && atPeriodEnd != subscription.cancelAtPeriodEnd) {
      cancelAt(subscription, atPeriodEnd ? Long.valueOf(periodEnd) : null);
      subscription.cancelAtPeriodEnd = atPeriodEnd;
    }
  }

  private void cancelAt(Subscription subscription, @Nullable Long at) {
    if (at != null && !at.equals(subscription.cancelAt)) {
      subscription.canceledAt = account.now;
      subscription.cancellationReason = "cancellation_requested";
      account.plan(at, Due.Kind.SUBSCRIPTION_CANCELS, subscription.id);
    } else if (at == null) {
      subscription.canceledAt = null;
      subscription.cancellationReason = null;
      subscription.cancellationComment = null;
      subscription.cancellationFeedback = null;
    }
    subscription.cancelAt = at;
  }

  Outcome cancel(Call call) {
    Subscription subscription = subscription(call.id());
    Params params = call.params();
    if (subscription.ended()) {
      throw StripeException.missing("subscription", subscription.id, "id");
    }
    if (params.flag("invoice_now", false) || params.flag("prorate", false)) {
      throw StripeException.notModelled(params.flag("prorate", false) ? "prorate" : "invoice_now");
    }
    Params details = params.child("cancellation_details");
    details.ifPresent("comment", value -> subscription.cancellationComment = value);
    details.ifPresent("feedback", value -> subscription.cancellationFeedback = value);
    subscription.canceledAt = account.now;
    subscriptions.end(subscription, "cancellation_requested");
    return new Outcome.One(subscription);
  }

  Outcome resume(Call call) {
    Subscription subscription = subscription(call.id());
    if (!subscription.status.equals("paused")) {
      throw StripeException.refused(
          null,
          "Only paused subscriptions can be resumed. This subscription has a status of "
              + subscription.status + ".");
    }
    subscriptions.resume(subscription);
    return new Outcome.One(subscription);
  }
}
