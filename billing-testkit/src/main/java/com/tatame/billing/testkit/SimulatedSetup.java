package com.tatame.billing.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.catalog.Price;
import com.tatame.billing.catalog.Product;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.setup.AccountState;
import com.tatame.billing.setup.ProviderSetup;
import com.tatame.billing.setup.SetupChange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Sets up the simulated account. */
final class SimulatedSetup implements ProviderSetup {
  private static final String PRODUCTS = "/v1/products";
  private static final String PRICES = "/v1/prices";
  private static final String PORTALS = "/v1/billing_portal/configurations";
  private static final String ENDPOINTS = "/v1/webhook_endpoints";
  private static final String MARK = "billing_setup";
  private static final Events EVENTS = new Events(
      SimulatedCalls.VERSION,
      Set.of(
          "checkout.session.completed",
          "customer.subscription.updated",
          "invoice.paid",
          "price.updated",
          "product.updated"));

  private final SimulatedCalls calls;

  SimulatedSetup(SimulatedCalls calls) {
    this.calls = calls;
  }

  @Override
  public Events events() {
    return EVENTS;
  }

  @Override
  public List<AccountState.HeldEndpoint> endpoints() {
    return bodies(ENDPOINTS, Map.of()).stream()
        .map(body -> new AccountState.HeldEndpoint(
            ProviderRecords.text(body, "id"),
            ours(body),
            ProviderRecords.text(body, "url"),
            ProviderRecords.text(body, "status").equals("enabled"),
            ProviderRecords.optionalText(body, "api_version"),
            texts(body.required("enabled_events"))))
        .toList();
  }

  @Override
  public AccountState state() {
    return new AccountState(
        bodies(PRODUCTS, Map.of()).stream()
            .map(body -> new AccountState.HeldProduct(
                (Product) ProviderRecords.read(ObjectKind.PRODUCT, body),
                ProviderRecords.optionalText(body, "default_price")))
            .toList(),
        bodies(PRICES, Map.of("expand", List.of("data.currency_options"))).stream()
            .map(body -> new AccountState.HeldPrice(
                (Price) ProviderRecords.read(ObjectKind.PRICE, body), otherAmounts(body)))
            .toList(),
        bodies(
                PORTALS,
                Map.of(
                    "active",
                    "true",
                    "expand",
                    List.of("data.features.subscription_update.products")))
            .stream()
            .filter(SimulatedSetup::ours)
            .map(SimulatedSetup::portal)
            .toList(),
        endpoints(),
        bodies(SimulatedMeters.METERS, Map.of("status", "active")).stream()
            .map(this::meter)
            .toList());
  }

  private static Map<String, Optional<Long>> otherAmounts(JsonNode price) {
    Map<String, Optional<Long>> amounts = new HashMap<>();
    price
        .required("currency_options")
        .properties()
        .forEach(option -> amounts.put(
            option.getKey(),
            ProviderRecords.stated(option.getValue(), "unit_amount").map(JsonNode::asLong)));
    amounts.remove(ProviderRecords.text(price, "currency"));
    return amounts;
  }

  private AccountState.HeldMeter meter(JsonNode body) {
    String id = ProviderRecords.text(body, "id");
    Set<String> prices = new HashSet<>();
    bodies(PRICES, Map.of("recurring", Map.of("meter", id)))
        .forEach(price -> prices.add(ProviderRecords.text(price, "id")));
    return new AccountState.HeldMeter(
        id,
        ProviderRecords.text(body, "event_name"),
        body.required("default_aggregation").required("formula").asText().equals("sum")
            && body.required("customer_mapping")
                .required("event_payload_key")
                .asText()
                .equals("stripe_customer_id")
            && body.required("value_settings")
                .required("event_payload_key")
                .asText()
                .equals("value"),
        prices);
  }

  private List<JsonNode> bodies(String path, Map<String, Object> filter) {
    List<JsonNode> bodies = new ArrayList<>();
    calls.list(path, filter, page -> {
      page.body().path("data").forEach(bodies::add);
      return true;
    });
    return bodies;
  }

  private static boolean ours(JsonNode body) {
    return body.required("metadata").has(MARK);
  }

