package com.tatame.billing.projection;

import com.tatame.billing.observation.SubjectId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What was last loaded and committed of subjects: events of one customer come in bursts, and what is
 * known then need neither be asked for nor be stored again. It may be out of date. Every commit finds
 * that out by the subject's version, so nothing is stored that was worked out from it wrongly; but a
 * commit that is refused for it costs more than asking. So a memory that is found out of date often,
 * because other nodes work on the same customers, is not asked for a while. Thread-safe.
 */
public final class RememberedSubjects {
  /** Most subjects that are kept in mind; those that were not needed for longest go first. */
  static final int MOST = 8_192;

  /** What a refused commit costs, in loads that were saved. */
  static final int MISTAKE = 16;

  /** Doubt from which on the store is asked. */
  static final int TOO_MUCH = 4 * MISTAKE;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<SubjectId, RememberedSubject> held = new LinkedHashMap<>(16, 0.75f, true) {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<SubjectId, RememberedSubject> eldest) {
      return size() > MOST;
    }
  };
  private int doubt;

  /** The store, asked only for what is not in mind, and with what it commits remembered. */
  public ProjectionStore over(ProjectionStore store) {
    return new Remembering(store);
  }

  private final class Remembering implements ProjectionStore {
    private final ProjectionStore store;

    Remembering(ProjectionStore store) {
      this.store = store;
    }

    @Override
    public Map<SubjectId, Known> load(Collection<Wanted> wanted) {
      Map<SubjectId, Known> known = inMind(wanted);
      List<Wanted> unknown =
          wanted.stream().filter(each -> !known.containsKey(each.subject())).toList();
      if (!unknown.isEmpty()) {
        Map<SubjectId, Known> loaded = store.load(unknown);
        loaded.values().forEach(each -> remember(RememberedSubject.loaded(each)));
        known.putAll(loaded);
      }
      return known;
    }

    @Override
    public List<CommitResult> commit(List<Unit> units, Instant now) {
      Attempt attempt = attempt(units);
      List<CommitResult> results = store.commit(attempt.units(), now);
      for (int i = 0; i < results.size(); i++) {
        attempt.ended(i, results.get(i) instanceof CommitResult.Applied);
      }
      return results;
    }

    @Override
    public List<PendingRead> pendingReads(int limit) {
      return store.pendingReads(limit);
    }
  }

  /** Units on their way to the store, of which nothing is in mind until they are known to be there. */
  public final class Attempt {
    private final List<Optional<RememberedSubject>> before;
    private final List<Unit> units;

    private Attempt(List<Unit> all) {
      before = all.stream().map(RememberedSubjects.this::take).toList();
      List<Unit> news = new ArrayList<>(all.size());
      for (int i = 0; i < all.size(); i++) {
        Unit unit = all.get(i);
        news.add(before.get(i).map(subject -> subject.newsIn(unit)).orElse(unit));
      }
      units = List.copyOf(news);
    }

    /** The units, without what is known to be stored. */
    public List<Unit> units() {
      return units;
    }

    /**
     * Remembers what one came to.
     *
     * @param applied false if it was refused because somebody else was first
     */
    public void ended(int number, boolean applied) {
      if (applied) {
        before
            .get(number)
            .map(subject -> subject.after(units.get(number).changes()))
            .ifPresent(RememberedSubjects.this::remember);
      } else {
        beDoubtful();
      }
    }
  }

  /** Prepares a commit that the store makes together with something else. */
  public Attempt attempt(List<Unit> units) {
    return new Attempt(units);
  }

  /** What is in mind of these units' subjects may be out of date. */
  public void forget(Collection<Unit> units) {
    lock.lock();
    try {
      units.forEach(unit -> held.remove(unit.subject()));
    } finally {
      lock.unlock();
    }
  }

  private Map<SubjectId, Known> inMind(Collection<Wanted> wanted) {
    Map<SubjectId, Known> known = new HashMap<>();
    lock.lock();
    try {
      for (Wanted each : wanted) {
        RememberedSubject subject = held.get(each.subject());
        if (trusted() && subject != null && subject.answers(each)) {
          known.put(each.subject(), subject.known());
        }
      }
    } finally {
      lock.unlock();
    }
    return known;
  }

  // Each subject that is asked for restores a little of the trust.
  private boolean trusted() {
    boolean trusted = doubt < TOO_MUCH;
    doubt = Math.max(0, doubt - 1);
    return trusted;
  }

  private void beDoubtful() {
    lock.lock();
    try {
      doubt = Math.min(doubt + MISTAKE, 16 * TOO_MUCH);
    } finally {
      lock.unlock();
    }
  }

  // Only what the unit was worked out from tells what its commit comes to; what is newer stays.
  private Optional<RememberedSubject> take(Unit unit) {
    lock.lock();
    try {
      RememberedSubject subject = held.get(unit.subject());
      if (subject == null || subject.known().version() > unit.expectedVersion()) {
        return Optional.empty();
      }
      held.remove(unit.subject());
      return subject.known().version() == unit.expectedVersion()
          ? Optional.of(subject)
          : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  // Whoever was slower must not replace what is newer.
  private void remember(RememberedSubject subject) {
    lock.lock();
    try {
      held.merge(
          subject.known().subject(),
          subject,
          (a, b) -> a.known().version() > b.known().version() ? a : b);
    } finally {
      lock.unlock();
    }
  }
}
