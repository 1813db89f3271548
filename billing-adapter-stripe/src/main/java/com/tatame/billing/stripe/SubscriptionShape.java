package com.tatame.billing.stripe;

import com.tatame.billing.catalog.Price;
import com.tatame.billing.catalog.Recurrence;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionStatus;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Subscriptions in all their shapes: the period stands on the items (since 2025-03-31) or on the
 * subscription, a discount in {@code discounts} or in {@code discount}, its coupon under {@code
 * source} (since 2025-09-30) or directly. Its currency need not be that of its prices, which name
 * what they cost in others only if asked.
 */
final class SubscriptionShape {
  private SubscriptionShape() {}

  private record Period(Instant start, Instant end) {}

  static Subscription read(Fields subscription) {
    List<Subscription.Item> items = items(subscription, true);
    Period period = period(subscription, subscription.object("items").objects("data"));
    Optional<Instant> cancelAt = subscription.optionalInstant("cancel_at");
    return new Subscription(
        subscription.text("id"),
        subscription.id("customer"),
        subscription.known("status", SubscriptionStatus::of),
        Metadata.account(subscription.metadata()),
        Optional.empty(),
        Optional.empty(),
        items,
        subscription.instant("created"),
        period.start(),
        period.end(),
        subscription.optionalInstant("trial_start"),
        subscription.optionalInstant("trial_end"),
        endsWithPeriod(subscription),
        cancelAt,
        subscription.optionalInstant("canceled_at"),
        reason(subscription),
        subscription.optionalInstant("ended_at"),
        subscription.optionalObject("pause_collection").map(SubscriptionShape::pause),
        discount(subscription),
        Metadata.selfPause(subscription.metadata()),
        subscription.omissibleId("default_payment_method"));
  }

  /**
   * What is priced, at least one item.
   *
   * @param wholly whether amounts that the price doesn't name, since it is in another currency than the
   *     subscription, make it unreadable; else they are left out
   */
  static List<Subscription.Item> items(Fields subscription, boolean wholly) {
    List<Fields> itemFields = subscription.object("items").objects("data");
    if (itemFields.isEmpty()) {
      throw subscription.unreadable("items", "is empty");
    }
    Optional<String> currency = subscription.states("currency")
        ? Optional.of(CatalogShape.currency(subscription))
        : Optional.<String>empty();
    List<Subscription.Item> items = new ArrayList<>();
    itemFields.forEach(item -> items.add(item(item, currency, wholly)));
    return items;
  }

  /** When a scheduled cancellation takes effect. */
  static Optional<Instant> endsAt(Fields subscription) {
    Optional<Instant> cancelAt = subscription.optionalInstant("cancel_at");
    return cancelAt.isEmpty() && subscription.flag("cancel_at_period_end")
        ? Optional.of(
            period(subscription, subscription.object("items").objects("data")).end())
        : cancelAt;
  }

  /** Under flexible billing and from the portal only {@code cancel_at} may be set. */
  static boolean endsWithPeriod(Fields subscription) {
    Period period = period(subscription, subscription.object("items").objects("data"));
    return subscription.flag("cancel_at_period_end")
        || subscription
            .optionalInstant("cancel_at")
            .filter(period.end()::equals)
            .isPresent();
  }

  private static Period period(Fields subscription, List<Fields> items) {
    return items.stream()
        .map(item -> period(item.has("current_period_end") ? item : subscription))
        .min(Comparator.comparing(Period::end))
        .orElseThrow(() -> subscription.unreadable("items", "is empty"));
  }

  private static Period period(Fields fields) {
    return new Period(fields.instant("current_period_start"), fields.instant("current_period_end"));
  }

