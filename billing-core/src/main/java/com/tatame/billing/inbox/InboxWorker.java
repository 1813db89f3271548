package com.tatame.billing.inbox;

import com.tatame.billing.inbox.EventSource.Irrelevant;
import com.tatame.billing.inbox.EventSource.Malformed;
import com.tatame.billing.inbox.EventSource.Observed;
import com.tatame.billing.inbox.EventSource.Translation;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.ClaimId;
import com.tatame.billing.projection.CommitResult;
import com.tatame.billing.projection.Projection;
import com.tatame.billing.projection.Projections;
import com.tatame.billing.projection.SubjectState;
import com.tatame.billing.projection.Unit;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Turns stored events into rows: claim, load, project, commit. Holds no state between
 * batches, so any number of workers on any number of nodes may run. Thread-safe.
 */
public final class InboxWorker {
  static final int BATCH = 64;
  static final Duration LEASE = Duration.ofSeconds(60);

  private static final Logger LOG = System.getLogger(InboxWorker.class.getName());
  private static final int MAX_ROUNDS = 5;

  private final InboxStore inbox;
  private final Projections projections;
  private final EventSource source;
  private final RetryPolicy retries;
  private final InboxListener listener;
  private final InstantSource wallClock;
  private final RandomGenerator random;

  public InboxWorker(
      InboxStore inbox,
      Projections projections,
      EventSource source,
      RetryPolicy retries,
      InboxListener listener,
      RandomGenerator random) {
    this.inbox = inbox;
    this.projections = projections;
    this.source = source;
    this.retries = retries;
    this.listener = listener;
    this.wallClock = projections.clocks().wall();
    this.random = random;
  }

  /** Events of one subject in one batch, with the observations of them and of the reads. */
  private record Group(SubjectId subject, List<ClaimedEvent> events, List<Observation> snapshots) {}

  private record Batch(ClaimId claim, List<Group> groups) {}

  /** Claims a batch. What follows is empty if no event is due. */
  public Optional<BatchStep> claim() {
    ClaimId claim = new ClaimId(random.nextLong(Long.MAX_VALUE));
    List<ClaimedEvent> events = inbox.claim(claim, BATCH, wallClock.instant(), LEASE);
    return events.isEmpty() ? Optional.empty() : Optional.of(() -> translate(claim, events));
  }

  private Optional<BatchStep> translate(ClaimId claim, List<ClaimedEvent> events) {
    List<EventOutcome> settlements = new ArrayList<>();
    Map<SubjectId, Group> groups = new TreeMap<>();
    for (ClaimedEvent event : events) {
      understand(event, groups).ifPresent(settlements::add);
    }
    settle(claim, settlements);
    return next(new Batch(claim, List.copyOf(groups.values())), 0);
  }

  /** Adds the event to the group of its subject, or tells how it ends without one. */
  private Optional<EventOutcome> understand(ClaimedEvent event, Map<SubjectId, Group> groups) {
    if (retries.exhausted(event.abandoned())) {
      return Optional.of(
          dead(event, "its worker did not come back, " + event.abandoned() + " times"));
    }
    Translation translation;
    try {
      translation = source.translate(event.payload());
    } catch (RuntimeException e) {
      return Optional.of(failed(event, e));
    }
    if (translation instanceof Observed observed && !observed.observations().isEmpty()) {
      SubjectId subject = observed.observations().get(0).subject();
      Group group =
          groups.computeIfAbsent(subject, s -> new Group(s, new ArrayList<>(), new ArrayList<>()));
      group.events().add(event);
      group.snapshots().addAll(observed.observations());
      return Optional.empty();
    } else if (translation instanceof Malformed malformed) {
      return Optional.of(dead(event, malformed.reason()));
    }
    report(event, EventStatus.IGNORED);
    return Optional.of(new EventOutcome.Ignored(
        event.seq(),
        translation instanceof Irrelevant irrelevant
            ? irrelevant.reason()
            : "it tells of no object"));
  }

