package com.tatame.billing.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.eventorder.ProviderTruth;
import java.util.List;
import java.util.Map;

/** The provider's own state, read from its JSON and through nothing that a gateway uses. */
final class SimulatorReads {
  private SimulatorReads() {}

  static JsonNode call(BillingWorld world, Request request) {
    return ProviderTruth.call(world.engine(), request);
  }

  /** All objects of a list, newest first. */
  static List<JsonNode> all(BillingWorld world, String path, Map<String, Object> filter) {
    return ProviderTruth.all(world.engine(), path, filter);
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
    return ProviderTruth.of(world.engine()).rows();
  }
}
