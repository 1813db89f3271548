package com.tatame.billing.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.PlanPrice;
import com.tatame.billing.testkit.simulator.StripeSimulator;
import com.tatame.billing.testkit.simulator.engine.Answer;
import com.tatame.billing.testkit.simulator.engine.Request;
import java.util.List;
import java.util.Map;

/** Puts a catalog's products and prices into a simulated account; what is there already stays. */
final class CatalogSeeding {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int NOT_FOUND = 404;

  private final StripeSimulator simulator;

  private CatalogSeeding(StripeSimulator simulator) {
    this.simulator = simulator;
  }

  static void seed(StripeSimulator simulator, Catalog catalog) {
    CatalogSeeding seeding = new CatalogSeeding(simulator);
    catalog.plans().stream().filter(plan -> !plan.prices().isEmpty()).forEach(seeding::sell);
  }

  private void sell(Plan plan) {
    String product = "prod_" + plan.tier();
    if (call("GET", "/v1/products/" + product, Map.of()).status() == NOT_FOUND) {
      done(call(
          "POST",
          "/v1/products",
          Map.of("id", product, "name", plan.name(), "metadata", Map.of("tier", plan.tier()))));
    }
    plan.prices().forEach((interval, price) -> sell(product, interval, price));
  }

  private void sell(String product, BillingInterval interval, PlanPrice price) {
    JsonNode known =
        done(call("GET", "/v1/prices", Map.of("lookup_keys", List.of(price.lookupKey()))));
    if (known.path("data").isEmpty()) {
      done(call(
          "POST",
          "/v1/prices",
          Map.of(
              "product",
              product,
              "currency",
              price.price().currency(),
              "unit_amount",
              Long.toString(price.price().amount()),
              "lookup_key",
              price.lookupKey(),
              "recurring",
              Map.of("interval", interval == BillingInterval.MONTHLY ? "month" : "year"))));
    }
  }

  private Answer call(String method, String path, Map<String, Object> parameters) {
    return simulator.call(Request.of(method, path, parameters));
  }

  private static JsonNode done(Answer answer) {
    if (answer.status() >= 400) {
      throw new IllegalStateException("the catalog can't be put on sale: " + answer.body());
    }
    try {
      return JSON.readTree(answer.body());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the simulator answered no JSON", e);
    }
  }
}
