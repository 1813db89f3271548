package com.tatame.billing.testkit;

import com.tatame.billing.catalog.Recurrence;
import com.tatame.billing.testkit.simulator.engine.Answer;
import com.tatame.billing.testkit.simulator.engine.Request;
import java.util.Map;
import java.util.function.Function;

/** Puts products and prices into a simulated account. */
final class SimulatedCatalog {
  private final Function<Request, Answer> api;

  SimulatedCatalog(Function<Request, Answer> api) {
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

  private String created(String path, Map<String, Object> parameters) {
    Answer answer = api.apply(Request.of("POST", path, parameters));
    return SimulatedCalls.parse(answer.body()).required("id").asText();
  }
}
