package com.tatame.billing.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.catalog.Recurrence;
import com.tatame.billing.simulator.engine.ApiResponse;
import com.tatame.billing.simulator.engine.Request;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Puts into a simulated account what is done past the gateway: products, prices, cards. */
final class SimulatedCatalog {
  private final Function<Request, ApiResponse> api;

  SimulatedCatalog(Function<Request, ApiResponse> api) {
    this.api = api;
  }

  String createProduct(String name) {
    return created("/v1/products", Map.of("name", name));
  }

  String createPrice(
      String productId, long unitAmount, String currency, Recurrence.Unit unit, String lookupKey) {
    return created(
        "/v1/prices",
        Map.of(
            "product",
            productId,
            "unit_amount",
            Long.toString(unitAmount),
            "currency",
            currency,
            "recurring",
            Map.of("interval", unit.code()),
            "lookup_key",
            lookupKey));
  }

  void replaceCard(String customerId, String readyMade) {
    String method =
        created("/v1/payment_methods/" + readyMade + "/attach", Map.of("customer", customerId));
    created(
        "/v1/customers/" + customerId,
        Map.of("invoice_settings", Map.of("default_payment_method", method)));
    ask("GET", "/v1/subscriptions", Map.of("customer", customerId))
        .required("data")
        .forEach(subscription -> created(
            "/v1/subscriptions/" + subscription.required("id").asText(),
            Map.of("default_payment_method", method)));
  }

  String createCode(String couponId, String percentOff, String code, Optional<Integer> most) {
    String coupon = created(
        "/v1/coupons", Map.of("id", couponId, "percent_off", percentOff, "duration", "forever"));
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("promotion", Map.of("type", "coupon", "coupon", coupon));
    parameters.put("code", code);
    most.ifPresent(times -> parameters.put("max_redemptions", Integer.toString(times)));
    return created("/v1/promotion_codes", parameters);
  }

  void createMeter(String eventName, String formula) {
    created(
        "/v1/billing/meters",
        Map.of(
            "display_name",
            eventName,
            "event_name",
            eventName,
            "default_aggregation",
            Map.of("formula", formula)));
  }

  List<Long> paid(String customerId) {
    List<Long> paid = new ArrayList<>();
    ask("GET", "/v1/invoices", Map.of("customer", customerId, "status", "paid", "limit", "100"))
        .required("data")
        .forEach(invoice -> paid.add(invoice.required("amount_paid").asLong()));
    paid.removeIf(amount -> amount == 0);
    return paid;
  }

  String cardOf(String customerId) {
    return ask("GET", "/v1/subscriptions", Map.of("customer", customerId))
        .required("data")
        .required(0)
        .required("default_payment_method")
        .asText();
  }

  private String created(String path, Map<String, Object> parameters) {
    return ask("POST", path, parameters).required("id").asText();
  }

  private JsonNode ask(String method, String path, Map<String, Object> parameters) {
    return SimulatedCalls.parse(api.apply(Request.of(method, path, parameters)).body());
  }
}
