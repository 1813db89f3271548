package com.tatame.billing.simulator.engine;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Every route of the API: method, path, the parameters it takes and what it does. */
final class Routes {
  interface Operation {
    Outcome run(Call call);
  }

  /** A request that found its route. */
  record Match(Operation operation, Shape shape, List<String> ids) {}

  private record Route(String method, List<String> path, Shape shape, Operation operation) {}

  private static final Shape EXPAND = Shape.of("expand[]");
  private final List<Route> routes = new ArrayList<>();

  Routes products(Catalog catalog) {
    add("POST /v1/products", Catalog.CREATE_PRODUCT, catalog::createProduct);
    add("GET /v1/products", Catalog.LIST_PRODUCTS, catalog::listProducts);
    add("GET /v1/products/*", EXPAND, call -> new Outcome.One(catalog.product(call.id(), "id")));
    add("POST /v1/products/*", Catalog.UPDATE_PRODUCT, catalog::updateProduct);
    add("POST /v1/prices", Catalog.CREATE_PRICE, catalog::createPrice);
    add("GET /v1/prices", Catalog.LIST_PRICES, catalog::listPrices);
    add("GET /v1/prices/*", EXPAND, call -> new Outcome.One(catalog.price(call.id(), "price")));
    add("POST /v1/prices/*", Catalog.UPDATE_PRICE, catalog::updatePrice);
    return this;
  }

  Routes meters(Meters meters) {
    add("POST /v1/billing/meters", Meters.CREATE, meters::create);
    add("GET /v1/billing/meters", Meters.LIST, meters::list);
    add("GET /v1/billing/meters/*", EXPAND, meters::retrieve);
    add("POST /v1/billing/meters/*", Meters.UPDATE, meters::update);
    add("POST /v1/billing/meters/*/deactivate", EXPAND, meters::deactivate);
    add("POST /v1/billing/meters/*/reactivate", EXPAND, meters::reactivate);
    add("GET /v1/billing/meters/*/event_summaries", Meters.SUMMARIES, meters::summaries);
    add("POST /v1/billing/meter_events", Meters.TELL, meters::tell);
    add("POST /v1/billing/meter_event_adjustments", Meters.ADJUST, meters::adjust);
    return this;
  }

  Routes customers(Customers customers) {
    add("POST /v1/customers", Customers.CREATE, customers::create);
    add("GET /v1/customers", Customers.LIST, customers::list);
    add("GET /v1/customers/*", EXPAND, customers::retrieve);
    add("POST /v1/customers/*", Customers.UPDATE, customers::update);
    add("DELETE /v1/customers/*", EXPAND, customers::delete);
    add(
        "GET /v1/customers/*/payment_methods",
        Customers.LIST_OWN_METHODS,
        customers::listOwnMethods);
    add("GET /v1/payment_methods", Customers.LIST_METHODS, customers::listMethods);
    add(
        "GET /v1/payment_methods/*",
        EXPAND,
        call -> new Outcome.One(customers.method(call.id(), "payment_method")));
    add("POST /v1/payment_methods/*/attach", Customers.ATTACH, customers::attach);
    add("POST /v1/payment_methods/*/detach", EXPAND, customers::detach);
    return this;
  }

  Routes checkouts(CheckoutCreation sessions, Checkout checkout, Renderer renderer) {
    add("POST /v1/checkout/sessions", CheckoutCreation.CREATE, sessions::create);
    add("GET /v1/checkout/sessions", CheckoutCreation.LIST, sessions::list);
    add("GET /v1/checkout/sessions/*", EXPAND, sessions::retrieve);
    add("POST /v1/checkout/sessions/*/expire", EXPAND, sessions::expire);
    add("GET /v1/checkout/sessions/*/line_items", Endpoints.LIST, call -> {
      ArrayNode items = renderer.checkouts().lineItems(checkout.session(call.id()));
      return new Outcome.Ready(Json.list(items, false, call.path()));
    });
    return this;
  }

  Routes subscriptions(SubscriptionControl subscriptions) {
    add("GET /v1/subscriptions", SubscriptionControl.LIST, subscriptions::list);
    add("GET /v1/subscriptions/*", EXPAND, subscriptions::retrieve);
    add("POST /v1/subscriptions/*", SubscriptionControl.UPDATE, subscriptions::update);
    add("DELETE /v1/subscriptions/*", SubscriptionControl.CANCEL, subscriptions::cancel);
    add("POST /v1/subscriptions/*/resume", SubscriptionControl.RESUME, subscriptions::resume);
    return this;
  }

