package com.tatame.billing.drift;

import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.inbox.EventFilter;
import com.tatame.billing.inbox.EventStatus;
import com.tatame.billing.inbox.InboxStore;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectReads;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.CommitResult;
import com.tatame.billing.projection.Projection;
import com.tatame.billing.projection.ProjectionStore;
import com.tatame.billing.projection.Projector;
import com.tatame.billing.projection.RowChange;
import com.tatame.billing.projection.StoredObject;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.projection.SubjectState;
import com.tatame.billing.projection.Unit;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Compares all that is stored of one customer with what the provider holds of it. */
public final class Comparison {
  private static final int RECENT = 20;
  private static final Set<EventStatus> WAITING =
      Set.of(EventStatus.RECEIVED, EventStatus.PROCESSING, EventStatus.RETRYING);

  private final DriftStore drift;
  private final ProjectionStore rows;
  private final InboxStore inbox;
  private final Projector projector;
  private final ObjectReads reads;
  private final ProviderState providerState;
  private final InstantSource clock;
  private final InstantSource wallClock;

  public Comparison(
      DriftStore drift,
      ProjectionStore rows,
      InboxStore inbox,
      Projector projector,
      ObjectReads reads,
      ProviderState providerState,
      InstantSource clock,
      InstantSource wallClock) {
    this.drift = drift;
    this.rows = rows;
    this.inbox = inbox;
    this.projector = projector;
    this.reads = reads;
    this.providerState = providerState;
    this.clock = clock;
    this.wallClock = wallClock;
  }

  /** What a comparison came to. */
  sealed interface Result {}

  /** All is equal, which was recorded. */
  record Equal() implements Result {}

  /** It could not be compared now: events wait, or somebody changed it meanwhile. */
  record Unknown() implements Result {}

  /** Some rows differ. */
  final class Different implements Result {
    private final SubjectState known;
    private final Projection projection;
    private final List<RowChange> changes;
    private final Set<String> contradicted;

    private Different(
        SubjectState known,
        Projection projection,
        List<RowChange> changes,
        Set<String> contradicted) {
      this.known = known;
      this.projection = projection;
      this.changes = changes;
      this.contradicted = contradicted;
    }

    /** Before: as stored; after: as the provider holds it. */
    List<RowChange> rows() {
      return changes;
    }

    /** Whether the stored row calls itself final, and the provider's state doesn't. */
    boolean contradictsFinal(RowChange row) {
      return contradicted.contains(name(row.kind(), row.id()));
    }

    SubjectState known() {
      return known;
    }

    /** Takes over what the provider holds; false if somebody else changed the customer meanwhile. */
    boolean repair() {
      Unit unit = new Unit(
          known.subject(), known.version(), Optional.empty(), Set.of(), projection.changes());
      boolean applied =
          rows.commit(List.of(unit), wallClock.instant()).get(0) instanceof CommitResult.Applied;
      if (applied) {
        drift.prove(known.subject().value(), wallClock.instant());
      }
      return applied;
    }
  }

  Result of(String customerId) {
    if (eventsWait(customerId)) {
      return new Unknown();
    }
    SubjectId subject = new SubjectId(customerId);
    try {
      // The version is loaded before anything is read, as for every read that may be committed.
      SubjectState before = load(subject, Set.of());
      List<Observation> held = everything(before);
      SubjectState known =
          rows.load(projector.wanted(held)).getOrDefault(subject, SubjectState.nothing(subject));
      if (known.version() != before.version() || !ProviderState.allOf(subject, held)) {
        return new Unknown();
      }
      Projection projection = projector.reconcile(known, held, clock.instant());
      List<RowChange> changes = RowChange.of(known, projection);
      if (changes.isEmpty()) {
        drift.prove(customerId, wallClock.instant());
        return new Equal();
      }
      return new Different(known, projection, changes, contradicted(known, held));
    } catch (ProviderUnavailable e) {
      return new Unknown();
    }
  }

  private boolean eventsWait(String customerId) {
    return inbox.events(EventFilter.ALL.withLane(customerId), Optional.empty(), RECENT).stream()
        .anyMatch(event -> WAITING.contains(event.status()));
  }

  private SubjectState load(SubjectId subject, Set<ObjectRef> objects) {
    return rows.load(List.of(new SubjectQuery(subject, objects, Set.of())))
        .getOrDefault(subject, SubjectState.nothing(subject));
  }

  private List<Observation> everything(SubjectState known) {
    ObjectRef customer = new ObjectRef(ObjectKind.CUSTOMER, known.subject().value());
    return providerState.beside(known, List.of(reads.read(customer, known.subject())));
  }

  private static Set<String> contradicted(SubjectState known, List<Observation> held) {
    Set<String> contradicted = new HashSet<>();
    for (Observation seen : held) {
      boolean storedAsFinal = Optional.ofNullable(known.rows().get(seen.object()))
          .flatMap(StoredObject::state)
          .filter(ProviderObject::terminal)
          .isPresent();
      if (storedAsFinal && seen.state().filter(state -> !state.terminal()).isPresent()) {
        contradicted.add(name(seen.object().kind().code(), seen.object().id()));
      }
    }
    return contradicted;
  }

  private static String name(String kind, String id) {
    return kind + " " + id;
  }
}
