package com.tatame.billing.command;

import com.tatame.billing.observation.ObjectKind;
import java.util.Locale;
import java.util.Set;

/** What a command does. The stored name must never change. */
public enum CommandKind {
  CREATE_CUSTOMER(ObjectKind.CUSTOMER),
  UPDATE_CUSTOMER(ObjectKind.CUSTOMER, "customer"),
  CREATE_CHECKOUT(
      ObjectKind.CHECKOUT_SESSION,
      "customer",
      "price",
      "quantity",
      "trial_days",
      "tier",
      "interval",
      "currency"),
  CREATE_ITEM_CHECKOUT(
      ObjectKind.CHECKOUT_SESSION,
      "customer",
      "item",
      "kind",
      "currency",
      "list_price",
      "amount",
      "discount_percent",
      "discount_reason",
      "unit"),
  EXPIRE_CHECKOUT(ObjectKind.CHECKOUT_SESSION, "customer"),
  CREATE_PAYMENT_INTENT(
      ObjectKind.PAYMENT_INTENT,
      "customer",
      "item",
      "kind",
      "currency",
      "list_price",
      "amount",
      "discount_percent",
      "discount_reason",
      "unit"),
  CANCEL_PAYMENT_INTENT(ObjectKind.PAYMENT_INTENT),
  CREATE_REFUND(ObjectKind.REFUND, "amount", "reason"),
  CANCEL_SUBSCRIPTION(ObjectKind.SUBSCRIPTION, "customer", "when"),
  RESUME_SUBSCRIPTION(ObjectKind.SUBSCRIPTION, "customer", "from_pause"),
  PAY_INVOICE(ObjectKind.INVOICE, "customer"),
  BEGIN_SETUP(ObjectKind.SETUP_INTENT, "customer"),
  DETACH_PAYMENT_METHOD(ObjectKind.PAYMENT_METHOD, "customer", "payment_method"),
  DEFAULT_PAYMENT_METHOD(ObjectKind.CUSTOMER, "customer", "payment_method"),
  APPLY_DISCOUNT(ObjectKind.SUBSCRIPTION, "customer", "coupon", "promotion_code"),
  ADD_TAX_ID(ObjectKind.TAX_ID, "customer", "type"),
  REMOVE_TAX_ID(ObjectKind.TAX_ID, "customer"),
  CHANGE_SUBSCRIPTION(
      ObjectKind.SUBSCRIPTION,
      "customer",
      "item",
      "price",
      "quantity",
      "policy",
      "proration_date",
      "from_price",
      "from_quantity",
      "quote"),
  SCHEDULE_CHANGE(
      ObjectKind.SUBSCRIPTION_SCHEDULE,
      "customer",
      "item",
      "price",
      "quantity",
      "policy",
      "proration_date",
      "from_price",
      "from_quantity",
      "quote"),
  PAUSE_COLLECTION(ObjectKind.SUBSCRIPTION, "customer", "behavior", "resumes_at"),
  RESUME_COLLECTION(ObjectKind.SUBSCRIPTION, "customer"),
  CANCEL_DUPLICATE(ObjectKind.SUBSCRIPTION, "customer", "kept"),
  END_TRIAL(ObjectKind.SUBSCRIPTION, "customer"),
  GIVE_DISCOUNT(
      ObjectKind.SUBSCRIPTION,
      "customer",
      "subscription",
      "percent_off",
      "amount_off",
      "currency",
      "duration",
      "months",
      "by"),
  REMOVE_DISCOUNT(ObjectKind.SUBSCRIPTION, "customer", "subscription", "by");

  private final ObjectKind object;

  @SuppressWarnings("ImmutableEnumChecker") // Set.of makes one that can't be changed.
  private final Set<String> shown;

  /**
   * A kind.
   *
   * @param shown the parameters that every operator may see: no personal data, no secrets
   */
  CommandKind(ObjectKind object, String... shown) {
    this.object = object;
    this.shown = Set.of(shown);
  }

  boolean shows(String param) {
    return shown.contains(param);
  }

  /** The kind of object that it makes or changes, which its result names. */
  public ObjectKind object() {
    return object;
  }

  /**
   * Whether a caller that asks for {@code wanted} may join {@code open}. An account has one
   * customer, whatever the callers know about the person; all else must ask for the very same. What
   * makes another object each time serves one request alone: two idempotency keys are two intents.
   */
  boolean joins(Command open, Command wanted) {
    if (this == CREATE_CUSTOMER) {
      return true;
    }
    return open.params().equals(wanted.params())
        && (!makesAnother() || open.request().equals(wanted.request()));
  }

  private boolean makesAnother() {
    return this == CREATE_REFUND || this == CREATE_PAYMENT_INTENT || this == BEGIN_SETUP;
  }

  /** The stored name, lower case. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
