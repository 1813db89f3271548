package com.tatame.billing.simulator.engine;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds the JSON that Stripe's objects have in common. */
final class Json {
  /** What only older API versions show of an object; every answer takes it in or drops it. */
  static final String OLDER = "_older";

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private Json() {}

  static ObjectNode object() {
    return NODES.objectNode();
  }

  static ArrayNode array() {
    return NODES.arrayNode();
  }

  static ObjectNode object(String kind, StripeObject source) {
    return object()
        .put("id", source.id)
        .put("object", kind)
        .put("created", source.created)
        .put("livemode", false)
        .set("metadata", map(source.metadata));
  }

  static ObjectNode nulls(ObjectNode node, String... names) {
    for (String name : names) {
      node.putNull(name);
    }
    return node;
  }

  static ObjectNode map(Map<String, String> values) {
    ObjectNode node = object();
    values.forEach(node::put);
    return node;
  }

  static ArrayNode texts(Collection<String> values) {
    ArrayNode node = array();
    values.forEach(node::add);
    return node;
  }

  static ObjectNode list(ArrayNode data, boolean hasMore, String url) {
    ObjectNode node = object().put("object", "list");
    node.set("data", data);
    return node.put("has_more", hasMore).put("url", url);
  }

  static ObjectNode address(@Nullable Map<String, String> address) {
    ObjectNode node = nulls(object(), "city", "country", "line1", "line2", "postal_code", "state");
    if (address != null) {
      address.forEach((key, value) -> node.put(key, value.isEmpty() ? null : value));
    }
    return node;
  }
}
