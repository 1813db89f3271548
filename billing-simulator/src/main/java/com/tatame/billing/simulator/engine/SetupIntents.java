package com.tatame.billing.simulator.engine;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Saving a card without charging it. */
final class SetupIntents {
  private static final String UNMODELLED =
      " ~confirmation_token ~excluded_payment_method_types ~mandate ~mandate_data"
          + " ~payment_method_data ~payment_method_options ~use_stripe_sdk";
  static final Shape CREATE = Shape.of(
      "customer usage:(off_session|on_session) payment_method confirm:bool description metadata:map"
          + " return_url automatic_payment_methods{enabled:bool! allow_redirects:(always|never)} expand[]"
          + " ~attach_to_self ~customer_account ~flow_directions ~on_behalf_of ~payment_method_configuration"
          + " ~payment_method_types ~single_use" + UNMODELLED);
  static final Shape UPDATE = Shape.of("customer payment_method description metadata:map expand[]"
      + " ~attach_to_self ~customer_account ~flow_directions ~payment_method_configuration"
      + " ~payment_method_types" + UNMODELLED);
  static final Shape CONFIRM = Shape.of("payment_method return_url expand[]" + UNMODELLED);
  static final Shape CANCEL =
      Shape.of("cancellation_reason:(abandoned|duplicate|requested_by_customer) expand[]");
  static final Shape LIST = Shape.of(
      "customer payment_method created:range ~attach_to_self" + " ~customer_account" + Lists.SHAPE);

  private static final Set<String> OVER = Set.of("succeeded", "canceled");

  private final Account account;
  private final Events events;
  private final Payments payments;
  private final Customers customers;

  SetupIntents(Account account, Events events, Payments payments, Customers customers) {
    this.account = account;
    this.events = events;
    this.payments = payments;
    this.customers = customers;
  }

  private SetupIntent intent(String id) {
    return Optional.ofNullable(account.setupIntents.get(id))
        .orElseThrow(() -> StripeException.missing("setupintent", id, "intent"));
  }

  Outcome create(Call call) {
    Params params = call.params();
    boolean confirm = params.flag("confirm", false);
    if (confirm && !params.given("payment_method")) {
      throw StripeException.invalid(
          "parameter_missing",
          "payment_method",
          "You must provide a payment method to confirm this SetupIntent.");
    }
    SetupIntent intent = account.begin(new SetupIntent(), "seti_", 24);
    intent.usage = params.text("usage", "off_session");
    intent.automaticMethods = params.child("automatic_payment_methods").flag("enabled", true);
    fill(intent, params);
    account.setupIntents.put(intent.id, intent);
    events.emit("setup_intent.created", intent);
    if (confirm) {
      attempt(intent);
    }
    return new Outcome.One(intent);
  }

  private void fill(SetupIntent intent, Params params) {
    if (params.given("customer")) {
      intent.customer = customers.live(params.required("customer"), "customer").id;
    }
    params.ifPresent("description", value -> intent.description = value);
    params.mergeMetadata(intent.metadata);
    if (params.given("payment_method")) {
      intent.paymentMethod = method(params.required("payment_method"), intent).id;
      intent.status = "requires_confirmation";
    }
  }

  private PaymentMethod method(String id, SetupIntent intent) {
    PaymentMethod method = TestCard.ofReadyMade(id)
        .map(card -> payments.method(card, 12, 2034, null, null))
        .orElseGet(() -> customers.method(id, "payment_method"));
    Customers.requireUnattached(method, intent.customer == null ? "" : intent.customer);
    return method;
  }

  Outcome retrieve(Call call) {
    return new Outcome.One(intent(call.id()));
  }

  Outcome update(Call call) {
    SetupIntent intent = intent(call.id());
    requireUnfinished(intent, "update");
    fill(intent, call.params());
    return new Outcome.One(intent);
  }

  Outcome confirm(Call call) {
    SetupIntent intent = intent(call.id());
    requireUnfinished(intent, "confirm");
    if (call.params().given("payment_method")) {
      intent.paymentMethod = method(call.params().required("payment_method"), intent).id;
    }
    if (intent.paymentMethod == null) {
      throw StripeException.invalid(
          "setup_intent_unexpected_state",
          null,
          "You cannot confirm this SetupIntent because it's missing a payment method. You can either update the"
              + " SetupIntent with a payment method and then confirm it again, or confirm it again directly with a"
              + " payment method.");
    }
    attempt(intent);
    return new Outcome.One(intent);
  }

  private void attempt(SetupIntent intent) {
    PaymentMethod method = account.paymentMethod(Objects.requireNonNull(intent.paymentMethod));
    Decline decline = method.card.declineAtPage();
    if (decline != null) {
      fail(intent, decline);
      throw StripeException.card(decline, intent.id);
    }
    if (method.card.asksAtPage()) {
      intent.status = "requires_action";
      events.emit("setup_intent.requires_action", intent);
      return;
    }
    succeed(intent, method);
  }

  /** What the card's owner answers to the bank's question. */
  void authenticated(SetupIntent intent, boolean approved) {
    if (!intent.status.equals("requires_action")) {
      throw unexpected(intent, "authenticate");
    }
    if (approved) {
      succeed(intent, account.paymentMethod(Objects.requireNonNull(intent.paymentMethod)));
    } else {
      fail(intent, Decline.SETUP_AUTHENTICATION_FAILED);
    }
  }

  private void succeed(SetupIntent intent, PaymentMethod method) {
    if (intent.customer != null) {
      payments.attach(method, account.customer(intent.customer));
    }
    intent.status = "succeeded";
    intent.lastError = null;
    events.emit("setup_intent.succeeded", intent);
  }

  private void fail(SetupIntent intent, Decline decline) {
    intent.status = "requires_payment_method";
    intent.paymentMethod = null;
    intent.lastError = decline;
    events.emit("setup_intent.setup_failed", intent);
  }

  Outcome cancel(Call call) {
    SetupIntent intent = intent(call.id());
    requireUnfinished(intent, "cancel");
    intent.status = "canceled";
    intent.cancellationReason = call.params().text("cancellation_reason");
    events.emit("setup_intent.canceled", intent);
    return new Outcome.One(intent);
  }

  Outcome list(Call call) {
    Params params = call.params();
    return Lists.page(
        account.setupIntents.values(),
        intent -> Lists.asked(params, "customer", intent.customer)
            && Lists.asked(params, "payment_method", intent.paymentMethod)
            && Lists.range(params, "created").test(intent.created),
        call,
        "setupintent");
  }

  private static void requireUnfinished(SetupIntent intent, String what) {
    if (OVER.contains(intent.status)) {
      throw unexpected(intent, what);
    }
  }

  private static StripeException unexpected(SetupIntent intent, String what) {
    List<String> words = List.of(
        "You cannot", what, "this SetupIntent because it has a status of", intent.status + ".");
    return StripeException.refused("setup_intent_unexpected_state", String.join(" ", words));
  }
}
