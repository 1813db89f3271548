package com.tatame.billing.stripe;

import com.tatame.billing.observation.ObjectKind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which of Stripe's event types carry the state of an object that is mirrored. */
final class EventObjects {
  /** All that begin so; the longer beginnings stand before those that they begin with. */
  private static final List<Map.Entry<String, ObjectKind>> FAMILIES = List.of(
      Map.entry("checkout.session.", ObjectKind.CHECKOUT_SESSION),
      Map.entry("customer.subscription.", ObjectKind.SUBSCRIPTION),
      Map.entry("customer.tax_id.", ObjectKind.TAX_ID),
      Map.entry("subscription_schedule.", ObjectKind.SUBSCRIPTION_SCHEDULE),
      Map.entry("invoice.", ObjectKind.INVOICE),
      Map.entry("refund.", ObjectKind.REFUND),
      Map.entry("charge.dispute.", ObjectKind.DISPUTE),
      Map.entry("payment_method.", ObjectKind.PAYMENT_METHOD),
      Map.entry("product.", ObjectKind.PRODUCT),
      Map.entry("price.", ObjectKind.PRICE),
      Map.entry("coupon.", ObjectKind.COUPON),
      Map.entry("promotion_code.", ObjectKind.PROMOTION_CODE));

  /** Of these families only some matter: an intent that was merely created without an attempt. */
  private static final Map<String, ObjectKind> SINGLE = Map.ofEntries(
      Map.entry("customer.created", ObjectKind.CUSTOMER),
      Map.entry("customer.updated", ObjectKind.CUSTOMER),
      Map.entry("customer.deleted", ObjectKind.CUSTOMER),
      Map.entry("payment_intent.succeeded", ObjectKind.PAYMENT_INTENT),
      Map.entry("payment_intent.payment_failed", ObjectKind.PAYMENT_INTENT),
      Map.entry("payment_intent.requires_action", ObjectKind.PAYMENT_INTENT),
      Map.entry("payment_intent.processing", ObjectKind.PAYMENT_INTENT),
      Map.entry("payment_intent.canceled", ObjectKind.PAYMENT_INTENT),
      Map.entry("setup_intent.succeeded", ObjectKind.SETUP_INTENT),
      Map.entry("setup_intent.setup_failed", ObjectKind.SETUP_INTENT),
      Map.entry("invoice_payment.paid", ObjectKind.INVOICE_PAYMENT));

  /** Those whose object is gone afterwards; a deleted subscription lives on as canceled. */
  private static final Set<String> DELETIONS = Set.of(
      "customer.deleted",
      "customer.tax_id.deleted",
      "product.deleted",
      "price.deleted",
      "coupon.deleted",
      "invoice.deleted",
      "payment_method.detached");

  private EventObjects() {}

  /** Whose state the event carries; empty if that is none of ours. */
  static Optional<ObjectKind> carried(String type) {
    return Optional.ofNullable(SINGLE.get(type))
        .or(() -> FAMILIES.stream()
            .filter(family -> type.startsWith(family.getKey()))
            .map(Map.Entry::getValue)
            .findFirst());
  }

  static boolean deletes(String type) {
    return DELETIONS.contains(type);
  }
}
