package com.tatame.billing.inbox;

import static java.util.Collections.disjoint;

import com.tatame.billing.cache.SubjectCache;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.inbox.EventSource.Irrelevant;
import com.tatame.billing.inbox.EventSource.Observed;
import com.tatame.billing.inbox.EventSource.Translation;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.CommitListener;
import com.tatame.billing.projection.Projection;
import com.tatame.billing.projection.Projections;
import com.tatame.billing.projection.SubjectState;
import com.tatame.billing.projection.Unit;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Stores events together with what they say, in one commit, so that most of them never wait in the
 * queue. Nothing is read at the provider here: what an event alone can't tell becomes a pending read for the
 * workers, and so is every event that could not be applied.
 */
public final class ProjectedIngest implements Ingest {
  private static final Logger LOG = System.getLogger(ProjectedIngest.class.getName());

  /** The database works on such a batch for longer than it takes to commit. */
  private static final int LARGE = 16;

  private final EventSource source;
  private final InboxStore inbox;
  private final Projections projections;
  private final SubjectCache cache;
  private final CommitListener commits;
  private final InboxListener listener;
  private final WorkerSignals workers;

  /**
   * @param projections over the store itself; what is loaded and applied here is cached
   * @param commits learns of the units that are applied with their events
   */
  public ProjectedIngest(
      EventSource source,
      InboxStore inbox,
      Projections projections,
      SubjectCache cache,
      CommitListener commits,
      InboxListener listener,
      WorkerSignals workers) {
    this.source = source;
    this.inbox = inbox;
    this.projections = projections.over(cache.over(projections.store()));
    this.cache = cache;
    this.commits = commits;
    this.listener = listener;
    this.workers = workers;
  }

  private record Group(Set<String> eventIds, List<Observation> observations) {
    Group() {
      this(new HashSet<>(), new ArrayList<>());
    }
  }

  @Override
  public int large() {
    return LARGE;
  }

  @Override
  public Set<String> store(List<ReceivedEvent> events, Instant receivedAt) {
    List<ReceivedEvent> distinct = distinct(events);
    Optional<ProjectedBatch> batch = workOut(distinct);
    Optional<ProjectedBatch.Stored> stored = batch.flatMap(worked -> apply(worked, receivedAt));
    if (stored.isEmpty()) {
      Set<String> fresh = inbox.ingest(distinct, receivedAt);
      workers.wake();
      return fresh;
    }
    if (!stored.get().waiting().isEmpty()) {
      workers.wake();
    }
    report(batch.get(), stored.get(), receivedAt);
    return stored.get().fresh();
  }

  private static List<ReceivedEvent> distinct(List<ReceivedEvent> events) {
    Map<String, ReceivedEvent> byId = new LinkedHashMap<>();
    events.forEach(event -> byId.putIfAbsent(event.id(), event));
    return List.copyOf(byId.values());
  }

  // A refused row doesn't say whose it is: the workers find out, subject by subject.
  private Optional<ProjectedBatch.Stored> apply(ProjectedBatch batch, Instant receivedAt) {
    List<Unit> units =
        batch.projected().stream().map(ProjectedBatch.ProjectedUnit::unit).toList();
    SubjectCache.Attempt attempt = cache.attempt(units);
    try {
      ProjectedBatch.Stored stored = ingestAndApply(batch.with(attempt.units()), units, receivedAt);
      commits.committed(units);
      if (attempt.units().stream().anyMatch(ProjectedIngest::owesReads)) {
        workers.wakeReads();
      }
      for (int i = 0; i < units.size(); i++) {
        Set<String> events = batch.projected().get(i).eventIds();
        // Beside a duplicate a unit is refused, whatever is cached.
        if (stored.fresh().containsAll(events)) {
          attempt.ended(i, disjoint(stored.waiting(), events));
        }
      }
      return Optional.of(stored);
    } catch (BillingException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "events are left to the workers: {0}", e.getMessage());
      return Optional.empty();
    }
  }

  // Listeners evict their caches before the subject cache takes what was applied.
  private ProjectedBatch.Stored ingestAndApply(
      ProjectedBatch batch, List<Unit> units, Instant receivedAt) {
    try {
      return inbox.ingestAndApply(batch, receivedAt);
    } finally {
      commits.mayHaveCommitted(units);
    }
  }

  private Optional<ProjectedBatch> workOut(List<ReceivedEvent> events) {
    Map<SubjectId, Group> groups = new TreeMap<>();
    Map<String, String> ignored = new HashMap<>();
    events.forEach(event -> understand(event, groups, ignored));
    try {
      List<Observation> all = new ArrayList<>();
      groups.values().forEach(group -> all.addAll(group.observations()));
      Map<SubjectId, SubjectState> known = all.isEmpty() ? Map.of() : projections.load(all);
      List<ProjectedBatch.ProjectedUnit> projected = new ArrayList<>();
      groups.forEach((subject, group) -> projected(
              known.getOrDefault(subject, SubjectState.nothing(subject)), group)
          .ifPresent(projected::add));
      return Optional.of(new ProjectedBatch(events, projected, ignored));
    } catch (BillingException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "events are left to the workers", e);
      return Optional.empty();
    }
  }

  // What is malformed waits for a worker, too: ends are a matter of the queue.
  private void understand(
      ReceivedEvent event, Map<SubjectId, Group> groups, Map<String, String> ignored) {
    Translation translation;
    try {
      translation = source.translate(event.payload());
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "event " + event.id() + " is left to the workers", e);
      return;
    }
    if (translation instanceof Observed observed && !observed.observations().isEmpty()) {
      Group group =
          groups.computeIfAbsent(observed.observations().get(0).subject(), subject -> new Group());
      group.eventIds().add(event.id());
      group.observations().addAll(observed.observations());
    } else if (translation instanceof Irrelevant irrelevant) {
      ignored.put(event.id(), irrelevant.reason());
    }
  }

  private Optional<ProjectedBatch.ProjectedUnit> projected(SubjectState known, Group group) {
    Projection projection;
    try {
      projection = projections.project(known, group.observations());
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "events of " + known.subject() + " are left to the workers", e);
      return Optional.empty();
    }
    projection.alarms().forEach(alarm -> LOG.log(Level.WARNING, alarm));
    return Optional.of(new ProjectedBatch.ProjectedUnit(
        group.eventIds(),
        new Unit(
            known.subject(), known.version(), Optional.empty(), Set.of(), projection.changes())));
  }

  private static boolean owesReads(Unit unit) {
    return unit.changes().stream().anyMatch(Change.RequireRead.class::isInstance);
  }

  private void report(ProjectedBatch batch, ProjectedBatch.Stored stored, Instant receivedAt) {
    Duration took = Duration.between(receivedAt, projections.clocks().wallNow());
    for (String id : stored.fresh()) {
      if (!stored.waiting().contains(id)) {
        listener.attempted(
            batch.ignored().containsKey(id) ? EventStatus.IGNORED : EventStatus.PROCESSED, took);
      }
    }
  }
}
