package com.tatame.billing.testkit.eventorder;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.simulator.engine.ApiResponse;
import com.tatame.billing.simulator.engine.Engine;
import com.tatame.billing.simulator.engine.PageForm;
import com.tatame.billing.simulator.engine.Request;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/** People who buy, pay, cancel, owe and leave, at the provider itself. */
final class Story {
  private static final int MAX_CUSTOMERS = 4;
  private static final List<String> CARDS = List.of(
      "4242424242424242",
      "4242424242424242",
      "4000000000000341",
      "4000000000000341",
      "4000000000000259",
      "4000000000000002");

  private final Engine engine;
  private final RandomGenerator random;
  private final Trace trace;
  private final long seed;
  private final SecondaryObjectStory rarer;
  private final List<String> prices = new ArrayList<>();
  private final List<String> customers = new ArrayList<>();
  private final List<String> sessions = new ArrayList<>();
  private boolean unmapped;
  private int steps;

  Story(Engine engine, RandomGenerator random, Trace trace, long seed) {
    this.engine = engine;
    this.random = random;
    this.trace = trace;
    this.seed = seed;
    rarer = new SecondaryObjectStory(engine, random, trace);
  }

  boolean unmapped() {
    return unmapped;
  }

  /** A first customer buys, so that no story is empty. */
  void begin() {
    ProviderTruth.all(engine, "/v1/prices", Map.of())
        .forEach(price -> prices.add(price.required("id").asText()));
    customer();
    session();
    pay();
  }

  /** One thing happens. */
  void act() {
    switch (random.nextInt(18)) {
      case 0 -> customer();
      case 1, 2 -> session();
      case 3, 4, 5 -> pay();
      case 6 -> steer("DELETE", Map.of());
      case 7 -> steer("POST", Map.of("cancel_at_period_end", "true"));
      case 8 -> steer("POST", Map.of("cancel_at_period_end", "false"));
      case 9 -> steer("POST", Map.of("pause_collection", pause()));
      case 10 -> steer("POST", Map.of("trial_end", "now"));
      case 11 -> payWhatIsOwed();
      case 12 -> edit();
      case 13 -> rename();
      case 14, 15, 16 -> rarer.act(customers);
      default -> leave();
    }
  }

  private Object pause() {
    return random.nextBoolean() ? Map.of("behavior", "void") : "";
  }

  private <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private String word() {
    return "w" + steps++;
  }

  private JsonNode call(String method, String path, Map<String, Object> parameters) {
    ApiResponse answer = engine.call(Request.of(method, path, parameters));
    trace.add("provider: " + method + " " + path + " " + parameters + " " + answer.status());
    return ProviderTruth.parse(answer.body());
  }

  private void customer() {
    if (customers.size() == MAX_CUSTOMERS) {
      edit();
      return;
    }
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("email", word() + "@example.com");
    if (random.nextInt(4) == 0) {
      unmapped = true;
    } else {
      String account = "user_" + seed + "_" + customers.size();
      parameters.put("metadata", Map.of("billing_account", account));
    }
    customers.add(call("POST", "/v1/customers", parameters).required("id").asText());
  }

  private void session() {
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("mode", "subscription");
    parameters.put("line_items", List.of(Map.of("price", any(prices), "quantity", "1")));
    parameters.put("success_url", "https://shop.example.com/thanks");
    if (random.nextInt(6) > 0) {
      parameters.put("customer", any(customers));
    }
    if (random.nextBoolean()) {
      parameters.put("subscription_data", Map.of("trial_period_days", any(List.of("1", "7"))));
    }
    JsonNode session = call("POST", "/v1/checkout/sessions", parameters);
    if (session.has("id")) {
      sessions.add(session.required("id").asText());
    }
  }

  private void pay() {
    if (!sessions.isEmpty()) {
      String session = any(sessions);
      PageForm form = new PageForm("ada@example.com", any(CARDS), "12 / 39", "123", "Ada");
      boolean open = call("GET", "/v1/checkout/sessions/" + session, Map.of())
          .required("status")
          .asText()
          .equals("open");
      if (open) {
        trace.add(
            "pays " + session + ", refused: " + engine.submit(session, form).orElse("no"));
      }
      JsonNode after = call("GET", "/v1/checkout/sessions/" + session, Map.of());
      String customer = after.required("customer").asText();
      if (!after.required("customer").isNull() && !customers.contains(customer)) {
        unmapped = true;
        customers.add(customer);
      }
    }
  }

  private void steer(String method, Map<String, Object> parameters) {
    List<String> live = new ArrayList<>();
    Set<String> over = Set.of("canceled", "incomplete_expired");
    call("GET", "/v1/subscriptions", Map.of("status", "all", "limit", "100"))
        .required("data")
        .forEach(subscription -> {
          if (!over.contains(subscription.required("status").asText())) {
            live.add(subscription.required("id").asText());
          }
        });
    if (!live.isEmpty()) {
      call(method, "/v1/subscriptions/" + any(live), parameters);
    }
  }

  private void payWhatIsOwed() {
    JsonNode open = call("GET", "/v1/invoices", Map.of("status", "open")).required("data");
    if (!open.isEmpty()) {
      JsonNode invoice = open.get(random.nextInt(open.size()));
      String customer = invoice.required("customer").asText();
      String card = call(
              "POST", "/v1/payment_methods/pm_card_visa/attach", Map.of("customer", customer))
          .path("id")
          .asText();
      call(
          "POST",
          "/v1/customers/" + customer,
          Map.of("invoice_settings", Map.of("default_payment_method", card)));
      call(
          "POST",
          "/v1/invoices/" + invoice.required("id").asText() + "/pay",
          Map.of("payment_method", card));
    }
  }

  private void edit() {
    String path = "/v1/customers/" + any(customers);
    call("POST", path, Map.of("name", word()));
    if (random.nextBoolean()) {
      call("POST", path, Map.of(any(List.of("email", "name", "phone")), word() + "@example.com"));
    }
  }

  private void rename() {
    if (random.nextBoolean()) {
      JsonNode products = call("GET", "/v1/products", Map.of()).required("data");
      JsonNode product = products.get(random.nextInt(products.size()));
      call("POST", "/v1/products/" + product.required("id").asText(), Map.of("name", word()));
    } else {
      String active = Boolean.toString(random.nextBoolean());
      call("POST", "/v1/prices/" + any(prices), Map.of("active", active));
    }
  }

  private void leave() {
    if (customers.size() > 1) {
      call("DELETE", "/v1/customers/" + any(customers), Map.of());
    }
  }
}
