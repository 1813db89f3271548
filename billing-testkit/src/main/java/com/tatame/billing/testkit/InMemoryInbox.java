package com.tatame.billing.testkit;

import com.tatame.billing.audit.AuditEntry;
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
import com.tatame.billing.projection.CommitResult;
import com.tatame.billing.projection.PendingRead;
import com.tatame.billing.projection.Unit;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

final class InMemoryInbox implements InboxStore {
  private final SharedLock lock;
  private final InMemoryAudit audited;
  private final MirroredRows rows;
  private final Units units;
  private final TreeMap<Long, QueuedEvent> events = new TreeMap<>();
  private final Map<String, QueuedEvent> byId = new HashMap<>();
  private final Map<ClaimId, Instant> leases = new HashMap<>();

  InMemoryInbox(SharedLock lock, MirroredRows rows, Units units, InMemoryAudit audited) {
    this.lock = lock;
    this.audited = audited;
    this.rows = rows;
    this.units = units;
  }

  /** How units are applied; the caller has the lock. */
  interface Units {
    CommitResult commit(Unit unit, Instant now);

    /** Throws if a row would be refused. */
    void requireStorable(Unit unit);
  }

  @Override
  public Set<String> ingest(List<ReceivedEvent> batch, Instant receivedAt) {
    requireStorable(batch);
    return lock.hold(() -> add(batch, receivedAt));
  }

  private Set<String> add(List<ReceivedEvent> batch, Instant receivedAt) {
    Set<String> added = new LinkedHashSet<>();
    for (ReceivedEvent event : batch) {
      if (!byId.containsKey(event.id())) {
        QueuedEvent queued = new QueuedEvent(events.size() + 1, event, receivedAt);
        events.put(queued.seq, queued);
        byId.put(event.id(), queued);
        added.add(event.id());
      }
    }
    return added;
  }

  @Override
  public ProjectedBatch.Stored ingestAndApply(ProjectedBatch batch, Instant receivedAt) {
    requireStorable(batch.events());
    return lock.hold(() -> {
      List<ProjectedBatch.ProjectedUnit> news = batch.projected().stream()
          .filter(projected -> projected.eventIds().stream().noneMatch(byId::containsKey))
          .toList();
      news.forEach(projected -> units.requireStorable(projected.unit()));
      Set<String> fresh = add(batch.events(), receivedAt);
      batch.ignored().forEach((id, reason) -> {
        if (fresh.contains(id)) {
          end(id, EventStatus.IGNORED, Optional.of(reason), receivedAt);
        }
      });
      for (ProjectedBatch.ProjectedUnit projected : news) {
        if (units.commit(projected.unit(), receivedAt) instanceof CommitResult.Applied) {
          projected
              .eventIds()
              .forEach(id -> end(id, EventStatus.PROCESSED, Optional.empty(), receivedAt));
        }
      }
      return new ProjectedBatch.Stored(
          fresh, Set.copyOf(fresh.stream().filter(this::waits).toList()));
    });
  }

  private boolean waits(String id) {
    return Optional.ofNullable(byId.get(id)).filter(QueuedEvent::waits).isPresent();
  }

  private void end(String id, EventStatus status, Optional<String> why, Instant at) {
    Optional.ofNullable(byId.get(id)).ifPresent(event -> event.end(status, why, at));
  }

  private static void requireStorable(List<ReceivedEvent> batch) {
    for (ReceivedEvent event : batch) {
      if (event.payload().indexOf('\0') >= 0) {
        throw new IllegalArgumentException("A payload holds a NUL, which no text column can.");
      }
    }
  }

  @Override
  public List<ClaimedEvent> claim(ClaimId claim, int max, Instant now, Duration lease) {
    if (max < 1 || max > MAX_CLAIM) {
      throw new IllegalArgumentException("max must be 1 to " + MAX_CLAIM + ", but is " + max);
    }
    return lock.hold(() -> {
      events.values().stream()
          .filter(event -> event.status == EventStatus.PROCESSING && !isHeld(event, now))
          .forEach(event -> event.abandon(now));
      boolean repeated = leases.containsKey(claim);
      if (!repeated) {
        leases.put(claim, now.plus(lease));
        List<QueuedEvent> due = events.values().stream()
            .filter(event -> isDue(event, now))
            .limit(max)
            .toList();
        if (!due.isEmpty() && due.get(0).endsItsWorkers()) {
          due.get(0).heldBy(claim);
        } else {
          due.stream().filter(event -> !event.endsItsWorkers()).forEach(e -> e.heldBy(claim));
        }
      }
      return events.values().stream()
          .filter(event -> isHeldBy(event, claim, now))
          .map(QueuedEvent::claimed)
          .toList();
    });
  }

  private boolean isDue(QueuedEvent event, Instant now) {
    return switch (event.status) {
      case RECEIVED, RETRYING -> !event.nextAttemptAt.isAfter(now);
      case PROCESSING, PROCESSED, IGNORED, DEAD -> false;
    };
  }

  private boolean isHeld(QueuedEvent event, Instant now) {
    return event.claim.filter(claim -> runs(claim, now)).isPresent();
  }

  private boolean isHeldBy(QueuedEvent event, ClaimId claim, Instant now) {
    return event.status == EventStatus.PROCESSING
        && event.claim.filter(claim::equals).isPresent()
        && runs(claim, now);
  }

  private boolean runs(ClaimId claim, Instant now) {
    return now.isBefore(leases.getOrDefault(claim, Instant.MIN));
  }

