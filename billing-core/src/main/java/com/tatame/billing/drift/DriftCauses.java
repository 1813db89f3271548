package com.tatame.billing.drift;

import com.tatame.billing.inbox.EventFilter;
import com.tatame.billing.inbox.EventRecord;
import com.tatame.billing.inbox.EventSource;
import com.tatame.billing.inbox.EventSource.Observed;
import com.tatame.billing.inbox.EventStatus;
import com.tatame.billing.inbox.InboxStore;
import com.tatame.billing.observation.Observation.Source;
import com.tatame.billing.projection.Projector;
import com.tatame.billing.projection.RowChange;
import com.tatame.billing.projection.StoredObject;
import com.tatame.billing.projection.SubjectState;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds out from the inbox why a row differs from what the provider holds. */
public final class DriftCauses {
  private static final int MAX_EVENTS = 20;
  private static final Set<String> OF_THE_CATALOG = Set.of("tier", "interval");

  private final InboxStore inbox;
  private final EventSource source;
  private final Projector projector;

  public DriftCauses(InboxStore inbox, EventSource source, Projector projector) {
    this.inbox = inbox;
    this.source = source;
    this.projector = projector;
  }

  Drift.Cause of(String customerId, RowChange row, Differences different) {
    Optional<Drift.Cause> shown = different.cause(row);
    if (shown.isPresent()) {
      return shown.get();
    }
    Set<String> fields = new HashSet<>(row.before().keySet());
    fields.addAll(row.after().keySet());
    if (row.kind().equals("entitlement") || OF_THE_CATALOG.containsAll(fields)) {
      return Drift.Cause.DERIVED;
    }
    EventFilter lane = EventFilter.ALL.withLane(customerId);
    if (!inbox.events(lane.withStatus(EventStatus.DEAD), Optional.empty(), 1).isEmpty()) {
      return Drift.Cause.DEAD_LETTER;
    }
    if (!isTold(row, inbox.events(lane, Optional.empty(), MAX_EVENTS))) {
      return Drift.Cause.EVENT_MISSED;
    }
    return wasRead(row, different.known()) ? Drift.Cause.ROW_ALTERED : Drift.Cause.NOT_READ;
  }

  private static boolean wasRead(RowChange row, SubjectState known) {
    return known.rows().entrySet().stream()
        .filter(entry -> entry.getKey().id().equals(row.id()))
        .map(Map.Entry::getValue)
        .map(StoredObject::source)
        .anyMatch(Source.READ::equals);
  }

  /** Whether one of these events says of the row what the provider says. */
  private boolean isTold(RowChange row, List<EventRecord> events) {
    return events.stream()
        .flatMap(event -> inbox.find(event.id()).flatMap(stored -> stored.payload()).stream())
        .map(source::translate)
        .filter(Observed.class::isInstance)
        .flatMap(told -> ((Observed) told).observations().stream())
        .filter(seen -> seen.object().id().equals(row.id()))
        .map(seen -> RowChange.of(
            SubjectState.nothing(seen.subject()),
            projector.project(SubjectState.nothing(seen.subject()), List.of(seen), seen.asOf())))
        .flatMap(List::stream)
        .filter(told -> told.kind().equals(row.kind()))
        .anyMatch(told -> told.after().entrySet().containsAll(row.after().entrySet()));
  }
}
