package com.tatame.billing.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.command.CommandTraces;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Looks through the simulated account's lists for what a command did. */
final class SimulatedTraces implements CommandTraces {
  private final SimulatedCalls calls;

  SimulatedTraces(SimulatedCalls calls) {
    this.calls = calls;
  }

  @Override
  public Optional<ObjectRef> made(
      ObjectKind kind, Optional<String> owner, String commandId, Instant since) {
    Map<String, Object> filter = since(since);
    switch (kind) {
      case CUSTOMER -> {}
      case REFUND -> filter.put("payment_intent", named(kind, owner));
      case CHECKOUT_SESSION,
          SUBSCRIPTION,
          INVOICE,
          PAYMENT_INTENT,
          SETUP_INTENT,
          SUBSCRIPTION_SCHEDULE -> filter.put("customer", named(kind, owner));
      default -> throw new IllegalArgumentException("no " + kind + " carries a command");
    }
    if (kind == ObjectKind.SUBSCRIPTION) {
      filter.put("status", "all");
    }
    return first(
            SimulatedReads.path(kind),
            filter,
            object -> commandId.equals(
                object.path("metadata").path(ProviderRecords.COMMAND).asText()))
        .map(object -> ref(kind, object));
  }

  @Override
  public Optional<ObjectRef> changed(ObjectKind kind, String idempotencyKey, Instant since) {
    return first("/v1/events", since(since), event -> {
          String key = event.path("request").path("idempotency_key").asText();
          return SimulatedEvents.kind(ProviderRecords.text(event, "type"))
                  .filter(kind::equals)
                  .isPresent()
              && (key.equals(idempotencyKey) || key.startsWith(idempotencyKey + ":"));
        })
        .map(event -> ref(kind, event.path("data").path("object")));
  }

  private static Map<String, Object> since(Instant since) {
    return new HashMap<>(Map.of("created", Map.of("gte", Long.toString(since.getEpochSecond()))));
  }

  private Optional<JsonNode> first(
      String path, Map<String, Object> filter, Predicate<JsonNode> isIt) {
    List<JsonNode> found = new ArrayList<>();
    calls.list(path, filter, page -> {
      for (JsonNode object : page.body().path("data")) {
        if (isIt.test(object)) {
          found.add(object);
        }
      }
      return found.isEmpty();
    });
    return found.stream().findFirst();
  }

  private static ObjectRef ref(ObjectKind kind, JsonNode object) {
    return new ObjectRef(kind, ProviderRecords.text(object, "id"));
  }

  private static String named(ObjectKind kind, Optional<String> owner) {
    return owner.orElseThrow(() -> new IllegalArgumentException("whose " + kind + "?"));
  }
}
