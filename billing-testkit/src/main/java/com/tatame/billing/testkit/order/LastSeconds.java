package com.tatame.billing.testkit.order;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the seconds of events tell apart, and what they don't. */
final class LastSeconds {
  private static final Set<String> FINAL =
      Set.of("canceled", "incomplete_expired", "paid", "void", "expired", "complete");
  private static final Set<String> KINDS =
      Set.of("customer", "subscription", "invoice", "checkout.session", "product", "price");

  private final Map<String, Set<JsonNode>> states = new HashMap<>();
  private boolean difference;

  private LastSeconds() {}

  /** Reads events, oldest first. */
  static LastSeconds of(List<JsonNode> events) {
    LastSeconds seconds = new LastSeconds();
    Map<String, Long> last = new HashMap<>();
    for (JsonNode event : events) {
      JsonNode object = object(event);
      if (KINDS.contains(object.path("object").asText())) {
        String id = object.required("id").asText();
        long second = event.required("created").asLong();
        if (second > last.getOrDefault(id, Long.MIN_VALUE)) {
          last.put(id, second);
          seconds.states.remove(id);
        }
        Set<JsonNode> seen = seconds.states.computeIfAbsent(id, first -> new HashSet<>());
        seen.add(object);
        seconds.difference |= seen.size() > 1;
      }
    }
    return seconds;
  }

  static JsonNode object(JsonNode event) {
    return event.required("data").required("object");
  }

  /** Whether any second saw an object in two states. */
  boolean anyDifference() {
    return difference;
  }

  /** Objects whose last second saw them in more than one state, none of them final. */
  Set<String> unclear() {
    Set<String> unclear = new HashSet<>();
    states.forEach((id, seen) -> {
      boolean ended =
          seen.stream().anyMatch(state -> FINAL.contains(state.path("status").asText()));
      if (seen.size() > 1 && !ended) {
        unclear.add(id);
      }
    });
    return unclear;
  }
}