  /**
   * The comment that was sent with the cancellation, else Stripe's own reason. Versions before
   * 2022-11-15 don't have it, which does no harm as long as nothing was canceled.
   */
  private static Optional<String> reason(Fields subscription) {
    boolean canceled = subscription.flag("cancel_at_period_end")
        || subscription.states("cancel_at")
        || subscription.states("canceled_at");
    if (!canceled && !subscription.has("cancellation_details")) {
      return Optional.empty();
    }
    return subscription
        .optionalObject("cancellation_details")
        .flatMap(
            details -> details.optionalText("comment").or(() -> details.optionalText("reason")));
  }

  private static Subscription.CollectionPause pause(Fields pause) {
    return new Subscription.CollectionPause(
        pause.text("behavior"), pause.optionalInstant("resumes_at"));
  }

  private static Subscription.Item item(Fields item, Optional<String> billedIn, boolean wholly) {
    boolean plan = !item.states("price");
    Fields price = item.object(plan ? "plan" : "price");
    Optional<Recurrence> recurrence = plan
        ? Optional.of(CatalogShape.recurrence(price))
        : price.optionalObject("recurring").map(CatalogShape::recurrence);
    String currency = billedIn.orElseGet(() -> CatalogShape.currency(price));
    return new Subscription.Item(
        item.text("id"),
        price.text("id"),
        plan ? Optional.empty() : soldAs(price),
        price.id("product"),
        quantity(item, recurrence),
        currency,
        !wholly && !namesAmount(price, currency)
            ? Optional.empty()
            : unitAmount(price, plan ? "amount" : "unit_amount", currency),
        recurrence,
        price.omissibleText("tax_behavior"));
  }

  private static boolean namesAmount(Fields price, String currency) {
    return CatalogShape.currency(price).equals(currency)
        || CatalogShape.otherAmounts(price).containsKey(currency);
  }

  private static Optional<Long> unitAmount(Fields price, String name, String currency) {
    if (CatalogShape.currency(price).equals(currency)) {
      return price.optionalNumber(name);
    }
    return Optional.ofNullable(CatalogShape.otherAmounts(price).get(currency))
        .orElseThrow(() ->
            price.unreadable("currency_options", "does not name the subscription's currency"));
  }

  /** A price that lost its lookup key to a newer one still says what it was made for. */
  private static Optional<String> soldAs(Fields price) {
    return price
        .optionalText("lookup_key")
        .or(() -> price.has("metadata")
            ? Optional.ofNullable(price.metadata().get(Price.PLAN_MARK))
            : Optional.empty());
  }

  /** A metered item has none. */
  private static long quantity(Fields item, Optional<Recurrence> recurrence) {
    boolean metered = recurrence.filter(Recurrence::metered).isPresent();
    return metered && !item.states("quantity") ? 0 : item.number("quantity");
  }

  private static Optional<Subscription.Discount> discount(Fields subscription) {
    if (subscription.states("discount")) {
      return Optional.of(discountOf(subscription.object("discount")));
    }
    if (!subscription.has("discounts") && subscription.has("discount")) {
      return Optional.empty();
    }
    if (subscription.isEmptyArray("discounts")) {
      return Optional.empty();
    }
    return Optional.of(subscription.objects("discounts").stream()
        .findFirst()
        .map(SubscriptionShape::discountOf)
        .orElseThrow(() -> subscription.unreadable("discounts", "holds ids only")));
  }

  static Subscription.Discount discountOf(Fields discount) {
    Fields holder = discount.has("source") ? discount.object("source") : discount;
    Fields coupon = holder.object("coupon");
    Optional<BigDecimal> percentOff = coupon.optionalDecimal("percent_off");
    Optional<Long> amountOff = coupon.optionalNumber("amount_off");
    if (percentOff.isPresent() == amountOff.isPresent()) {
      throw coupon.unreadable("percent_off", "and amount_off must not both be set or both be null");
    }
    return new Subscription.Discount(
        coupon.text("id"),
        percentOff,
        amountOff,
        discount.optionalInstant("end"),
        coupon.omissibleText("duration"));
  }
}
