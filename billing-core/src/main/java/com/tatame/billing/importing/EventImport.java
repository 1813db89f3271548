package com.tatame.billing.importing;

import com.tatame.billing.inbox.EventSource;
import com.tatame.billing.inbox.InboxStore;
import com.tatame.billing.inbox.ReceivedEvent;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Puts events that were kept by others into the inbox, from where they take their usual way. */
public final class EventImport {
  static final int PAGE = 100;

  private static final String WHAT = "webhook_events";

  private final EventSource source;
  private final InboxStore inbox;
  private final InstantSource wallClock;

  public EventImport(EventSource source, InboxStore inbox, InstantSource wallClock) {
    this.source = source;
    this.inbox = inbox;
    this.wallClock = wallClock;
  }

  ImportCounts take(List<Map<String, String>> rows, EventColumns columns, boolean dryRun) {
    ImportCounts tally = new ImportCounts();
    List<ReceivedEvent> events = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (Map<String, String> row : rows) {
      String id = row.getOrDefault(columns.id(), "");
      Optional<String> payload = columns.payload().map(row::get).filter(text -> !text.isBlank());
      if (payload.isEmpty()) {
        // Its content is learnt from reading the objects that it was about.
        tally.skipped(WHAT);
        continue;
      }
      Optional<ReceivedEvent> event =
          payload.flatMap(source::kept).filter(kept -> kept.id().equals(id));
      if (event.isEmpty()) {
        tally.refused(
            id, columns.payload().orElse("") + " is not this event as the provider sent it");
      } else if (ids.add(id)) {
        events.add(event.get());
      } else {
        tally.present(WHAT);
      }
    }
    Set<String> fresh = events.isEmpty() ? Set.of() : fresh(events, dryRun);
    for (ReceivedEvent event : events) {
      if (fresh.contains(event.id())) {
        tally.created(WHAT);
      } else {
        tally.present(WHAT);
      }
    }
    return tally;
  }

  private Set<String> fresh(List<ReceivedEvent> events, boolean dryRun) {
    if (!dryRun) {
      return inbox.ingest(events, wallClock.instant());
    }
    Set<String> fresh = new HashSet<>();
    events.stream()
        .map(ReceivedEvent::id)
        .filter(id -> inbox.find(id).isEmpty())
        .forEach(fresh::add);
    return fresh;
  }
}
