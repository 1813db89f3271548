package com.tatame.billing.simulator.engine;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Moves money: payment intents, charges, saved cards. */
final class Payments {
  /** After these the same card is not tried again. */
  private static final Set<String> HARD_DECLINES = Set.of(
      "incorrect_number",
      "lost_card",
      "pickup_card",
      "stolen_card",
      "revocation_of_authorization",
      "revocation_of_all_authorizations",
      "authentication_required",
      "highest_risk_level",
      "transaction_not_allowed");

  private final Account account;
  private final Events events;

  Payments(Account account, Events events) {
    this.account = account;
    this.events = events;
  }

  PaymentIntent intent(
      long amount, String currency, @Nullable String customer, @Nullable String description) {
    PaymentIntent intent = account.begin(new PaymentIntent(), "pi_", 24);
    intent.amount = amount;
    intent.currency = currency;
    intent.customer = customer;
    intent.description = description;
    account.paymentIntents.put(intent.id, intent);
    return intent;
  }

  void cancel(PaymentIntent intent, String reason) {
    intent.status = "canceled";
    intent.canceledAt = account.now;
    intent.cancellationReason = reason;
    events.emit("payment_intent.canceled", intent);
  }

  PaymentMethod method(
      TestCard card, int expMonth, int expYear, @Nullable String email, @Nullable String name) {
    PaymentMethod method = account.begin(new PaymentMethod(), "pm_", 24);
    method.card = card;
    method.last4 = card.last4();
    method.expMonth = expMonth;
    method.expYear = expYear;
    method.email = email;
    method.name = name;
    account.paymentMethods.put(method.id, method);
    return method;
  }

  void attach(PaymentMethod method, Customer customer) {
    if (!customer.id.equals(method.customer)) {
      method.customer = customer.id;
      events.emit("payment_method.attached", method);
    }
  }

  void succeed(PaymentIntent intent, PaymentMethod method) {
    Charge charge = charge(intent, method, null);
    intent.status = "succeeded";
    intent.paymentMethod = method.id;
    intent.lastError = null;
    intent.failedPaymentMethod = null;
    intent.latestCharge = charge.id;
    events.emit("charge.succeeded", charge);
    events.emit("payment_intent.succeeded", intent);
    if (method.card == TestCard.DISPUTED) {
      Refunds.raise(account, events, charge);
    }
  }

  void decline(PaymentIntent intent, PaymentMethod method, Decline decline) {
    Charge charge = charge(intent, method, decline);
    intent.latestCharge = charge.id;
    failed(intent, method, decline);
    events.emit("charge.failed", charge);
    events.emit("payment_intent.payment_failed", intent);
  }

  /** The holder was asked to authenticate and did not: nothing was charged. */
  void failAuthentication(PaymentIntent intent, PaymentMethod method) {
    failed(intent, method, Decline.AUTHENTICATION_FAILED);
    events.emit("payment_intent.payment_failed", intent);
  }

  void askToAuthenticate(PaymentIntent intent, PaymentMethod method, @Nullable Decline reason) {
    intent.status = "requires_action";
    intent.paymentMethod = method.id;
    intent.lastError = reason;
    intent.failedPaymentMethod = reason == null ? null : method.id;
    events.emit("payment_intent.requires_action", intent);
  }

  boolean pointlessToRepeat(PaymentIntent intent, PaymentMethod method) {
    Decline last = intent.lastError;
    return last != null
        && method.id.equals(intent.failedPaymentMethod)
        && (HARD_DECLINES.contains(last.code())
            || (last.declineCode() != null && HARD_DECLINES.contains(last.declineCode())));
  }

  private void failed(PaymentIntent intent, PaymentMethod method, Decline decline) {
    intent.status = "requires_payment_method";
    intent.paymentMethod = null;
    intent.lastError = decline;
    intent.failedPaymentMethod = method.id;
  }

  private Charge charge(PaymentIntent intent, PaymentMethod method, @Nullable Decline decline) {
    Charge charge = account.begin(new Charge(), "ch_", 24);
    charge.status = decline == null ? "succeeded" : "failed";
    charge.failure = decline;
    charge.amount = intent.amount;
    charge.currency = intent.currency;
    charge.customer = intent.customer;
    charge.description = intent.description;
    charge.invoice = intent.invoice;
    charge.paymentIntent = intent.id;
    charge.paymentMethod = method.id;
    account.charges.put(charge.id, charge);
    return charge;
  }
}
