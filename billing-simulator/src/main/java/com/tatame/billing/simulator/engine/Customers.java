package com.tatame.billing.simulator.engine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Customers and their payment methods. */
final class Customers {
  private static final String FIELDS =
      "email name phone description balance:int metadata:map preferred_locales[]?"
          + " tax_exempt:(none|exempt|reverse)? address{city country line1 line2 postal_code state}?"
          + " invoice_settings{default_payment_method footer ~custom_fields ~rendering_options} expand[]"
          + " invoice_prefix next_invoice_sequence:int ~business_name ~individual_name ~cash_balance ~shipping ~source ~tax"
          + " ~validate";
  static final Shape CREATE = Shape.of(FIELDS + " payment_method ~tax_id_data ~test_clock");
  static final Shape UPDATE = Shape.of(FIELDS + " ~default_source");
  static final Shape LIST = Shape.of("email created:range ~test_clock" + Lists.SHAPE);
  static final Shape LIST_METHODS =
      Shape.of("customer type:(card) allow_redisplay:(always|limited|unspecified) ~customer_account"
          + Lists.SHAPE);
  static final Shape LIST_OWN_METHODS =
      Shape.of("type:(card) allow_redisplay:(always|limited|unspecified)" + Lists.SHAPE);
  static final Shape ATTACH = Shape.of("customer! expand[]");

  private final Account account;
  private final Events events;
  private final Payments payments;
  private final Subscriptions subscriptions;

  Customers(Account account, Events events, Payments payments, Subscriptions subscriptions) {
    this.account = account;
    this.events = events;
    this.payments = payments;
    this.subscriptions = subscriptions;
  }

  static Customer begin(Account account) {
    Customer customer = account.begin(new Customer(), "cus_", 14);
    customer.invoicePrefix = account.newId("", 8).toUpperCase(Locale.ROOT);
    account.customers.put(customer.id, customer);
    return customer;
  }

  /** A customer that exists and is not deleted. */
  Customer live(String id, @Nullable String param) {
    return Optional.ofNullable(account.customers.get(id))
        .filter(customer -> !customer.deleted)
        .orElseThrow(() -> StripeException.missing("customer", id, param));
  }

  Outcome retrieve(Call call) {
    return new Outcome.One(Optional.ofNullable(account.customers.get(call.id()))
        .orElseThrow(() -> StripeException.missing("customer", call.id(), "id")));
  }

  Outcome create(Call call) {
    Params params = call.params();
    if (params.given("payment_method")
        && TestCard.ofReadyMade(params.required("payment_method")).isEmpty()) {
      requireUnattached(method(params.required("payment_method"), "payment_method"), "");
    }
    Customer customer = begin(account);
    try {
      fill(customer, params);
    } catch (StripeException e) {
      account.customers.remove(customer.id);
      throw e;
    }
    events.emit("customer.created", customer);
    if (params.given("payment_method")) {
      PaymentMethod method = usable(params.required("payment_method"), customer, "payment_method");
      if (namesTheSame(params)) {
        events.updating(
            "customer.updated", customer, () -> customer.defaultPaymentMethod = method.id);
      }
    }
    return new Outcome.One(customer);
  }

  /** Whether the method to attach is also to be the default; its id is known only once it is attached. */
  private static boolean namesTheSame(Params params) {
    String attached = params.text("payment_method");
    return attached != null
        && attached.equals(params.child("invoice_settings").text("default_payment_method"));
  }

  Outcome update(Call call) {
    Customer customer = live(call.id(), "id");
    ObjectNode before = events.snapshot(customer);
    fill(customer, call.params());
    events.emitIfChanged("customer.updated", customer, before);
    return new Outcome.One(customer);
  }

  private void fill(Customer customer, Params params) {
    Params invoicing = params.child("invoice_settings");
    if (invoicing.has("default_payment_method") && !namesTheSame(params)) {
      String id = invoicing.text("default_payment_method");
      PaymentMethod method = id == null ? null : account.paymentMethods.get(id);
      if (id != null && (method == null || !customer.id.equals(method.customer))) {
        throw StripeException.missing(
            "PaymentMethod", id, "invoice_settings[default_payment_method]");
      }
      customer.defaultPaymentMethod = id;
    }
    invoicing.ifPresent("footer", value -> customer.footer = value);
    params.ifPresent("email", value -> customer.email = value);
    params.ifPresent("name", value -> customer.name = value);
    params.ifPresent("phone", value -> customer.phone = value);
    params.ifPresent("description", value -> customer.description = value);
    customer.balance = params.number("balance", customer.balance);
    customer.taxExempt =
        params.has("tax_exempt") ? params.text("tax_exempt", "none") : customer.taxExempt;
    customer.invoicePrefix = params.text("invoice_prefix", customer.invoicePrefix);
    customer.nextInvoiceSequence =
        params.number("next_invoice_sequence", customer.nextInvoiceSequence);
    if (params.has("address")) {
      customer.address = params.given("address") ? params.child("address").strings() : null;
    }
    if (params.has("preferred_locales")) {
      customer.preferredLocales = params.texts("preferred_locales");
    }
    params.mergeMetadata(customer.metadata);
  }