  /** Whether the claim holds all of these; the caller has the lock. */
  boolean holds(ClaimId claim, Set<Long> seqs, Instant now) {
    return seqs.stream().allMatch(seq -> holds(claim, seq, now));
  }

  private boolean holds(ClaimId claim, long seq, Instant now) {
    QueuedEvent event = events.get(seq);
    return event != null && isHeldBy(event, claim, now);
  }

  /** Ends events whose effects were applied; the caller has the lock. */
  void finish(Collection<Long> seqs, Instant now) {
    for (QueuedEvent event : events.values()) {
      if (seqs.contains(event.seq)) {
        event.end(EventStatus.PROCESSED, Optional.empty(), now);
      }
    }
  }

  @Override
  public Set<Long> settle(ClaimId claim, List<EventOutcome> settlements, Instant now) {
    return lock.hold(() -> {
      Set<Long> lost = new HashSet<>();
      for (EventOutcome settlement : settlements) {
        QueuedEvent event = events.get(settlement.seq());
        if (event == null || !isHeldBy(event, claim, now)) {
          lost.add(settlement.seq());
          if (event != null && settlement instanceof EventOutcome.Release) {
            event.outlived();
          }
        } else {
          event.settle(settlement, now);
        }
      }
      return lost;
    });
  }

  @Override
  public InboxStatus status() {
    return lock.hold(() -> {
      List<QueuedEvent> backlog =
          events.values().stream().filter(QueuedEvent::waits).toList();
      return new InboxStatus(
          backlog.size(),
          backlog.stream().map(event -> event.receivedAt).min(Comparator.naturalOrder()),
          count(EventStatus.RETRYING),
          count(EventStatus.DEAD),
          rows.pendingReads().size(),
          rows.pendingReads().stream().map(PendingRead::since).min(Comparator.naturalOrder()),
          lately().filter(QueuedEvent::failedOnce).count(),
          lately().count(),
          events.values().stream().map(event -> event.receivedAt).max(Comparator.naturalOrder()));
    });
  }

  private long count(EventStatus status) {
    return events.values().stream().filter(event -> event.status == status).count();
  }

  private Stream<QueuedEvent> lately() {
    return events.descendingMap().values().stream().limit(1_000);
  }

  @Override
  public List<EventRecord> events(EventFilter filter, Optional<String> before, int limit) {
    PageLimit.require(limit);
    return lock.hold(() -> {
      long end = before.map(this::position).orElse(Long.MAX_VALUE);
      Stream<QueuedEvent> newestFirst =
          events.headMap(end, false).descendingMap().values().stream();
      return newestFirst
          .filter(event -> matches(filter, event))
          .limit(limit)
          .map(QueuedEvent::seen)
          .toList();
    });
  }

  private static boolean matches(EventFilter filter, QueuedEvent event) {
    return filter.status().map(status -> status == event.status).orElse(true)
        && filter.type().map(event.received.type()::equals).orElse(true)
        && (filter.lane().isEmpty() || event.received.lane().equals(filter.lane()))
        && filter.from().map(from -> !event.receivedAt.isBefore(from)).orElse(true)
        && filter.until().map(event.receivedAt::isBefore).orElse(true);
  }

  private long position(String id) {
    QueuedEvent event = byId.get(id);
    return event == null ? 0 : event.seq;
  }

  @Override
  public Optional<StoredEvent> find(String id) {
    return lock.hold(() -> Optional.ofNullable(byId.get(id)).map(QueuedEvent::stored));
  }

  @Override
  public ReplayBatch replay(
      ReplaySelection selection, long after, int max, Instant now, AuditEntry audit) {
    requirePart(max);
    return audited.entering(audit, batch -> !batch.ids().isEmpty(), () -> {
      List<QueuedEvent> lookedAt = events.tailMap(after, false).values().stream()
          .filter(event -> mayBeIn(selection, event))
          .limit(max)
          .toList();
      List<QueuedEvent> replayed = lookedAt.stream()
          .filter(event -> isIn(selection, event) && event.replayable())
          .toList();
      replayed.forEach(event -> event.replay(now));
      return new ReplayBatch(
          replayed.stream().map(event -> event.received.id()).toList(),
          lookedAt.size() < max || selection instanceof ReplaySelection.One
              ? Optional.empty()
              : Optional.of(lookedAt.get(max - 1).seq));
    });
  }

  private static boolean mayBeIn(ReplaySelection selection, QueuedEvent event) {
    return selection instanceof ReplaySelection.Received || isIn(selection, event);
  }

  private static boolean isIn(ReplaySelection selection, QueuedEvent event) {
    if (selection instanceof ReplaySelection.One one) {
      return event.received.id().equals(one.id());
    } else if (selection instanceof ReplaySelection.Received range) {
      return matches(
          new EventFilter(
              Optional.empty(),
              range.type(),
              Optional.empty(),
              Optional.of(range.from()),
              Optional.of(range.until())),
          event);
    }
    return event.status == EventStatus.DEAD;
  }

  @Override
  public int prune(Instant receivedBefore, int max) {
    requirePart(max);
    return lock.hold(() -> (int) events.values().stream()
        .filter(event -> event.receivedAt.isBefore(receivedBefore) && event.prune())
        .limit(max)
        .count());
  }

  private static void requirePart(int max) {
    if (max < 1 || max > MAX_REPLAY) {
      throw new IllegalArgumentException("max must be 1 to " + MAX_REPLAY + ", but is " + max);
    }
  }
}