  private Optional<BatchStep> next(Batch batch, int round) {
    return batch.groups().isEmpty() ? Optional.empty() : Optional.of(() -> load(batch, round));
  }

  // The version is loaded before anything is read: two committed reads never overlap in time.
  private Optional<BatchStep> load(Batch batch, int round) {
    List<Observation> all = new ArrayList<>();
    batch.groups().forEach(group -> all.addAll(group.snapshots()));
    Map<SubjectId, SubjectState> known = projections.load(all);
    return Optional.of(() -> commit(batch, known, round));
  }

  // No batch asks the provider: one that hangs would keep its events until their lease runs out.
  // Reads are owed after the commit, durably, and made by PendingReads.
  private Optional<BatchStep> commit(Batch batch, Map<SubjectId, SubjectState> known, int round) {
    List<Unit> units = new ArrayList<>();
    for (Group group : batch.groups()) {
      SubjectState before =
          known.getOrDefault(group.subject(), SubjectState.nothing(group.subject()));
      Projection projection = projections.project(before, group.snapshots());
      projection.alarms().forEach(alarm -> LOG.log(Level.WARNING, alarm));
      units.add(new Unit(
          group.subject(),
          before.version(),
          Optional.of(batch.claim()),
          sequenceNumbers(group),
          projection.changes()));
    }
    List<CommitResult> results = projections.commit(units);
    List<Group> stale = new ArrayList<>();
    List<EventOutcome> settlements = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      Group group = batch.groups().get(i);
      CommitResult result = results.get(i);
      if (result instanceof CommitResult.Applied) {
        group.events().forEach(event -> report(event, EventStatus.PROCESSED));
      } else if (result instanceof CommitResult.Stale && round + 1 < MAX_ROUNDS) {
        stale.add(group);
      } else if (result instanceof CommitResult.Rejected rejected) {
        group.events().forEach(event -> settlements.add(failed(event, rejected.reason())));
      } else {
        // Of a lost lease some events went to another worker, which learns that this one came back;
        // the others are still ours to give back.
        group.events().forEach(event -> settlements.add(new EventOutcome.Release(event.seq())));
      }
    }
    settle(batch.claim(), settlements);
    return next(new Batch(batch.claim(), stale), round + 1);
  }

  private EventOutcome failed(ClaimedEvent event, RuntimeException e) {
    LOG.log(Level.ERROR, "event " + event.id() + " can't be processed", e);
    listener.unexpected(e);
    return failed(event, "internal error: " + e.getClass().getSimpleName());
  }

  private EventOutcome failed(ClaimedEvent event, String error) {
    int failures = event.attempts() + 1;
    if (retries.exhausted(failures)) {
      return dead(event, error);
    }
    report(event, EventStatus.RETRYING);
    Instant notBefore = wallClock.instant().plus(retries.delay(failures, random));
    return new EventOutcome.Retry(event.seq(), notBefore, error);
  }

  private EventOutcome dead(ClaimedEvent event, String error) {
    LOG.log(
        Level.ERROR,
        "event {0} is dead after {1} failed attempts: {2}",
        event.id(),
        event.attempts(),
        error);
    report(event, EventStatus.DEAD);
    return new EventOutcome.Dead(event.seq(), error);
  }

  private void report(ClaimedEvent event, EventStatus status) {
    listener.attempted(status, Duration.between(event.receivedAt(), wallClock.instant()));
  }

  private void settle(ClaimId claim, List<EventOutcome> settlements) {
    if (!settlements.isEmpty()) {
      inbox.settle(claim, settlements, wallClock.instant());
    }
  }

  private static Set<Long> sequenceNumbers(Group group) {
    Set<Long> sequenceNumbers = new HashSet<>();
    group.events().forEach(event -> sequenceNumbers.add(event.seq()));
    return sequenceNumbers;
  }
}
