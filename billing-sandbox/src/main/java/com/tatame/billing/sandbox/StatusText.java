package com.tatame.billing.sandbox;

import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.entitlement.Decision;
import com.tatame.billing.inbox.EventRecord;
import com.tatame.billing.money.MinorUnits;
import com.tatame.billing.money.Money;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionStatus;
import java.math.BigDecimal;
import java.text.NumberFormat;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Currency;
import java.util.Locale;
import java.util.Map;

/** Amounts, dates and events as people read them. */
public final class StatusText {
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("d MMMM yyyy", Locale.ENGLISH).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter EXACT = DateTimeFormatter.ofPattern(
          "d MMM yyyy, HH:mm:ss 'UTC'", Locale.ENGLISH)
      .withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ENGLISH).withZone(ZoneOffset.UTC);
  private static final Map<String, String> EVENTS = Map.ofEntries(
      Map.entry("checkout.session.completed", "Checkout completed"),
      Map.entry("checkout.session.expired", "Checkout expired"),
      Map.entry("customer.created", "Customer created"),
      Map.entry("customer.updated", "Customer changed"),
      Map.entry("customer.subscription.created", "Subscription started"),
      Map.entry("customer.subscription.updated", "Subscription changed"),
      Map.entry("customer.subscription.deleted", "Subscription ended"),
      Map.entry("customer.subscription.trial_will_end", "Trial ends soon"),
      Map.entry("subscription_schedule.created", "Change scheduled"),
      Map.entry("subscription_schedule.updated", "Schedule changed"),
      Map.entry("subscription_schedule.released", "Schedule given up"),
      Map.entry("subscription_schedule.completed", "Scheduled change made"),
      Map.entry("invoiceitem.created", "Invoice item added"),
      Map.entry("invoice.created", "Invoice drafted"),
      Map.entry("invoice.finalized", "Invoice issued"),
      Map.entry("invoice.updated", "Invoice changed"),
      Map.entry("invoice.paid", "Invoice paid"),
      Map.entry("invoice.payment_succeeded", "Payment received"),
      Map.entry("invoice.payment_failed", "Payment failed"),
      Map.entry("invoice.upcoming", "Invoice coming up"),
      Map.entry("payment_method.attached", "Card added"),
      Map.entry("setup_intent.created", "Card check begun"),
      Map.entry("setup_intent.succeeded", "Card checked"),
      Map.entry("payment_intent.created", "Charge begun"),
      Map.entry("payment_intent.succeeded", "Charge settled"),
      Map.entry("payment_intent.payment_failed", "Charge declined"),
      Map.entry("charge.succeeded", "Card charged"),
      Map.entry("charge.failed", "Card declined"),
      Map.entry("invoice_payment.paid", "Payment matched to its invoice"));

  private StatusText() {}

  /** Such as {@code $24.99}; the currency's own number of digits. */
  public static String amount(Money money) {
    int decimals = MinorUnits.decimals(money.currency());
    NumberFormat format = NumberFormat.getCurrencyInstance(Locale.US);
    format.setCurrency(Currency.getInstance(money.currency().toUpperCase(Locale.ROOT)));
    format.setMinimumFractionDigits(decimals);
    format.setMaximumFractionDigits(decimals);
    return format.format(BigDecimal.valueOf(money.amount(), decimals));
  }

  /** Such as {@code $24.99 / month}. */
  public static String amount(Money money, BillingInterval interval) {
    return amount(money) + " / " + (interval == BillingInterval.MONTHLY ? "month" : "year");
  }

  /** Such as {@code 5 March 2026}, in UTC. */
  public static String date(Instant instant) {
    return DATE.format(instant);
  }

  /** To the second, with its zone. */
  public static String exact(Instant instant) {
    return EXACT.format(instant);
  }

  /** Time of day to the second, in UTC. */
  public static String time(Instant instant) {
    return TIME.format(instant);
  }

  /** What an event means to its reader. */
  public static String event(EventRecord event) {
    return EVENTS.getOrDefault(event.type(), event.type().replace('.', ' ').replace('_', ' '));
  }

  /** How an account stands with a feature, such as {@code 3 of 10 used; resets on 1 December 2026}. */
  public static String standing(Decision decision) {
    if (decision.allowance().isEmpty()) {
      return decision.allowed() ? "yes" : "no";
    }
    Decision.Allowance allowance = decision.allowance().get();
    if (allowance.limit().filter(most -> most == 0).isPresent()
        && allowance.granted() == 0
        && allowance.overage().isEmpty()) {
      return "none included";
    }
    StringBuilder text = new StringBuilder();
    text.append(allowance
        .limit()
        .map(most -> allowance.used() + " of " + most + " used")
        .orElseGet(() -> allowance.used() + " used, no limit"));
    if (allowance.granted() > 0) {
      text.append(", ").append(allowance.granted()).append(" more given");
    }
    allowance
        .overage()
        .filter(beyond -> beyond.discountPercent() > 0)
        .ifPresent(beyond -> text.append("; beyond that ")
            .append(beyond.remaining().map(left -> left + " at ").orElse(""))
            .append(beyond.discountPercent())
            .append(" % off"));
    if (allowance.limit().isPresent()) {
      allowance.resetsAt().ifPresent(at -> text.append("; resets on ").append(date(at)));
    }
    return text.toString();
  }

  /** As {@link #outlook(Subscription)}, with what it costs once a trial is over. */
  public static String outlook(Subscription subscription, String price) {
    return subscription.status() == SubscriptionStatus.TRIALING
            && !subscription.ends()
            && !price.isEmpty()
        ? "Free until " + date(subscription.currentPeriodEnd()) + ", then " + price + "."
        : outlook(subscription);
  }

  /** What comes next for a subscription, in one sentence. */
  public static String outlook(Subscription subscription) {
    String end = date(subscription.currentPeriodEnd());
    if (subscription.endedAt().isPresent()) {
      return "Ended on " + date(subscription.endedAt().get()) + ".";
    }
    if (subscription.collectionPaused().isPresent()) {
      return "Payments are paused"
          + subscription
              .collectionPaused()
              .get()
              .resumesAt()
              .map(at -> " until " + date(at))
              .orElse("")
          + ".";
    }
    if (subscription.cancelAtPeriodEnd() && subscription.status() == SubscriptionStatus.TRIALING) {
      return "Free until " + end + ", then it ends and nothing is charged.";
    }
    if (subscription.cancelAtPeriodEnd()) {
      return "Ends on " + end + " and does not renew.";
    }
    return switch (subscription.status()) {
      case TRIALING -> "Free until " + end + ", then it is charged.";
      case ACTIVE -> "Renews on " + end + ".";
      case PAST_DUE -> "The last payment failed. It is tried again; please check the card.";
      case UNPAID -> "Several payments failed. Pay the open invoice to go on.";
      case PAUSED -> "Paused. Resume it to go on.";
      case INCOMPLETE -> "The first payment is still missing.";
      case INCOMPLETE_EXPIRED, CANCELED -> "Ended.";
    };
  }

  /** A status for a label, such as {@code past due}. */
  public static String label(String code) {
    return code.replace('_', ' ');
  }

  /** A code as a heading, such as {@code Past due}. */
  public static String heading(String code) {
    return Character.toUpperCase(code.charAt(0)) + label(code.substring(1));
  }

  /** A plan and its interval, such as {@code Pro, monthly}. */
  public static String plan(String name, BillingInterval interval) {
    return name + ", " + interval.code();
  }
}
