package com.tatame.billing.inbox;

import com.tatame.billing.audit.AuditAction;
import com.tatame.billing.audit.AuditChange;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.inbox.EventSource.Irrelevant;
import com.tatame.billing.inbox.EventSource.Malformed;
import com.tatame.billing.inbox.EventSource.Observed;
import com.tatame.billing.inbox.EventSource.Translation;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.Projection;
import com.tatame.billing.projection.Projections;
import com.tatame.billing.projection.RowChange;
import com.tatame.billing.projection.SubjectState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Use cases: events from the provider, in; and how they are doing. */
public final class Webhooks {
  /** Most events that a preview shows. */
  public static final int MAX_PREVIEW = 50;

  private final EventSource source;
  private final InboxStore inbox;
  private final Projections projections;
  private final WorkerSignals workers;
  private final SharedIngest events;

  /**
   * @param onArrival applies events as they are stored, as far as they alone tell; empty leaves all
   *     of them to workers
   */
  public Webhooks(
      EventSource source,
      InboxStore inbox,
      Projections projections,
      Optional<ProjectedIngest> onArrival,
      InboxListener listener,
      WorkerSignals workers) {
    this.source = source;
    this.inbox = inbox;
    this.projections = projections;
    this.workers = workers;
    this.events = new SharedIngest(
        onArrival.<Ingest>map(ingest -> ingest).orElse(this::storeForWorkers),
        this::storeForWorkers,
        projections.clocks().wall(),
        listener);
  }

  /** A stored event. */
  public record Receipt(String eventId, boolean duplicate) {}

  /**
   * Stores an event durably. When this returns, the provider may be answered; when it throws,
   * nothing was stored, or it was and will be known as a duplicate.
   *
   * @param body the raw bytes of the request
   * @param signatureHeader as received
   * @throws com.tatame.billing.failure.InvalidSignature if it can't be trusted
   * @throws com.tatame.billing.failure.StoreUnavailable if it could not be stored, also because more
   *     events arrive than the database takes; the provider will send it again
   */
  public Receipt receive(byte[] body, String signatureHeader) {
    ReceivedEvent event = source.verify(body, signatureHeader);
    return new Receipt(event.id(), !events.store(event));
  }

  /**
   * As {@link #receive}, without keeping the caller's thread until the event is stored: so a server
   * ingests as many at a time as share a commit.
   *
   * @return the receipt or, as its failure, {@code StoreUnavailable}; completed by the thread that stored
   *     the event with others, which must not be kept waiting
   * @throws com.tatame.billing.failure.InvalidSignature if it can't be trusted
   */
  public CompletableFuture<Receipt> receiveAsync(byte[] body, String signatureHeader) {
    ReceivedEvent event = source.verify(body, signatureHeader);
    return events.submit(event).thenApply(fresh -> new Receipt(event.id(), !fresh));
  }

  private Set<String> storeForWorkers(List<ReceivedEvent> events, Instant receivedAt) {
    Set<String> fresh = inbox.ingest(events, receivedAt);
    if (!fresh.isEmpty()) {
      workers.wake();
    }
    return fresh;
  }

  public InboxStatus status() {
    return inbox.status();
  }

  /** Stored events, as {@link InboxStore#events}. */
  public List<EventRecord> events(EventFilter filter, Optional<String> before, int limit) {
    return inbox.events(filter, before, limit);
  }

  /**
   * One stored event with its payload and its history.
   *
   * @throws NotFound if there is none
   */
  public StoredEvent event(String id) {
    return inbox.find(id).orElseThrow(() -> new NotFound("event", id));
  }

  /**
   * Has events processed once more. An old event can't undo what is newer: it passes the same rules
   * as at its first time.
   *
   * @return how many wait to be processed now; those that are being processed at this moment, and
   *     those whose payload was pruned, are not among them
   * @throws NotFound if one event was asked for and there is none
   */
  public long replay(ReplaySelection selection) {
    if (selection instanceof ReplaySelection.One one) {
      event(one.id());
    }
    long replayed = 0;
    Optional<Long> part = Optional.of(0L);
    while (part.isPresent()) {
      Instant now = projections.clocks().wallNow();
      ReplayBatch batch =
          inbox.replay(selection, part.get(), InboxStore.MAX_REPLAY, now, replayed(selection, now));
      replayed += batch.ids().size();
      part = batch.next();
    }
    if (replayed > 0) {
      workers.wake();
    }
    return replayed;
  }

  private static AuditEntry replayed(ReplaySelection selection, Instant now) {
    Map<String, String> after = new HashMap<>();
    String target = "dead";
    if (selection instanceof ReplaySelection.One one) {
      target = one.id();
    } else if (selection instanceof ReplaySelection.Received range) {
      target = "received";
      after.put("from", range.from().toString());
      after.put("to", range.until().toString());
      range.type().ifPresent(type -> after.put("type", type));
    }
    return AuditEntry.of(
        now,
        AuditAction.REPLAY_EVENTS.code(),
        Optional.empty(),
        target,
        AuditChange.created(after));
  }

  /**
   * Tells what a replay would change, and changes nothing.
   *
   * @return of the newest {@link #MAX_PREVIEW} events of the selection, each on its own
   * @throws NotFound if one event was asked for and there is none
   */
  public List<ReplayPreview> preview(ReplaySelection selection) {
    return selected(selection).stream().map(this::preview).toList();
  }

  private List<StoredEvent> selected(ReplaySelection selection) {
    if (selection instanceof ReplaySelection.One one) {
      return List.of(event(one.id()));
    }
    return inbox.events(filter(selection), Optional.empty(), MAX_PREVIEW).stream()
        .flatMap(event -> inbox.find(event.id()).stream())
        .toList();
  }

  private static EventFilter filter(ReplaySelection selection) {
    if (selection instanceof ReplaySelection.Received range) {
      EventFilter received =
          EventFilter.ALL.receivedFrom(range.from()).receivedBefore(range.until());
      return range.type().map(received::withType).orElse(received);
    }
    return EventFilter.ALL.withStatus(EventStatus.DEAD);
  }

  private ReplayPreview preview(StoredEvent stored) {
    EventRecord event = stored.event();
    if (stored.payload().isEmpty()) {
      return nothing(event, "its payload was pruned");
    }
    Translation translation = source.translate(stored.payload().get());
    if (translation instanceof Observed observed) {
      return preview(event, observed.observations());
    }
    return nothing(
        event,
        translation instanceof Malformed malformed
            ? malformed.reason()
            : ((Irrelevant) translation).reason());
  }

  private ReplayPreview preview(EventRecord event, List<Observation> observations) {
    List<RowChange> changes = new ArrayList<>();
    int reads = 0;
    var known = projections.load(observations);
    for (SubjectId subject :
        observations.stream().map(Observation::subject).distinct().toList()) {
      SubjectState before = known.getOrDefault(subject, SubjectState.nothing(subject));
      Projection projection = projections.project(
          before, observations.stream().filter(o -> o.subject().equals(subject)).toList());
      changes.addAll(RowChange.of(before, projection));
      reads += (int) projection.changes().stream()
          .filter(change -> change instanceof Change.RequireRead)
          .count();
    }
    return new ReplayPreview(event.id(), event.type(), changes, reads, Optional.empty());
  }

  private static ReplayPreview nothing(EventRecord event, String problem) {
    return new ReplayPreview(event.id(), event.type(), List.of(), 0, Optional.of(problem));
  }
}
