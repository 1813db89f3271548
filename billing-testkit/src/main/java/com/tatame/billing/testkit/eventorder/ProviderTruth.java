package com.tatame.billing.testkit.eventorder;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tatame.billing.simulator.engine.ApiResponse;
import com.tatame.billing.simulator.engine.Engine;
import com.tatame.billing.simulator.engine.Request;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The provider's own state, read from its JSON through nothing that a handler uses, by a list of
 * fields of its own. Rows are named {@code <id>.<field>}; null is {@code -}, an instant its seconds.
 */
public final class ProviderTruth {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Function<Request, ApiResponse> api;
  private final Map<String, String> rows = new TreeMap<>();
  private final Map<String, String> fieldOf = new HashMap<>();

  private ProviderTruth(Function<Request, ApiResponse> api) {
    this.api = api;
  }

  /** The state of an account as it is now. */
  public static ProviderTruth of(Engine engine) {
    return of(engine::call);
  }

  /** The state of the account that answers these calls. */
  public static ProviderTruth of(Function<Request, ApiResponse> api) {
    ProviderTruth truth = new ProviderTruth(api);
    truth.collect();
    return truth;
  }

  /** Everything, by name. */
  public Map<String, String> rows() {
    return rows;
  }

  /** What kind of row it is, for example {@code subscription.status}. */
  String fieldOf(String name) {
    return fieldOf.getOrDefault(name, "");
  }

  private void collect() {
    all(api, "/v1/customers", Map.of()).forEach(json -> {
      put(json, json, "email", "name", "delinquent");
      put(json, json.required("invoice_settings"), "default_payment_method");
    });
    List<JsonNode> subscriptions = all(api, "/v1/subscriptions", Map.of("status", "all"));
    subscriptions.forEach(this::subscription);
    List<JsonNode> invoices = all(api, "/v1/invoices", Map.of());
    invoices.forEach(this::invoice);
    all(api, "/v1/checkout/sessions", Map.of()).forEach(json -> {
      put(json, json, "status", "customer", "subscription");
      boolean paid = !json.required("payment_status").asText().equals("unpaid");
      put(json, "paid", Boolean.toString(paid));
    });
    all(api, "/v1/products", Map.of()).forEach(json -> put(json, json, "name", "active"));
    all(api, "/v1/prices", Map.of())
        .forEach(json -> put(json, json, "unit_amount", "currency", "lookup_key", "active"));
  }

  private void subscription(JsonNode json) {
    put(
        json,
        json,
        "status",
        "customer",
        "created",
        "cancel_at_period_end",
        "cancel_at",
        "canceled_at",
        "ended_at",
        "trial_start",
        "trial_end",
        "default_payment_method");
    JsonNode item = json.required("items").required("data").required(0);
    put(json, item, "current_period_start", "current_period_end", "quantity");
    put(json, "price", text(item.required("price").required("id")));
  }

  private void invoice(JsonNode json) {
    put(
        json,
        json,
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
    put(json, json.required("status_transitions"), "finalized_at", "paid_at", "voided_at");
  }

  private void put(JsonNode object, JsonNode holder, String... names) {
    for (String name : names) {
      put(object, name, text(holder.required(name)));
    }
  }

  private void put(JsonNode object, String field, String value) {
    String name = object.required("id").asText() + "." + field;
    rows.put(name, value);
    fieldOf.put(name, object.required("object").asText() + "." + field);
  }

  static String text(JsonNode value) {
    return value.isNull() ? "-" : value.asText();
  }

  /** All objects of a list, newest first. */
  public static List<JsonNode> all(Engine engine, String path, Map<String, Object> filter) {
    return all(engine::call, path, filter);
  }

  /** All objects of a list, newest first. */
  public static List<JsonNode> all(
      Function<Request, ApiResponse> api, String path, Map<String, Object> filter) {
    List<JsonNode> all = new ArrayList<>();
    Map<String, Object> parameters = new HashMap<>(filter);
    parameters.put("limit", "100");
    boolean more = true;
    while (more) {
      JsonNode page = call(api, Request.of("GET", path, parameters));
      page.required("data").forEach(all::add);
      more = page.required("has_more").asBoolean();
      if (more) {
        parameters.put("starting_after", all.get(all.size() - 1).required("id").asText());
      }
    }
    return all;
  }

  /**
   * The answer of a call that succeeds.
   *
   * @throws IllegalStateException if it doesn't
   */
  public static JsonNode call(Engine engine, Request request) {
    return call(engine::call, request);
  }

  /**
   * The answer of a call that succeeds.
   *
   * @throws IllegalStateException if it doesn't
   */
  public static JsonNode call(Function<Request, ApiResponse> api, Request request) {
    ApiResponse answer = api.apply(request);
    if (answer.status() != 200) {
      throw new IllegalStateException(request.path() + " was refused: " + answer.body());
    }
    return parse(answer.body());
  }

  static JsonNode parse(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON", e);
    }
  }
}
