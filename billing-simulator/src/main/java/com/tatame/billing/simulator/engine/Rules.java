package com.tatame.billing.simulator.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** The rules of the simulation, bound to one account and to each other. */
final class Rules {
  final Account account;
  final Renderer renderer;
  final Events events;
  final Checkout checkout;
  final ClockDriver clockwork;
  final Endpoints endpoints;
  final Idempotency idempotency;
  final CheckoutPages pages;
  final PaymentIntents intents;
  final Payments payments;
  final Discounts discounts;
  final SetupIntents setupIntents;
  final InvoiceControl invoices;
  final Refunds refunds;
  final Routes routes;

  Rules(Account account, Settings settings) {
    this.account = account;
    renderer = new Renderer(account, settings.pages());
    events = new Events(account, renderer);
    payments = new Payments(account, events);
    discounts = new Discounts(account, events);
    Phases phases = new Phases(account, events);
    Invoicing invoicing = new Invoicing(account, events, payments, discounts, settings);
    Subscriptions subscriptions = new Subscriptions(account, events, invoicing, phases, settings);
    ItemUpdates updates = new ItemUpdates(account, events, invoicing, discounts, subscriptions);
    Customers customers = new Customers(account, events, payments, subscriptions);
    Catalog catalog = new Catalog(account, events);
    checkout = new Checkout(
        account, events, payments, invoicing, subscriptions, renderer.checkouts(), discounts);
    clockwork =
        new ClockDriver(account, events, subscriptions, invoicing, checkout, updates, discounts);
    endpoints = new Endpoints(account);
    idempotency = new Idempotency(account);
    pages = new CheckoutPages(account, checkout, renderer.checkouts());
    intents = new PaymentIntents(account, events, payments, customers);
    invoices = new InvoiceControl(account, customers, invoicing, subscriptions);
    setupIntents = new SetupIntents(account, events, payments, customers);
    refunds = new Refunds(account, events);
    PortalConfigurations portalConfigurations = new PortalConfigurations(account, catalog);
    routes = new Routes()
        .products(catalog)
        .meters(new Meters(account, events))
        .customers(customers)
        .checkouts(
            new CheckoutCreation(account, catalog, customers, checkout, discounts),
            checkout,
            renderer)
        .subscriptions(
            new SubscriptionControl(account, events, subscriptions, customers, updates, discounts))
        .invoices(
            invoices,
            new Previews(account, invoicing, updates, phases, renderer.invoices()),
            account)
        .payments(intents, setupIntents, account)
        .refunds(refunds)
        .promotions(new Promotions(account, events, customers))
        .taxIds(new TaxIds(account, events, customers))
        .taxCalculations(new TaxCalculations(account))
        .portal(
            new PortalSessions(account, customers, portalConfigurations, settings.pages()),
            portalConfigurations)
        .schedules(new Schedules(account, events, subscriptions, phases))
        .endpoints(endpoints, account);
  }

  void answerBank(String id, boolean approved) {
    StripeObject asked = account.find(id).orElse(null);
    if (asked instanceof SetupIntent setup && setup.status.equals("requires_action")) {
      setupIntents.authenticated(setup, approved);
    } else if (asked instanceof PaymentIntent payment
        && payment.status.equals("requires_action")
        && payment.invoice != null) {
      invoices.authenticated(payment, approved);
    } else {
      throw new IllegalArgumentException("no authentication is pending for " + id);
    }
  }

  JsonNode answer(Request request) {
    ApiVersion version = ApiVersion.of(request.apiVersion().orElse(account.apiVersion));
    Routes.Match match = routes
        .find(request.method(), request.path())
        .orElseThrow(() -> StripeException.of(
            404,
            "invalid_request_error",
            null,
            "Unrecognized request URL (" + request.method() + ": " + request.path() + ")."));
    Outcome outcome = Routes.run(match, request.path(), request.parameters());
    List<String> expand = Params.of(request.parameters()).texts("expand");
    if (outcome instanceof Outcome.One one) {
      return renderer.expanded(show(one.object(), version), version, expand);
    } else if (outcome instanceof Outcome.Many many) {
      ArrayNode data = Json.array();
      many.page().forEach(object -> data.add(show(object, version)));
      return renderer.expanded(Json.list(data, many.more(), many.url()), version, expand);
    } else if (outcome instanceof Outcome.Ready ready) {
      return renderer.expanded(version.translate(ready.json()), version, expand);
    }
    throw new IllegalStateException("an outcome that cannot be shown");
  }

  private JsonNode show(StripeObject object, ApiVersion version) {
    return object instanceof StripeEvent event
        ? event(event)
        : version.translate(renderer.render(object));
  }

  ObjectNode event(StripeEvent event) {
    return EventJson.event(event, ApiVersion.of(event.apiVersion), event.undelivered.size());
  }

  ObjectNode error(StripeException e, String requestId) {
    ObjectNode error = Json.object().put("message", e.getMessage());
    if (e.code != null) {
      error
          .put("code", e.code)
          .put("doc_url", "https://stripe.com/docs/error-codes/" + e.code.replace('_', '-'));
    }
    if (e.declineCode != null) {
      error.put("decline_code", e.declineCode);
    }
    if (e.param != null) {
      error.put("param", e.param);
    }
    if (e.intent != null) {
      StripeObject intent = account.find(e.intent).orElseThrow();
      error.set(
          intent instanceof SetupIntent ? "setup_intent" : "payment_intent",
          ApiVersion.of(account.apiVersion).translate(renderer.render(intent)));
    }
    error.put(
        "request_log_url",
        "https://dashboard.stripe.com/" + account.id + "/test/logs/" + requestId);
    ObjectNode body = Json.object();
    body.set("error", error.put("type", e.type));
    return body;
  }
}