  Routes invoices(InvoiceControl invoices, Previews previews, Account account) {
    add("GET /v1/invoices", InvoiceControl.LIST, invoices::list);
    add("POST /v1/invoices/create_preview", Previews.CREATE, previews::create);
    add("GET /v1/invoices/*", EXPAND, invoices::retrieve);
    add("POST /v1/invoices/*/pay", InvoiceControl.PAY, invoices::pay);
    add("GET /v1/invoiceitems", InvoiceControl.LIST_ITEMS, invoices::listItems);
    add("GET /v1/invoiceitems/*", EXPAND, call -> one(account.invoiceItems, call, "invoiceitem"));
    add("GET /v1/invoice_payments", InvoiceControl.LIST_PAYMENTS, invoices::listPayments);
    add("GET /v1/invoice_payments/*", EXPAND, invoices::retrievePayment);
    return this;
  }

  Routes payments(PaymentIntents intents, SetupIntents setupIntents, Account account) {
    add("POST /v1/payment_intents", PaymentIntents.CREATE, intents::create);
    add("GET /v1/payment_intents", PaymentIntents.LIST, intents::list);
    add("GET /v1/payment_intents/*", EXPAND, intents::retrieve);
    add("POST /v1/payment_intents/*/confirm", PaymentIntents.CONFIRM, intents::confirm);
    add("POST /v1/payment_intents/*/cancel", PaymentIntents.CANCEL, intents::cancel);
    add("GET /v1/charges/*", EXPAND, call -> one(account.charges, call, "charge"));
    add("POST /v1/setup_intents", SetupIntents.CREATE, setupIntents::create);
    add("GET /v1/setup_intents", SetupIntents.LIST, setupIntents::list);
    add("GET /v1/setup_intents/*", Shape.of("client_secret expand[]"), setupIntents::retrieve);
    add("POST /v1/setup_intents/*", SetupIntents.UPDATE, setupIntents::update);
    add("POST /v1/setup_intents/*/confirm", SetupIntents.CONFIRM, setupIntents::confirm);
    add("POST /v1/setup_intents/*/cancel", SetupIntents.CANCEL, setupIntents::cancel);
    return this;
  }

  Routes refunds(Refunds refunds) {
    add("POST /v1/refunds", Refunds.CREATE, refunds::create);
    add("GET /v1/refunds", Refunds.LIST, refunds::list);
    add("GET /v1/refunds/*", EXPAND, refunds::retrieve);
    add("POST /v1/refunds/*", Refunds.UPDATE, refunds::update);
    add("GET /v1/disputes", Refunds.LIST, refunds::listDisputes);
    add("GET /v1/disputes/*", EXPAND, refunds::retrieveDispute);
    add("POST /v1/disputes/*", Refunds.ANSWER, refunds::answer);
    add("POST /v1/disputes/*/close", EXPAND, refunds::close);
    return this;
  }

  Routes promotions(Promotions promotions) {
    add("POST /v1/coupons", Promotions.CREATE_COUPON, promotions::createCoupon);
    add("GET /v1/coupons", Promotions.LIST_COUPONS, promotions::listCoupons);
    add("GET /v1/coupons/*", EXPAND, promotions::retrieveCoupon);
    add("POST /v1/coupons/*", Promotions.UPDATE_COUPON, promotions::updateCoupon);
    add("DELETE /v1/coupons/*", EXPAND, promotions::deleteCoupon);
    add("POST /v1/promotion_codes", Promotions.CREATE_CODE, promotions::createCode);
    add("GET /v1/promotion_codes", Promotions.LIST_CODES, promotions::listCodes);
    add("GET /v1/promotion_codes/*", EXPAND, promotions::retrieveCode);
    add("POST /v1/promotion_codes/*", Promotions.UPDATE_CODE, promotions::updateCode);
    return this;
  }

