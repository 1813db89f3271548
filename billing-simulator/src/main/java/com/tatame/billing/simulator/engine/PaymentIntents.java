package com.tatame.billing.simulator.engine;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The API's side of payment intents that no invoice and no checkout made. */
final class PaymentIntents {
  static final long LEAST = 50;

  private static final String COMMON =
      " payment_method off_session:bool return_url receipt_email setup_future_usage:(off_session|on_session)"
          + " use_stripe_sdk:bool error_on_requires_action:bool expand[] ~amount_details ~capture_method"
          + " ~confirmation_token ~excluded_payment_method_types ~hooks ~mandate ~mandate_data ~payment_details"
          + " ~payment_method_data ~payment_method_options ~payment_method_types ~radar_options ~shipping";
  static final Shape CREATE =
      Shape.of("amount:int! currency! customer confirm:bool description metadata:map"
          + " automatic_payment_methods{enabled:bool! allow_redirects:(always|never)} statement_descriptor"
          + " statement_descriptor_suffix ~application_fee_amount ~confirmation_method ~customer_account ~on_behalf_of"
          + " ~payment_method_configuration ~transfer_data ~transfer_group" + COMMON);
  static final Shape CONFIRM = Shape.of("~amount_to_confirm" + COMMON);
  static final Shape CANCEL = Shape.of(
      "cancellation_reason:(duplicate|fraudulent|requested_by_customer|abandoned) expand[]");
  static final Shape LIST = Shape.of("customer created:range ~customer_account" + Lists.SHAPE);

  private static final Set<String> OPEN =
      Set.of("requires_payment_method", "requires_confirmation", "requires_action");

  private final Account account;
  private final Events events;
  private final Payments payments;
  private final Customers customers;

  PaymentIntents(Account account, Events events, Payments payments, Customers customers) {
    this.account = account;
    this.events = events;
    this.payments = payments;
    this.customers = customers;
  }

  /** Of the currencies that people here sell in. */
  static boolean tooSmall(long amount, String currency) {
    return amount < LEAST && (currency.equals("usd") || currency.equals("eur"));
  }

  Outcome create(Call call) {
    Params params = call.params();
    long amount = params.number("amount", 0);
    String currency = params.required("currency").toLowerCase(Locale.ROOT);
    Catalog.checkCurrency(currency);
    if (amount < 1 || tooSmall(amount, currency)) {
      throw StripeException.invalid(
          amount < 1 ? "parameter_invalid_integer" : "amount_too_small",
          "amount",
          amount < 1
              ? "This value must be greater than or equal to 1."
              : "Amount must convert to at least 50 cents.");
    }
    String customer = params.given("customer")
        ? customers.live(params.required("customer"), "customer").id
        : null;
    Optional<PaymentMethod> method =
        Optional.ofNullable(params.text("payment_method")).map(id -> usable(id, customer));
    if (params.flag("confirm", false) && method.isEmpty()) {
      throw StripeException.invalid(
          "parameter_missing",
          "payment_method",
          "You cannot confirm this PaymentIntent because it's missing a payment method.");
    }
    PaymentIntent intent = payments.intent(amount, currency, customer, params.text("description"));
    intent.setupFutureUsage = params.text("setup_future_usage");
    intent.automaticPaymentMethods =
        params.child("automatic_payment_methods").flag("enabled", true);
    params.mergeMetadata(intent.metadata);
    method.ifPresent(chosen -> {
      intent.paymentMethod = chosen.id;
      intent.status = "requires_confirmation";
    });
    events.emit("payment_intent.created", intent);
    if (params.flag("confirm", false)) {
      pay(intent, method.orElseThrow(), params.flag("off_session", false));
    }
    return new Outcome.One(intent);
  }

  private PaymentIntent intent(String id) {
    return Optional.ofNullable(account.paymentIntents.get(id))
        .orElseThrow(() -> StripeException.missing("payment_intent", id, "intent"));
  }

  Outcome retrieve(Call call) {
    return new Outcome.One(intent(call.id()));
  }

  Outcome list(Call call) {
    Params params = call.params();
    return Lists.page(
        account.paymentIntents.values(),
        intent -> Lists.asked(params, "customer", intent.customer)
            && Lists.range(params, "created").test(intent.created),
        call,
        "payment_intent");
  }

  Outcome confirm(Call call) {
    PaymentIntent intent = intent(call.id());
    requireOpen(intent, "confirm");
    Params params = call.params();
    String id =
        params.text("payment_method", intent.paymentMethod == null ? "" : intent.paymentMethod);
    if (id.isEmpty()) {
      throw StripeException.invalid(
          "parameter_missing",
          "payment_method",
          "You cannot confirm this PaymentIntent because it's missing a payment method.");
    }
    pay(intent, usable(id, intent.customer), params.flag("off_session", false));
    return new Outcome.One(intent);
  }

  Outcome cancel(Call call) {
    PaymentIntent intent = intent(call.id());
    requireOpen(intent, "cancel");
    payments.cancel(intent, call.params().text("cancellation_reason", "requested_by_customer"));
    return new Outcome.One(intent);
  }

  /** The card holder answers the question of a payment that asks to authenticate. */
  void authenticate(String id, boolean approved) {
    PaymentIntent intent = intent(id);
    if (!intent.status.equals("requires_action") || intent.paymentMethod == null) {
      throw new IllegalArgumentException(id + " does not ask to authenticate");
    }
    PaymentMethod method = account.paymentMethod(intent.paymentMethod);
    if (approved) {
      payments.succeed(intent, method);
    } else {
      payments.failAuthentication(intent, method);
    }
  }

  private void pay(PaymentIntent intent, PaymentMethod method, boolean offSession) {
    boolean asks = method.card.asksAtPage() && !offSession;
    Decline decline = asks ? null : method.card.declineOffSession();
    if (decline != null) {
      payments.decline(intent, method, decline);
      throw StripeException.card(decline, intent.id);
    }
    if (asks) {
      payments.askToAuthenticate(intent, method, null);
      return;
    }
    payments.succeed(intent, method);
  }

  private PaymentMethod usable(String id, @Nullable String customer) {
    Optional<PaymentMethod> readyMade =
        TestCard.ofReadyMade(id).map(card -> payments.method(card, 12, 2034, null, null));
    PaymentMethod method = readyMade.orElseGet(() -> customers.method(id, "payment_method"));
    if (method.detached || (method.customer != null && !method.customer.equals(customer))) {
      throw StripeException.invalid(
          null,
          "payment_method",
          "The PaymentMethod does not belong to the Customer of this PaymentIntent, or can't be used again.");
    }
    return method;
  }

  private static void requireOpen(PaymentIntent intent, String what) {
    if (!OPEN.contains(intent.status) || intent.invoice != null) {
      throw StripeException.refused(
          "payment_intent_unexpected_state",
          "You cannot " + what + " this PaymentIntent because it has a status of " + intent.status
              + ".");
    }
  }
}
