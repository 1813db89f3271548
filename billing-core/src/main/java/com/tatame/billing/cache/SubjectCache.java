package com.tatame.billing.cache;

import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.CommitListener;
import com.tatame.billing.projection.CommitResult;
import com.tatame.billing.projection.PendingRead;
import com.tatame.billing.projection.ProjectionStore;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.projection.SubjectState;
import com.tatame.billing.projection.Unit;
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
 * An optimistic-concurrency cache of what is stored of subjects, bounded and least-recently-used.
 * Events of one customer come in bursts, and what is cached need neither be loaded nor stored again.
 *
 * <p>An entry may be stale, since other nodes write, too. Every commit carries the version that it was
 * computed from and is refused if the store has another, so a stale entry costs a repetition, never a
 * wrong row. A repetition costs more than a load; so each adds {@link #PENALTY} to a score from which
 * each lookup takes one, and from {@link #BYPASS_AT} on the cache is bypassed. Thread-safe.
 */
public final class SubjectCache implements CommitListener {
  /** Entries; those that were not used for longest are evicted first. */
  static final int MAX_SUBJECTS = 8_192;

  /** What a refused commit adds to the score: its cost in loads. */
  static final int PENALTY = 16;

  /** The score from which on the store is asked. */
  static final int BYPASS_AT = 4 * PENALTY;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<SubjectId, CachedSubject> entries = new LinkedHashMap<>(16, 0.75f, true) {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<SubjectId, CachedSubject> eldest) {
      return size() > MAX_SUBJECTS;
    }
  };
  private int staleScore;

  /** The store behind this cache; what it commits is cached. */
  public ProjectionStore over(ProjectionStore store) {
    return new CachedProjections(store);
  }

  private final class CachedProjections implements ProjectionStore {
    private final ProjectionStore store;

    CachedProjections(ProjectionStore store) {
      this.store = store;
    }

    @Override
    public Map<SubjectId, SubjectState> load(Collection<SubjectQuery> wanted) {
      Map<SubjectId, SubjectState> known = cached(wanted);
      List<SubjectQuery> unknown =
          wanted.stream().filter(each -> !known.containsKey(each.subject())).toList();
      if (!unknown.isEmpty()) {
        Map<SubjectId, SubjectState> loaded = store.load(unknown);
        loaded.values().forEach(each -> put(CachedSubject.loaded(each)));
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

  /** Units on their way to the store. Nothing is cached of their subjects until they are there. */
  public final class Attempt {
    private final List<Optional<CachedSubject>> before;
    private final List<Unit> units;

    private Attempt(List<Unit> all) {
      before = all.stream().map(SubjectCache.this::take).toList();
      List<Unit> unstored = new ArrayList<>(all.size());
      for (int i = 0; i < all.size(); i++) {
        Unit unit = all.get(i);
        unstored.add(before.get(i).map(subject -> subject.unstoredOf(unit)).orElse(unit));
      }
      units = List.copyOf(unstored);
    }

    /** The units, without what is stored already. */
    public List<Unit> units() {
      return units;
    }

    /**
     * Caches the result of one.
     *
     * @param applied false if it was refused because another writer was first
     */
    public void ended(int number, boolean applied) {
      if (applied) {
        before
            .get(number)
            .map(subject -> subject.after(units.get(number).changes()))
            .ifPresent(SubjectCache.this::put);
      } else {
        penalize();
      }
    }
  }

  /** Prepares a commit that the store makes together with something else. */
  public Attempt attempt(List<Unit> units) {
    return new Attempt(units);
  }

  /** Evicts these units' subjects, of which the entries may be stale. */
  @Override
  public void mayHaveCommitted(Collection<Unit> units) {
    lock.lock();
    try {
      units.forEach(unit -> entries.remove(unit.subject()));
    } finally {
      lock.unlock();
    }
  }

  private Map<SubjectId, SubjectState> cached(Collection<SubjectQuery> wanted) {
    Map<SubjectId, SubjectState> known = new HashMap<>();
    lock.lock();
    try {
      for (SubjectQuery each : wanted) {
        CachedSubject subject = entries.get(each.subject());
        if (inUse() && subject != null && subject.answers(each)) {
          known.put(each.subject(), subject.known());
        }
      }
    } finally {
      lock.unlock();
    }
    return known;
  }

  // Each lookup lowers the score by one.
  private boolean inUse() {
    boolean inUse = staleScore < BYPASS_AT;
    staleScore = Math.max(0, staleScore - 1);
    return inUse;
  }

  private void penalize() {
    lock.lock();
    try {
      staleScore = Math.min(staleScore + PENALTY, 16 * BYPASS_AT);
    } finally {
      lock.unlock();
    }
  }

  // Only the entry that the unit was computed from yields the state after its commit; a newer one
  // stays.
  private Optional<CachedSubject> take(Unit unit) {
    lock.lock();
    try {
      CachedSubject subject = entries.get(unit.subject());
      if (subject == null || subject.known().version() > unit.expectedVersion()) {
        return Optional.empty();
      }
      entries.remove(unit.subject());
      return subject.known().version() == unit.expectedVersion()
          ? Optional.of(subject)
          : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  // A slower writer must not replace what is newer.
  private void put(CachedSubject subject) {
    lock.lock();
    try {
      entries.merge(
          subject.known().subject(),
          subject,
          (a, b) -> a.known().version() > b.known().version() ? a : b);
    } finally {
      lock.unlock();
    }
  }
}
