package com.tatame.billing.testkit;

import com.tatame.billing.drift.Drift;
import com.tatame.billing.drift.DriftStore;
import com.tatame.billing.inbox.EventFilter;
import com.tatame.billing.inbox.InboxStore;
import com.tatame.billing.inbox.ReplayBatch;
import com.tatame.billing.inbox.ReplaySelection;
import com.tatame.billing.inbox.StoredEvent;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.schedule.TaskStore;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Stores that break one rule each of what is done besides processing events. */
final class BadOperations {
  private BadOperations() {}

  static class FiltersByNothing extends BadInboxes.BadInbox {
    @Override
    @SuppressWarnings("unchecked") // Arguments come untyped through a proxy.
    Map<String, Bad> replaced(InboxStore inbox) {
      return Map.of(
          "events",
          args -> inbox.events(EventFilter.ALL, (Optional<String>) args[1], (Integer) args[2]));
    }
  }

  static class ForgetsTheHistory extends BadInboxes.BadInbox {
    @Override
    Map<String, Bad> replaced(InboxStore inbox) {
      return Map.of(
          "find",
          args -> inbox
              .find((String) args[0])
              .map(event -> new StoredEvent(event.event(), event.payload(), List.of())));
    }
  }

  static class ReplaysOnePart extends BadInboxes.BadInbox {
    @Override
    Map<String, Bad> replaced(InboxStore inbox) {
      return Map.of(
          "replay",
          args -> new ReplayBatch(
              inbox
                  .replay(
                      (ReplaySelection) args[0],
                      (Long) args[1],
                      (Integer) args[2],
                      (Instant) args[3],
                      AnAuditEntry.any())
                  .ids(),
              Optional.empty()));
    }
  }

  static class PrunesNothing extends BadInboxes.BadInbox {
    @Override
    Map<String, Bad> replaced(InboxStore inbox) {
      return Map.of("prune", args -> 0);
    }
  }

  static class PrunesWhatIsYoung extends BadInboxes.BadInbox {
    @Override
    Map<String, Bad> replaced(InboxStore inbox) {
      return Map.of(
          "prune",
          args -> inbox.prune(((Instant) args[0]).plus(Duration.ofHours(1)), (Integer) args[1]));
    }
  }

  static class LetsEverybodyRun extends ForwardingStore {
    @Override
    public TaskStore tasks() {
      return spoil(
          TaskStore.class,
          good.tasks(),
          Map.of(
              "begin",
              args -> good.tasks()
                  .begin(Ids.next((String) args[0]), "x", (Instant) args[2], (Duration) args[3])));
    }
  }

  static class ForgetsThePosition extends ForwardingStore {
    @Override
    public TaskStore tasks() {
      return spoil(
          TaskStore.class,
          good.tasks(),
          Map.of(
              "end",
              args -> good.tasks()
                  .end((String) args[0], (String) args[1], Optional.empty(), (Instant) args[3])));
    }
  }

  static class ListsADifferenceTwice extends ForwardingStore {
    @Override
    public DriftStore drift() {
      return spoil(DriftStore.class, good.drift(), Map.of("report", args -> {
        List<String> open = good.drift().openOf(((Drift) args[0]).customerId()).stream()
            .map(Drift::id)
            .toList();
        good.drift().repaired(open, "nobody", Instant.EPOCH, Optional.empty());
        good.drift().report((Drift) args[0]);
        return true;
      }));
    }
  }

  static class ClosesEveryDifference extends ForwardingStore {
    @Override
    public DriftStore drift() {
      return spoil(DriftStore.class, good.drift(), Map.of("repaired", args -> {
        List<String> open = good.drift().list(true, Optional.empty(), 101).stream()
            .map(Drift::id)
            .toList();
        good.drift().repaired(open, (String) args[1], (Instant) args[2], Optional.empty());
        return true;
      }));
    }
  }

  static class ListsObjectsOfCustomersOnly extends ForwardingStore {
    @Override
    @SuppressWarnings("unchecked") // Arguments come untyped through a proxy.
    public DriftStore drift() {
      return spoil(
          DriftStore.class,
          good.drift(),
          Map.of(
              "objects",
              args ->
                  good.drift().objects((Optional<ObjectRef>) args[0], (Integer) args[1]).stream()
                      .filter(row -> row.object().kind() != ObjectKind.COUPON)
                      .toList()));
    }
  }

  static class ListsNoTombstones extends ForwardingStore {
    @Override
    @SuppressWarnings("unchecked") // Arguments come untyped through a proxy.
    public DriftStore drift() {
      return spoil(
          DriftStore.class,
          good.drift(),
          Map.of(
              "objects",
              args ->
                  good.drift().objects((Optional<ObjectRef>) args[0], (Integer) args[1]).stream()
                      .filter(row -> isLiving(row.object()))
                      .toList()));
    }

    private boolean isLiving(ObjectRef object) {
      SubjectId subject = new SubjectId(object.id());
      SubjectQuery wanted = new SubjectQuery(subject, Set.of(object), Set.of());
      return good.projections().load(List.of(wanted)).values().stream()
          .flatMap(known -> known.rows().values().stream())
          .anyMatch(row -> row.state().isPresent());
    }
  }

  static class CountsRepairedDifferences extends ForwardingStore {
    @Override
    public DriftStore drift() {
      return spoil(DriftStore.class, good.drift(), Map.of("open", args ->
          (long) good.drift().list(false, Optional.empty(), 101).size()));
    }
  }
}
