package com.tatame.billing.testkit.eventorder;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.simulator.engine.Engine;
import com.tatame.billing.simulator.engine.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** What happens beside buying: money goes back, cards come and go, offers and tax ids change. */
final class SecondaryObjectStory {
  private static final int MAX_CENTS = 500;

  private final Engine engine;
  private final RandomGenerator random;
  private final Trace trace;
  private final List<String> coupons = new ArrayList<>();
  private final List<String> codes = new ArrayList<>();

  SecondaryObjectStory(Engine engine, RandomGenerator random, Trace trace) {
    this.engine = engine;
    this.random = random;
    this.trace = trace;
  }

  /** One thing happens, to one of these customers or without a customer. */
  void act(List<String> customers) {
    String customer = customers.get(random.nextInt(customers.size()));
    switch (random.nextInt(6)) {
      case 0, 1 -> refund();
      case 2 -> answer();
      case 3 -> promote();
      case 4 -> tax("/v1/customers/" + customer + "/tax_ids");
      default -> card(customer);
    }
  }

  private JsonNode call(String method, String path, Map<String, Object> parameters) {
    var answer = engine.call(Request.of(method, path, parameters));
    trace.add("provider: " + method + " " + path + " " + parameters + " " + answer.status());
    return ProviderTruth.parse(answer.body());
  }

  private List<JsonNode> all(String path, Map<String, Object> filter) {
    List<JsonNode> found = new ArrayList<>();
    call("GET", path, filter).path("data").forEach(found::add);
    return found;
  }

  private String any(List<JsonNode> objects) {
    return objects.get(random.nextInt(objects.size())).required("id").asText();
  }

  private void refund() {
    List<JsonNode> paid = all("/v1/invoice_payments", Map.of("status", "paid"));
    if (!paid.isEmpty()) {
      String payment = paid.get(random.nextInt(paid.size()))
          .required("payment")
          .path("payment_intent")
          .asText();
      String amount = Integer.toString(1 + random.nextInt(MAX_CENTS));
      call("POST", "/v1/refunds", Map.of("payment_intent", payment, "amount", amount));
    }
  }

  private void answer() {
    List<JsonNode> disputes = all("/v1/disputes", Map.of());
    if (disputes.isEmpty()) {
      refund();
    } else if (random.nextBoolean()) {
      call("POST", "/v1/disputes/" + any(disputes) + "/close", Map.of());
    } else {
      Map<String, Object> evidence =
          Map.of("evidence", Map.of("uncategorized_text", "winning_evidence"), "submit", "true");
      call("POST", "/v1/disputes/" + any(disputes), evidence);
    }
  }

  private void promote() {
    if (coupons.isEmpty()) {
      Map<String, Object> coupon = Map.of("percent_off", "20", "duration", "once", "name", "A");
      coupons.add(call("POST", "/v1/coupons", coupon).required("id").asText());
    } else if (codes.isEmpty()) {
      Map<String, Object> promotion = Map.of("type", "coupon", "coupon", coupons.get(0));
      JsonNode code = call("POST", "/v1/promotion_codes", Map.of("promotion", promotion));
      codes.add(code.required("id").asText());
    } else if (random.nextBoolean()) {
      String active = Boolean.toString(random.nextBoolean());
      call("POST", "/v1/promotion_codes/" + codes.remove(0), Map.of("active", active));
    } else if (random.nextBoolean()) {
      call("POST", "/v1/coupons/" + coupons.get(0), Map.of("name", "B" + random.nextInt(9)));
    } else {
      call("DELETE", "/v1/coupons/" + coupons.remove(0), Map.of());
      codes.clear();
    }
  }

  private void tax(String path) {
    List<JsonNode> ids = all(path, Map.of());
    if (ids.isEmpty() || random.nextBoolean()) {
      call("POST", path, Map.of("type", "eu_vat", "value", "DE12345678" + random.nextInt(10)));
    } else {
      call("DELETE", path + "/" + any(ids), Map.of());
    }
  }

  private void card(String customer) {
    List<JsonNode> cards = all("/v1/customers/" + customer + "/payment_methods", Map.of());
    if (cards.isEmpty() || random.nextBoolean()) {
      String card = random.nextBoolean() ? "pm_card_visa" : "pm_card_amex";
      call("POST", "/v1/payment_methods/" + card + "/attach", Map.of("customer", customer));
    } else {
      call("POST", "/v1/payment_methods/" + any(cards) + "/detach", Map.of());
    }
  }
}
