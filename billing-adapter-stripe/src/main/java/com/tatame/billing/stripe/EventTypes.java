package com.tatame.billing.stripe;

import com.tatame.billing.observation.ObjectKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The types of events that say something to us. What else arrives is stored and ignored. */
final class EventTypes {
  /** Stripe lists events of at most so many types at a time. */
  private static final int GROUP = 20;

  static final List<String> HANDLED = Stream.of(
          of("checkout.session", "completed async_payment_succeeded async_payment_failed expired"),
          of("customer", "created updated deleted"),
          of("customer.discount", "created updated deleted"),
          of("customer.tax_id", "created updated deleted"),
          of(
              "customer.subscription",
              "created updated deleted paused resumed trial_will_end pending_update_applied"
                  + " pending_update_expired"),
          of(
              "subscription_schedule",
              "created updated released completed canceled expiring aborted"),
          of(
              "invoice",
              "created updated finalized finalization_failed paid payment_succeeded"
                  + " payment_failed payment_action_required upcoming voided"
                  + " marked_uncollectible deleted"),
          of("invoice_payment", "paid"),
          of("payment_intent", "succeeded payment_failed requires_action processing canceled"),
          of("setup_intent", "succeeded setup_failed"),
          of("charge", "refunded"),
          of("credit_note", "created voided"),
          of("refund", "created updated failed"),
          of("charge.dispute", "created updated closed funds_withdrawn funds_reinstated"),
          of("payment_method", "attached detached updated automatically_updated"),
          of("product", "created updated deleted"),
          of("price", "created updated deleted"),
          of("coupon", "created updated deleted"),
          of("promotion_code", "created updated"))
      .flatMap(List::stream)
      .toList();

  private EventTypes() {}

  private static List<String> of(String object, String happenings) {
    return Stream.of(happenings.split(" ")).map(name -> object + "." + name).toList();
  }

  /** Those that tell of objects of this kind, as few as a list may name; none if no type does. */
  static List<String> of(ObjectKind kind) {
    String family = family(kind) + ".";
    return HANDLED.stream()
        .filter(type -> type.startsWith(family) && type.indexOf('.', family.length()) < 0)
        .toList();
  }

  private static String family(ObjectKind kind) {
    return switch (kind) {
      case CHECKOUT_SESSION -> "checkout.session";
      case SUBSCRIPTION -> "customer.subscription";
      case TAX_ID -> "customer.tax_id";
      case DISPUTE -> "charge.dispute";
      default -> kind.name().toLowerCase(Locale.ROOT);
    };
  }

  /** All of them, in groups as large as a list may name. */
  static List<List<String>> groups() {
    List<List<String>> groups = new ArrayList<>();
    for (int from = 0; from < HANDLED.size(); from += GROUP) {
      groups.add(HANDLED.subList(from, Math.min(from + GROUP, HANDLED.size())));
    }
    return groups;
  }
}
