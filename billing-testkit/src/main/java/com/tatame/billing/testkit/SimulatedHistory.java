package com.tatame.billing.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.inbox.EventHistory;
import com.tatame.billing.inbox.ReceivedEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The simulated account's own list of its events. */
final class SimulatedHistory implements EventHistory {
  private final SimulatedCalls calls;

  SimulatedHistory(SimulatedCalls calls) {
    this.calls = calls;
  }

  @Override
  public void since(Instant created, Consumer<List<ReceivedEvent>> page) {
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("limit", "100");
    parameters.put("created", Map.of("gte", Long.toString(created.getEpochSecond())));
    boolean more = true;
    while (more) {
      JsonNode list = calls.get("/v1/events", parameters).body();
      List<ReceivedEvent> events = new ArrayList<>();
      list.path("data")
          .forEach(event -> events.add(SimulatedEvents.received(event, event.toString())));
      more = list.path("has_more").asBoolean();
      if (!events.isEmpty()) {
        parameters.put("starting_after", events.get(events.size() - 1).id());
        page.accept(events);
      }
    }
  }
}
