package com.tatame.billing.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.inbox.Attempt;
import com.tatame.billing.inbox.ClaimedEvent;
import com.tatame.billing.inbox.EventFilter;
import com.tatame.billing.inbox.EventOutcome;
import com.tatame.billing.inbox.EventRecord;
import com.tatame.billing.inbox.EventStatus;
import com.tatame.billing.inbox.InboxStatus;
import com.tatame.billing.inbox.InboxStore;
import com.tatame.billing.inbox.ProjectedBatch;
import com.tatame.billing.inbox.ReceivedEvent;
import com.tatame.billing.inbox.ReplayBatch;
import com.tatame.billing.inbox.ReplaySelection;
import com.tatame.billing.inbox.StoredEvent;
import com.tatame.billing.projection.ClaimId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The inbox behind its functions. */
final class InboxFunctions implements InboxStore {
  private final Functions functions;
  private final AuditFunctions audited;

  InboxFunctions(Functions functions, AuditFunctions audited) {
    this.functions = functions;
    this.audited = audited;
  }

  @Override
  public Set<String> ingest(List<ReceivedEvent> events, Instant receivedAt) {
    if (events.isEmpty()) {
      return Set.of();
    }
    return ids(new Rows(functions.call(
        "ingest_events_v1",
        Row.empty()
            .with("received_at", receivedAt)
            .with("events", events.stream().map(InboxFunctions::row).toList()),
        payloads(events))));
  }

  private static Row row(ReceivedEvent event) {
    return Row.empty()
        .with("id", event.id())
        .with("type", event.type())
        .with("created_at", event.createdAt())
        .with("live", event.live())
        .with("provider_account", event.providerAccount())
        .with("api_version", event.apiVersion())
        .with("lane", event.lane());
  }

  private static List<String> payloads(List<ReceivedEvent> events) {
    return events.stream().map(ReceivedEvent::payload).toList();
  }

  @Override
  public ProjectedBatch.Stored ingestAndApply(ProjectedBatch batch, Instant receivedAt) {
    if (batch.events().isEmpty()) {
      return new ProjectedBatch.Stored(Set.of(), Set.of());
    }
    Map<String, Integer> units = new HashMap<>();
    for (int number = 0; number < batch.projected().size(); number++) {
      for (String id : batch.projected().get(number).eventIds()) {
        units.put(id, number);
      }
    }
    Row document = UnitRows.document(
        batch.projected().stream().map(ProjectedBatch.ProjectedUnit::unit).toList(), receivedAt);
    Row stored = new Row(functions.call(
        "receive_events_v1",
        document.with(
            "received",
            batch.events().stream()
                .map(event -> row(event)
                    .with("u", Optional.ofNullable(units.get(event.id())))
                    .with("ignored", Optional.ofNullable(batch.ignored().get(event.id()))))
                .toList()),
        payloads(batch.events())));
    return new ProjectedBatch.Stored(ids(stored.rows("fresh")), ids(stored.rows("waiting")));
  }

  private static Set<String> ids(Rows stored) {
    Set<String> ids = new HashSet<>();
    for (JsonNode id : stored.json()) {
      ids.add(id.textValue());
    }
    return ids;
  }

  @Override
  public List<ClaimedEvent> claim(ClaimId claim, int max, Instant now, Duration lease) {
    if (max < 1 || max > MAX_CLAIM) {
      throw new IllegalArgumentException("max must be from 1 to " + MAX_CLAIM + ": " + max);
    }
    Row asked = Row.empty()
        .with("claim", claim.value())
        .with("max", max)
        .with("now", now)
        .with("lease_until", now.plus(lease));
    return functions
        .rows("claim_events_v1", asked)
        .map(row -> new ClaimedEvent(
            row.number("seq"),
            row.text("id"),
            row.text("type"),
            row.text("payload"),
            row.instant("received_at"),
            row.integer("attempts"),
            row.integer("abandoned")));
  }

  @Override
  public Set<Long> settle(ClaimId claim, List<EventOutcome> settlements, Instant now) {
    if (settlements.isEmpty()) {
      return Set.of();
    }
    Rows lost = functions.rows(
        "settle_events_v1",
        Row.empty()
            .with("claim", claim.value())
            .with("now", now)
            .with("settlements", settlements.stream().map(InboxFunctions::row).toList()));
    Set<Long> seqs = new HashSet<>();
    for (JsonNode seq : lost.json()) {
      seqs.add(seq.longValue());
    }
    return seqs;
  }

