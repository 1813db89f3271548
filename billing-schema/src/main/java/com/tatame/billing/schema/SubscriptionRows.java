package com.tatame.billing.schema;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.catalog.Recurrence;
import com.tatame.billing.subscription.SelfPause;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionStatus;
import java.util.Optional;

/** Subscriptions as rows of {@code subscriptions}, their nested values as JSON. */
final class SubscriptionRows {
  private SubscriptionRows() {}

  static Row row(Subscription s) {
    return Row.empty()
        .with("stripe_subscription_id", s.id())
        .with("stripe_customer_id", s.customerId())
        .with("status", s.status())
        .with("account_id", s.account().map(AccountId::value))
        .with("tier", s.tier())
        .with("billing_interval", s.interval())
        .with("items", s.items().stream().map(SubscriptionRows::item).toList())
        .with("created_at", s.createdAt())
        .with("current_period_start", s.currentPeriodStart())
        .with("current_period_end", s.currentPeriodEnd())
        .with("trial_start", s.trialStart())
        .with("trial_end", s.trialEnd())
        .with("cancel_at_period_end", s.cancelAtPeriodEnd())
        .with("cancel_at", s.cancelAt())
        .with("canceled_at", s.canceledAt())
        .with("cancel_reason", s.cancelReason())
        .with("ended_at", s.endedAt())
        .with("collection_paused", pause(s))
        .with("discount", s.discount().map(SubscriptionRows::discount))
        .with("default_payment_method", s.defaultPaymentMethodId());
  }

  static Subscription subscription(Row row) {
    return new Subscription(
        row.text("stripe_subscription_id"),
        row.text("stripe_customer_id"),
        row.constant("status", SubscriptionStatus.class),
        row.optionalText("account_id").map(AccountId::new),
        row.optionalText("tier"),
        row.optionalConstant("billing_interval", BillingInterval.class),
        row.rows("items").map(SubscriptionRows::item),
        row.instant("created_at"),
        row.instant("current_period_start"),
        row.instant("current_period_end"),
        row.optionalInstant("trial_start"),
        row.optionalInstant("trial_end"),
        row.flag("cancel_at_period_end"),
        row.optionalInstant("cancel_at"),
        row.optionalInstant("canceled_at"),
        row.optionalText("cancel_reason"),
        row.optionalInstant("ended_at"),
        row.optionalRow("collection_paused").flatMap(SubscriptionRows::pause),
        row.optionalRow("discount").map(SubscriptionRows::discount),
        row.optionalRow("collection_paused").flatMap(SubscriptionRows::selfPause),
        row.optionalText("default_payment_method"));
  }

  private static Row item(Subscription.Item item) {
    return Row.empty()
        .with("id", item.id())
        .with("price_id", item.priceId())
        .with("lookup_key", item.lookupKey())
        .with("product_id", item.productId())
        .with("quantity", item.quantity())
        .with("currency", item.currency())
        .with("unit_amount", item.unitAmount())
        .with(
            "recurrence",
            item.recurrence()
                .map(recurrence -> Row.empty()
                    .with("unit", recurrence.unit())
                    .with("count", recurrence.count())
                    .with("metered", recurrence.metered())))
        .with("tax_behavior", item.taxBehavior());
  }

  private static Subscription.Item item(Row row) {
    return new Subscription.Item(
        row.text("id"),
        row.text("price_id"),
        row.optionalText("lookup_key"),
        row.text("product_id"),
        row.number("quantity"),
        row.text("currency"),
        row.optionalNumber("unit_amount"),
        row.optionalRow("recurrence")
            .map(recurrence -> new Recurrence(
                recurrence.constant("unit", Recurrence.Unit.class),
                recurrence.integer("count"),
                recurrence.flag("metered"))),
        row.optionalText("tax_behavior"));
  }

  // The user's own pause stays when it is over: then there is no behavior.
  private static Optional<Row> pause(Subscription subscription) {
    Optional<Subscription.CollectionPause> paused = subscription.collectionPaused();
    return paused.isEmpty() && subscription.selfPause().isEmpty()
        ? Optional.empty()
        : Optional.of(Row.empty()
            .with("behavior", paused.map(Subscription.CollectionPause::behavior))
            .with("resumes_at", paused.flatMap(Subscription.CollectionPause::resumesAt))
            .with("by_user", subscription.selfPause().map(SubscriptionRows::selfPause)));
  }

  private static Optional<Subscription.CollectionPause> pause(Row row) {
    return row.optionalText("behavior")
        .map(behavior ->
            new Subscription.CollectionPause(behavior, row.optionalInstant("resumes_at")));
  }

  private static Row selfPause(SelfPause own) {
    return Row.empty()
        .with("since", own.since())
        .with("until", own.until())
        .with(
            "begun", own.begun().stream().map(at -> Row.empty().with("at", at)).toList());
  }

  private static Optional<SelfPause> selfPause(Row paused) {
    return paused
        .optionalRow("by_user")
        .map(own -> new SelfPause(
            own.instant("since"),
            own.instant("until"),
            own.rows("begun").map(begun -> begun.instant("at"))));
  }

  private static Row discount(Subscription.Discount discount) {
    return Row.empty()
        .with("coupon_id", discount.couponId())
        .with("percent_off", discount.percentOff())
        .with("amount_off", discount.amountOff())
        .with("ends_at", discount.endsAt())
        .with("duration", discount.duration());
  }

  private static Subscription.Discount discount(Row row) {
    return new Subscription.Discount(
        row.text("coupon_id"),
        row.optionalDecimal("percent_off"),
        row.optionalNumber("amount_off"),
        row.optionalInstant("ends_at"),
        row.optionalText("duration"));
  }
}