  Outcome delete(Call call) {
    Customer customer = live(call.id(), "id");
    List<Subscription> live = account.subscriptions.values().stream()
        .filter(subscription -> subscription.customer.equals(customer.id) && !subscription.ended())
        .toList();
    live.forEach(subscription -> subscriptions.end(subscription, "cancellation_requested"));
    account.sessions.values().stream()
        .filter(session -> session.status.equals("open") && customer.id.equals(session.customer))
        .forEach(session -> {
          session.status = "expired";
          events.emit("checkout.session.expired", session);
        });
    account.paymentMethods.values().stream()
        .filter(method -> customer.id.equals(method.customer))
        .forEach(method -> {
          method.customer = null;
          method.detached = true;
        });
    events.emit("customer.deleted", CustomerJson.customerAsItWas(customer));
    customer.deleted = true;
    return new Outcome.One(customer);
  }

  Outcome list(Call call) {
    Params params = call.params();
    return Lists.page(
        account.customers.values(),
        customer -> !customer.deleted
            && Lists.asked(params, "email", customer.email)
            && Lists.range(params, "created").test(customer.created),
        call,
        "customer");
  }

  PaymentMethod method(String id, @Nullable String param) {
    return Optional.ofNullable(account.paymentMethods.get(id))
        .orElseThrow(() -> StripeException.missing("PaymentMethod", id, param));
  }

  /** The payment method with this id, or a new one for a ready-made id, attached to the customer. */
  PaymentMethod usable(String id, Customer customer, String param) {
    Optional<TestCard> readyMade = TestCard.ofReadyMade(id);
    PaymentMethod method = readyMade.isPresent()
        ? payments.method(readyMade.get(), 12, 2034, customer.email, customer.name)
        : method(id, param);
    requireUnattached(method, customer.id);
    Decline decline = method.card.declineAtPage();
    if (decline != null) {
      throw StripeException.card(decline, null);
    }
    payments.attach(method, customer);
    return method;
  }

  static void requireUnattached(PaymentMethod method, String exceptTo) {
    if (method.detached) {
      throw StripeException.refused(
          null,
          "This PaymentMethod was previously used without being attached to a Customer or was detached from a Customer,"
              + " and may not be used again.");
    }
    if (method.customer != null && !method.customer.equals(exceptTo)) {
      throw StripeException.refused(
          "payment_method_unexpected_state",
          "The payment method is already attached to another customer.");
    }
  }

  Outcome attach(Call call) {
    Customer customer = live(call.params().required("customer"), "customer");
    return new Outcome.One(usable(call.id(), customer, "payment_method"));
  }

  Outcome detach(Call call) {
    PaymentMethod method = method(call.id(), "payment_method");
    if (method.customer == null) {
      throw StripeException.refused(
          null,
          "The payment method you provided is not attached to a customer so detachment is impossible.");
    }
    Customer customer = account.customer(method.customer);
    ObjectNode before = events.snapshot(method);
    method.customer = null;
    method.detached = true;
    events.emitWithPast("payment_method.detached", method, before);
    account.subscriptions.values().stream()
        .filter(subscription ->
            method.id.equals(subscription.defaultPaymentMethod) && !subscription.ended())
        .forEach(subscription -> events.updating(
            "customer.subscription.updated",
            subscription,
            () -> subscription.defaultPaymentMethod = null));
    if (method.id.equals(customer.defaultPaymentMethod)) {
      events.updating("customer.updated", customer, () -> customer.defaultPaymentMethod = null);
    }
    return new Outcome.One(method);
  }

  Outcome listMethods(Call call) {
    Params params = call.params();
    String owner = params.text("customer");
    if (owner != null) {
      live(owner, "customer");
    }
    return Lists.page(
        account.paymentMethods.values(),
        method -> owner != null && owner.equals(method.customer),
        call,
        "PaymentMethod");
  }

  Outcome listOwnMethods(Call call) {
    Customer customer = live(call.id(), "customer");
    return Lists.page(
        account.paymentMethods.values(),
        method -> customer.id.equals(method.customer),
        call,
        "PaymentMethod");
  }
}
