package com.tatame.billing.testkit.eventorder;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the seconds of events tell apart, and what they don't. */
final class AmbiguousTimestamps {
  private static final Map<String, Set<String>> FINAL = Map.of(
      "subscription", Set.of("canceled", "incomplete_expired"),
      "invoice", Set.of("paid", "void"),
      "checkout.session", Set.of("expired", "complete"),
      "payment_intent", Set.of("succeeded", "canceled"),
      "setup_intent", Set.of("succeeded", "canceled"),
      "invoice_payment", Set.of("paid", "canceled"),
      "refund", Set.of("failed", "canceled"));

  private final Map<String, Set<JsonNode>> states = new HashMap<>();
  private boolean difference;

  private AmbiguousTimestamps() {}

  /** Reads events, oldest first. */
  static AmbiguousTimestamps of(List<JsonNode> events) {
    AmbiguousTimestamps seconds = new AmbiguousTimestamps();
    Map<String, Long> last = new HashMap<>();
    for (JsonNode event : events) {
      JsonNode object = object(event);
      if (ProofRun.path(object).isPresent()) {
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
      boolean ended = seen.stream().anyMatch(AmbiguousTimestamps::ended);
      if (seen.size() > 1 && !ended) {
        unclear.add(id);
      }
    });
    return unclear;
  }

  private static boolean ended(JsonNode state) {
    return FINAL
        .getOrDefault(state.path("object").asText(), Set.of())
        .contains(state.path("status").asText());
  }
}
