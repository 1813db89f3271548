package com.tatame.billing.testkit.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.simulator.engine.Answer;
import com.tatame.billing.testkit.simulator.engine.Request;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The provider's own state, read from its JSON and through nothing that a gateway uses. */
final class ProviderState {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ProviderState() {}

  static JsonNode call(BillingWorld world, Request request) {
    Answer answer = world.engine().call(request);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    try {
      return JSON.readTree(answer.body());
    } catch (JsonProcessingException e) {
      throw new AssertionError("the simulator answered no JSON", e);
    }
  }

  /** All objects of a list, newest first. */
  static List<JsonNode> all(BillingWorld world, String path, Map<String, Object> filter) {
    List<JsonNode> all = new ArrayList<>();
    Map<String, Object> parameters = new HashMap<>(filter);
    parameters.put("limit", "100");
    boolean more = true;
    while (more) {
      JsonNode page = call(world, Request.of("GET", path, parameters));
      page.required("data").forEach(all::add);
      more = page.required("has_more").asBoolean();
      if (more) {
        parameters.put("starting_after", all.get(all.size() - 1).required("id").asText());
      }
    }
    return all;
  }

  static List<JsonNode> customers(BillingWorld world) {
    return all(world, "/v1/customers", Map.of());
  }

  static List<JsonNode> sessions(BillingWorld world, String status) {
    return all(world, "/v1/checkout/sessions", Map.of("status", status));
  }

  static List<JsonNode> subscriptions(BillingWorld world) {
    return all(world, "/v1/subscriptions", Map.of("status", "all"));
  }

  static List<JsonNode> events(BillingWorld world, String type) {
    return world.engine().events().stream()
        .filter(event -> event.required("type").asText().equals(type))
        .toList();
  }

  /** What is compared: object and field, and the value as text; null is {@code -}. */
  static Map<String, String> fields(BillingWorld world) {
    Map<String, String> fields = new TreeMap<>();
    customers(world).forEach(json -> put(fields, json, "", "email", "name", "delinquent"));
    subscriptions(world).forEach(json -> {
      put(
          fields,
          json,
          "",
          "status",
          "customer",
          "created",
          "cancel_at_period_end",
          "cancel_at",
          "canceled_at",
          "ended_at",
          "trial_start",
          "trial_end");
      JsonNode item = json.required("items").required("data").required(0);
      String id = json.required("id").asText();
      for (String name : List.of("current_period_start", "current_period_end", "quantity")) {
        fields.put(id + "." + name, text(item.required(name)));
      }
      fields.put(id + ".price", text(item.required("price").required("id")));
    });
    all(world, "/v1/invoices", Map.of()).forEach(json -> {
      put(
          fields,
          json,
          "",
          "status",
          "customer",
          "number",
          "total",
          "amount_due",
          "amount_paid",
          "attempt_count",
          "next_payment_attempt",
          "period_start",
          "period_end");
      put(fields, json, "status_transitions", "finalized_at", "paid_at", "voided_at");
    });
    all(world, "/v1/checkout/sessions", Map.of()).forEach(json -> {
      put(fields, json, "", "status", "customer", "subscription", "url");
      boolean paid = !json.required("payment_status").asText().equals("unpaid");
      fields.put(json.required("id").asText() + ".paid", Boolean.toString(paid));
    });
    all(world, "/v1/products", Map.of()).forEach(json -> put(fields, json, "", "name", "active"));
    all(world, "/v1/prices", Map.of())
        .forEach(json -> put(fields, json, "", "unit_amount", "currency", "lookup_key", "active"));
    return fields;
  }

  private static void put(
      Map<String, String> fields, JsonNode json, String within, String... names) {
    JsonNode holder = within.isEmpty() ? json : json.required(within);
    for (String name : names) {
      fields.put(json.required("id").asText() + "." + name, text(holder.required(name)));
    }
  }

  private static String text(JsonNode value) {
    return value.isNull() ? "-" : value.asText();
  }
}