  private static Set<String> texts(JsonNode list) {
    Set<String> texts = new HashSet<>();
    list.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  private static AccountState.HeldPortal portal(JsonNode body) {
    JsonNode features = body.required("features");
    JsonNode update = features.required("subscription_update");
    Map<String, Set<String>> plans = new HashMap<>();
    update
        .required("products")
        .forEach(product ->
            plans.put(ProviderRecords.text(product, "product"), texts(product.required("prices"))));
    JsonNode cancel = features.required("subscription_cancel");
    boolean usual = enabled(features, "invoice_history")
        && enabled(features, "payment_method_update")
        && enabled(features, "subscription_cancel")
        && cancel.required("mode").asText().equals("at_period_end")
        && enabled(features, "subscription_update") != plans.isEmpty();
    return new AccountState.HeldPortal(ProviderRecords.text(body, "id"), usual, plans);
  }

  private static boolean enabled(JsonNode features, String name) {
    return features.required(name).required("enabled").asBoolean();
  }

  @Override
  public Made apply(SetupChange change) {
    if (change instanceof SetupChange.CreateMeter meter) {
      return post(
          SimulatedMeters.METERS,
          Map.of(
              "display_name",
              meter.eventName(),
              "event_name",
              meter.eventName(),
              "default_aggregation",
              Map.of("formula", "sum")));
    } else if (change instanceof SetupChange.CreateProduct product) {
      return create(product);
    } else if (change instanceof SetupChange.UpdateProduct product) {
      return post(
          PRODUCTS + "/" + product.id(),
          Map.of("name", product.name(), "description", product.description(), "active", "true"));
    } else if (change instanceof SetupChange.ArchiveProduct product) {
      return post(PRODUCTS + "/" + product.id(), Map.of("active", "false"));
    } else if (change instanceof SetupChange.CreatePrice price) {
      return create(price);
    } else if (change instanceof SetupChange.UpdatePrice price) {
      return post(
          PRICES + "/" + price.id(),
          Map.of(
              "active",
              "true",
              "lookup_key",
              price.lookupKey(),
              "metadata",
              Map.of(Price.PLAN_MARK, price.plan()),
              "currency_options",
              options(price.added())));
    } else if (change instanceof SetupChange.ArchivePrice price) {
      price
          .defaultOf()
          .ifPresent(product -> post(PRODUCTS + "/" + product, Map.of("default_price", "")));
      return post(PRICES + "/" + price.id(), Map.of("active", "false"));
    } else if (change instanceof SetupChange.Portal portal) {
      return post(
          PORTALS + portal.id().map(id -> "/" + id).orElse(""),
          Map.of("features", features(portal), "metadata", Map.of(MARK, "portal")));
    } else if (change instanceof SetupChange.CreateEndpoint endpoint) {
      return create(endpoint);
    } else if (change instanceof SetupChange.UpdateEndpoint endpoint) {
      return post(
          ENDPOINTS + "/" + endpoint.id(),
          Map.of("enabled_events", types(endpoint.events()), "disabled", "false"));
    }
    throw new IllegalArgumentException("unknown: " + change.words());
  }

  private Made create(SetupChange.CreateProduct product) {
    Map<String, Object> parameters = new HashMap<>(Map.of(
        "id",
        product.id(),
        "name",
        product.name(),
        "metadata",
        Map.of(Product.TIER_MARK, product.tier())));
    if (!product.description().isEmpty()) {
      parameters.put("description", product.description());
    }
    try {
      return post(PRODUCTS, parameters);
    } catch (ProviderRejected e) {
      if (e.providerCode().equals("resource_already_exists")) {
        return new Made(product.id());
      }
      throw e;
    }
  }

  private Made create(SetupChange.CreatePrice price) {
    Map<String, Object> recurring =
        new HashMap<>(Map.of("interval", price.unit().code()));
    price.meter().flatMap(SetupChange.MeteredBy::id).ifPresent(meter -> {
      recurring.put("usage_type", "metered");
      recurring.put("meter", meter);
    });
    Map<String, Object> parameters = Map.of(
        "product",
        price.productId(),
        "currency",
        price.price().standard().currency(),
        "unit_amount",
        Long.toString(price.price().standard().amount()),
        "currency_options",
        options(price.price().others()),
        "recurring",
        recurring,
        "lookup_key",
        price.lookupKey(),
        "transfer_lookup_key",
        Boolean.toString(price.replaced().isPresent()),
        "metadata",
        Map.of(Price.PLAN_MARK, price.plan()));
    JsonNode body = calls.post(PRICES, parameters, price.idempotencyKey()).body();
    return new Made(ProviderRecords.text(body, "id"));
  }

  private static Map<String, Object> options(List<Money> others) {
    Map<String, Object> options = new HashMap<>();
    others.forEach(other ->
        options.put(other.currency(), Map.of("unit_amount", Long.toString(other.amount()))));
    return options;
  }

  private Made create(SetupChange.CreateEndpoint endpoint) {
    JsonNode body = calls
        .post(
            ENDPOINTS,
            Map.of(
                "url",
                endpoint.url(),
                "enabled_events",
                types(endpoint.events()),
                "api_version",
                endpoint.events().apiVersion(),
                "metadata",
                Map.of(MARK, "webhook")))
        .body();
    return new Made(
        ProviderRecords.text(body, "id"), Optional.of(ProviderRecords.text(body, "secret")));
  }

  private static List<String> types(Events events) {
    return events.types().stream().sorted().toList();
  }

  private static Map<String, Object> features(SetupChange.Portal portal) {
    Map<String, List<String>> prices = new HashMap<>();
    portal
        .plans()
        .forEach(sold -> prices
            .computeIfAbsent(sold.productId(), product -> new ArrayList<>())
            .add(sold.priceId().orElseThrow()));
    Map<String, Object> update = new HashMap<>();
    update.put("enabled", Boolean.toString(!prices.isEmpty()));
    if (!prices.isEmpty()) {
      update.put("default_allowed_updates", List.of("price", "promotion_code"));
      update.put("proration_behavior", "always_invoice");
      update.put(
          "products",
          prices.entrySet().stream()
              .map(entry -> Map.of("product", entry.getKey(), "prices", entry.getValue()))
              .toList());
    }
    Map<String, Object> on = Map.of("enabled", "true");
    return Map.of(
        "customer_update",
        Map.of("enabled", "true", "allowed_updates", List.of("email", "name")),
        "invoice_history",
        on,
        "payment_method_update",
        on,
        "subscription_cancel",
        Map.of("enabled", "true", "mode", "at_period_end"),
        "subscription_update",
        update);
  }

  private Made post(String path, Map<String, Object> parameters) {
    return new Made(ProviderRecords.text(calls.post(path, parameters).body(), "id"));
  }
}