  Routes taxIds(TaxIds taxIds) {
    add("POST /v1/customers/*/tax_ids", TaxIds.CREATE, taxIds::create);
    add("GET /v1/customers/*/tax_ids", Endpoints.LIST, taxIds::list);
    add("GET /v1/customers/*/tax_ids/*", EXPAND, taxIds::retrieveOfCustomer);
    add("DELETE /v1/customers/*/tax_ids/*", EXPAND, taxIds::delete);
    add("GET /v1/tax_ids/*", EXPAND, taxIds::retrieve);
    return this;
  }

  Routes taxCalculations(TaxCalculations taxes) {
    add("POST /v1/tax/calculations", TaxCalculations.CREATE, taxes::create);
    return this;
  }

  Routes portal(PortalSessions portal, PortalConfigurations portals) {
    add("POST /v1/billing_portal/sessions", PortalSessions.CREATE, portal::create);
    add("POST /v1/billing_portal/configurations", PortalConfigurations.CREATE, portals::create);
    add("GET /v1/billing_portal/configurations", PortalConfigurations.LIST, portals::list);
    add("GET /v1/billing_portal/configurations/*", EXPAND, portals::retrieve);
    add("POST /v1/billing_portal/configurations/*", PortalConfigurations.UPDATE, portals::update);
    return this;
  }

  Routes schedules(Schedules schedules) {
    add("POST /v1/subscription_schedules", Schedules.CREATE, schedules::create);
    add("GET /v1/subscription_schedules", Schedules.LIST, schedules::list);
    add("GET /v1/subscription_schedules/*", EXPAND, schedules::retrieve);
    add("POST /v1/subscription_schedules/*", Schedules.UPDATE, schedules::update);
    add("POST /v1/subscription_schedules/*/release", Schedules.RELEASE, schedules::release);
    add("POST /v1/subscription_schedules/*/cancel", Schedules.CANCEL, schedules::cancel);
    return this;
  }

  Routes endpoints(Endpoints endpoints, Account account) {
    add("GET /v1/events", Endpoints.LIST_EVENTS, endpoints::listEvents);
    add("GET /v1/events/*", EXPAND, endpoints::retrieveEvent);
    add("POST /v1/webhook_endpoints", Endpoints.CREATE, endpoints::create);
    add("GET /v1/webhook_endpoints", Endpoints.LIST, endpoints::list);
    add("GET /v1/webhook_endpoints/*", EXPAND, endpoints::retrieve);
    add("POST /v1/webhook_endpoints/*", Endpoints.UPDATE, endpoints::update);
    add("DELETE /v1/webhook_endpoints/*", EXPAND, endpoints::delete);
    add("GET /v1/account", EXPAND, call -> new Outcome.Ready(account(account)));
    return this;
  }

  private static ObjectNode account(Account account) {
    return Json.object()
        .put("id", account.id)
        .put("object", "account")
        .put("charges_enabled", true)
        .put("country", "US")
        .put("default_currency", "usd")
        .put("details_submitted", true)
        .put("payouts_enabled", true)
        .put("type", "standard");
  }

  private static Outcome one(Map<String, ? extends StripeObject> objects, Call call, String kind) {
    StripeObject object = objects.get(call.id());
    if (object == null) {
      throw StripeException.missing(kind, call.id(), kind);
    }
    return new Outcome.One(object);
  }

  private void add(String route, Shape shape, Operation operation) {
    int space = route.indexOf(' ');
    List<String> path = List.of(route.substring(space + 1).split("/"));
    routes.add(new Route(route.substring(0, space), path, shape, operation));
  }

  Optional<Match> find(String method, String path) {
    List<String> segments = List.of(path.split("/"));
    for (Route route : routes) {
      if (route.method.equals(method) && route.path.size() == segments.size()) {
        List<String> ids = new ArrayList<>();
        boolean fits = true;
        for (int i = 0; i < segments.size(); i++) {
          if (route.path.get(i).equals("*")) {
            ids.add(segments.get(i));
          } else {
            fits &= route.path.get(i).equals(segments.get(i));
          }
        }
        if (fits) {
          return Optional.of(new Match(route.operation, route.shape, ids));
        }
      }
    }
    return Optional.empty();
  }

  /** Checks the parameters and runs the operation. */
  static Outcome run(Match match, String path, Map<String, Object> parameters) {
    match.shape.check(parameters);
    return match.operation.run(
        new Call(path, match.ids, Params.of(new LinkedHashMap<>(parameters))));
  }
}