  private static Row row(EventOutcome settlement) {
    Row row = Row.empty().with("seq", settlement.seq());
    if (settlement instanceof EventOutcome.Ignored ignored) {
      return row.with("outcome", "ignored").with("message", ignored.reason());
    } else if (settlement instanceof EventOutcome.Retry retry) {
      return row.with("outcome", "retry")
          .with("not_before", retry.notBefore())
          .with("message", retry.error());
    } else if (settlement instanceof EventOutcome.Dead dead) {
      return row.with("outcome", "dead").with("message", dead.error());
    } else if (settlement instanceof EventOutcome.Release) {
      return row.with("outcome", "release");
    }
    throw new IllegalArgumentException(
        "unknown settlement " + settlement.getClass().getName());
  }

  @Override
  public InboxStatus status() {
    Row row = new Row(functions.call("inbox_status_v1", Row.empty()));
    return new InboxStatus(
        row.number("backlog"),
        row.optionalInstant("oldest_received_at"),
        row.number("retrying"),
        row.number("dead"),
        row.number("pending_reads"),
        row.optionalInstant("oldest_pending_read"),
        row.number("failed_lately"),
        row.number("received_lately"),
        row.optionalInstant("last_received_at"));
  }

  @Override
  public List<EventRecord> events(EventFilter filter, Optional<String> before, int limit) {
    Page.check(limit);
    Row asked = Row.empty()
        .with("status", filter.status().map(EventStatus::code))
        .with("type", filter.type())
        .with("lane", filter.lane())
        .with("from", filter.from())
        .with("until", filter.until())
        .with("before", before)
        .with("limit", limit);
    return functions.rows("stored_events_v1", asked).map(InboxFunctions::event);
  }

  private static EventRecord event(Row row) {
    return new EventRecord(
        row.text("stripe_event_id"),
        row.text("event_type"),
        row.constant("status", EventStatus.class),
        row.integer("retry_count"),
        row.optionalInstant("next_attempt_at"),
        row.optionalText("error"),
        row.flag("livemode"),
        row.optionalText("api_version"),
        row.optionalText("lane"),
        row.instant("received_at"),
        row.optionalInstant("processed_at"));
  }

  @Override
  public Optional<StoredEvent> find(String id) {
    return functions
        .row("find_event_v1", Row.empty().with("id", id))
        .map(row -> new StoredEvent(
            event(row),
            row.optionalText("raw_data"),
            row.rows("history").map(InboxFunctions::attempt)));
  }

  private static Attempt attempt(Row row) {
    return new Attempt(
        row.instant("at"),
        row.constant("outcome", Attempt.Outcome.class),
        row.optionalText("message"));
  }

  @Override
  public ReplayBatch replay(
      ReplaySelection selection, long after, int max, Instant now, AuditEntry audit) {
    checkPart(max);
    Row part = row(selection).with("after", after).with("max", max).with("now", now);
    Row answer = new Row(audited.call(audit, "ids", "replay_events_v1", part));
    List<String> ids = new ArrayList<>();
    answer.json().required("ids").forEach(id -> ids.add(id.textValue()));
    return new ReplayBatch(ids, answer.optionalNumber("next"));
  }

  private static Row row(ReplaySelection selection) {
    if (selection instanceof ReplaySelection.One one) {
      return Row.empty().with("id", one.id());
    } else if (selection instanceof ReplaySelection.DeadLetters) {
      return Row.empty().with("dead", true);
    } else if (selection instanceof ReplaySelection.Received received) {
      return Row.empty()
          .with("from", received.from())
          .with("until", received.until())
          .with("type", received.type());
    }
    throw new IllegalArgumentException(
        "unknown selection " + selection.getClass().getName());
  }

  @Override
  public int prune(Instant receivedBefore, int max) {
    checkPart(max);
    return functions
        .call(
            "prune_events_v1",
            Row.empty().with("received_before", receivedBefore).with("max", max))
        .intValue();
  }

  private static void checkPart(int max) {
    if (max < 1 || max > MAX_REPLAY) {
      throw new IllegalArgumentException("max must be from 1 to " + MAX_REPLAY + ": " + max);
    }
  }
}
