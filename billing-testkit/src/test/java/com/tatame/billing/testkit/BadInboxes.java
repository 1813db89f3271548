package com.tatame.billing.testkit;

import com.tatame.billing.inbox.EventOutcome;
import com.tatame.billing.inbox.InboxStore;
import com.tatame.billing.inbox.ProjectedBatch;
import com.tatame.billing.inbox.ReceivedEvent;
import com.tatame.billing.projection.ClaimId;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Inboxes that break one rule each. */
@SuppressWarnings("unchecked") // Arguments of the ports' methods come untyped through a proxy.
final class BadInboxes {
  private BadInboxes() {}

  abstract static class BadInbox extends ForwardingStore {
    abstract Map<String, Bad> replaced(InboxStore inbox);

    @Override
    public InboxStore inbox() {
      return spoil(InboxStore.class, good.inbox(), replaced(good.inbox()));
    }
  }

  static class IngestsTwice extends BadInbox {
    private final Set<String> seen = new HashSet<>();

    @Override
    Map<String, Bad> replaced(InboxStore inbox) {
      return Map.of(
          "ingest",
          args -> inbox.ingest(
              ((List<ReceivedEvent>) args[0])
                  .stream()
                      .map(event -> seen.add(event.id())
                          ? event
                          : renamed(event, Ids.next(event.id()), event.payload()))
                      .toList(),
              (Instant) args[1]));
    }
  }

  static class TidiesPayloads extends BadInbox {
    @Override
    Map<String, Bad> replaced(InboxStore inbox) {
      return Map.of(
          "ingest",
          args -> inbox.ingest(
              ((List<ReceivedEvent>) args[0])
                  .stream()
                      .map(event -> renamed(event, event.id(), event.payload().strip()))
                      .toList(),
              (Instant) args[1]));
    }
  }

  /** Replaces the batch by another. */
  abstract static class BadArrivals extends BadInbox {
    abstract Object ingestAndApply(InboxStore inbox, ProjectedBatch batch, Instant now);

    @Override
    Map<String, Bad> replaced(InboxStore inbox) {
      return Map.of(
          "ingestAndApply",
          args -> ingestAndApply(inbox, (ProjectedBatch) args[0], (Instant) args[1]));
    }

    /** Applies what is projected, whatever the inbox says to it. */
    void apply(Stream<Unit> units, Instant now) {
      good.projections().commit(units.map(this::unconditional).toList(), now);
    }

    private Unit unconditional(Unit unit) {
      long version = Commits.known(good, new SubjectQuery(unit.subject(), Set.of(), Set.of()))
          .version();
      return new Unit(unit.subject(), version, unit.claim(), unit.events(), unit.changes());
    }
  }

  static class AppliesAnOldTelling extends BadArrivals {
    @Override
    Object ingestAndApply(InboxStore inbox, ProjectedBatch batch, Instant now) {
      ProjectedBatch.Stored stored = inbox.ingestAndApply(batch, now);
      apply(
          batch.projected().stream()
              .filter(projected -> !Collections.disjoint(projected.eventIds(), stored.waiting()))
              .map(ProjectedBatch.ProjectedUnit::unit),
          now);
      return stored;
    }
  }

  static class AppliesDuplicates extends BadArrivals {
    @Override
    Object ingestAndApply(InboxStore inbox, ProjectedBatch batch, Instant now) {
      ProjectedBatch.Stored stored = inbox.ingestAndApply(batch, now);
      apply(
          batch.projected().stream()
              .filter(projected -> !stored.fresh().containsAll(projected.eventIds()))
              .map(ProjectedBatch.ProjectedUnit::unit),
          now);
      return stored;
    }
  }

  static class StoresWithoutApplying extends BadArrivals {
    @Override
    Object ingestAndApply(InboxStore inbox, ProjectedBatch batch, Instant now) {
      return new ProjectedBatch.Stored(inbox.ingest(batch.events(), now), Set.of());
    }
  }

  static class StoresAlthoughARowIsRefused extends BadArrivals {
    @Override
    Object ingestAndApply(InboxStore inbox, ProjectedBatch batch, Instant now) {
      try {
        return inbox.ingestAndApply(batch, now);
      } catch (IllegalStateException e) {
        inbox.ingest(batch.events(), now);
        throw e;
      }
    }
  }

  static class ForgetsWhatWaits extends BadArrivals {
    @Override
    Object ingestAndApply(InboxStore inbox, ProjectedBatch batch, Instant now) {
      return new ProjectedBatch.Stored(inbox.ingestAndApply(batch, now).fresh(), Set.of());
    }
  }

  static class ClaimsBackwards extends BadInbox {
    @Override
    Map<String, Bad> replaced(InboxStore inbox) {
      return Map.of("claim", args -> {
        List<Object> claimed = new ArrayList<>(claim(inbox, args));
        Collections.reverse(claimed);
        return claimed;
      });
    }
  }

  static class ClaimsForAnInstant extends BadInbox {
    @Override
    Map<String, Bad> replaced(InboxStore inbox) {
      return Map.of("claim", args -> {
        args[3] = Duration.ofNanos(1);
        return claim(inbox, args);
      });
    }
  }

  static class ClaimsAnewWhenRepeated extends BadInbox {
    @Override
    Map<String, Bad> replaced(InboxStore inbox) {
      return Map.of("claim", args -> {
        args[0] = Ids.claim();
        return claim(inbox, args);
      });
    }
  }

  static class ClaimsWithoutCap extends BadInbox {
    @Override
    Map<String, Bad> replaced(InboxStore inbox) {
      return Map.of("claim", args -> {
        args[1] = Math.min(Math.max((Integer) args[1], 1), InboxStore.MAX_CLAIM);
        return claim(inbox, args);
      });
    }
  }

  static class SettlesSilently extends BadInbox {
    @Override
    Map<String, Bad> replaced(InboxStore inbox) {
      return Map.of("settle", args -> Set.of());
    }
  }

  static class IgnoresWhoComesBack extends BadInbox {
    @Override
    Map<String, Bad> replaced(InboxStore inbox) {
      return Map.of("settle", args -> {
        List<EventOutcome> others = ((List<EventOutcome>) args[1])
            .stream().filter(ended -> !(ended instanceof EventOutcome.Release)).toList();
        Set<Long> all = new HashSet<>();
        ((List<EventOutcome>) args[1]).forEach(ended -> all.add(ended.seq()));
        Set<Long> lost = inbox.settle((ClaimId) args[0], others, (Instant) args[2]);
        return lost.isEmpty()
            ? inbox.settle((ClaimId) args[0], (List<EventOutcome>) args[1], (Instant) args[2])
            : all;
      });
    }
  }

  private static List<?> claim(InboxStore inbox, Object[] args) {
    return inbox.claim((ClaimId) args[0], (Integer) args[1], (Instant) args[2], (Duration) args[3]);
  }

  private static ReceivedEvent renamed(ReceivedEvent event, String id, String payload) {
    return new ReceivedEvent(
        id,
        event.type(),
        event.createdAt(),
        event.live(),
        event.providerAccount(),
        event.apiVersion(),
        event.lane(),
        payload);
  }
}
