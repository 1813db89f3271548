package com.tatame.billing.simulator.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** Events and the endpoints that receive them. */
final class EventJson {
  private EventJson() {}

  static ObjectNode event(StripeEvent event, ApiVersion version, int pendingWebhooks) {
    ObjectNode node = Json.object("event", event)
        .put("api_version", version.name())
        .put("pending_webhooks", pendingWebhooks)
        .put("type", event.type);
    node.remove("metadata");
    JsonNode object = translated(event.object, version);
    ObjectNode data = node.putObject("data");
    data.set("object", object);
    if (event.before != null) {
      data.set(
          "previous_attributes",
          ApiVersion.previousAttributes(translated(event.before, version), object));
    }
    node.putObject("request")
        .put("id", event.requestId)
        .put("idempotency_key", event.idempotencyKey);
    return node;
  }

  private static JsonNode translated(@Nullable ObjectNode snapshot, ApiVersion version) {
    return version.translate(snapshot == null ? Json.object() : snapshot);
  }

  static ObjectNode endpoint(WebhookEndpoint endpoint) {
    ObjectNode node = Json.object("webhook_endpoint", endpoint)
        .put("api_version", endpoint.apiVersion)
        .put("description", endpoint.description)
        .put("status", endpoint.enabled ? "enabled" : "disabled")
        .put("url", endpoint.url);
    node.set("enabled_events", Json.texts(endpoint.enabledEvents));
    return node.putNull("application");
  }
}
