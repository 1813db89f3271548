package com.tatame.billing.projection;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.time.Clocks;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Loads subjects, projects observations onto them and commits what changes. */
public final class Projections {
  private final ProjectionStore store;
  private final Projector projector;
  private final Clocks clocks;

  public Projections(ProjectionStore store, Projector projector, Clocks clocks) {
    this.store = store;
    this.projector = projector;
    this.clocks = clocks;
  }

  /** The same rules and clocks over another store. */
  public Projections over(ProjectionStore other) {
    return new Projections(other, projector, clocks);
  }

  /** The clocks by which it is projected and committed. */
  public Clocks clocks() {
    return clocks;
  }

  /** The store that is read and written. */
  public ProjectionStore store() {
    return store;
  }

  /** What has to be known to project these observations, by subject; without unknown subjects. */
  public Map<SubjectId, SubjectState> load(Collection<Observation> observations) {
    return store.load(projector.wanted(observations));
  }

  /** A subject without its objects; version 0 if it was never seen. */
  public SubjectState load(SubjectId subject) {
    return store
        .load(List.of(new SubjectQuery(subject, Set.of(), Set.of())))
        .getOrDefault(subject, SubjectState.nothing(subject));
  }

  /** As {@link Projector#project(SubjectState, Collection, java.time.Instant)}, at this instant. */
  public Projection project(SubjectState known, Collection<Observation> observations) {
    return projector.project(known, observations, clocks.billingNow());
  }

  /** As {@link Projector#importing}, at this instant. */
  public Projection importing(
      SubjectState known, Collection<Observation> observations, Optional<AccountId> assigned) {
    return projector.importing(known, observations, assigned, clocks.billingNow());
  }

  /** As {@link Projector#reconcile}, at this instant. */
  public Projection reconcile(SubjectState known, Collection<Observation> reads) {
    return projector.reconcile(known, reads, clocks.billingNow());
  }

  /** As {@link ProjectionStore#commit}, at this instant. */
  public List<CommitResult> commit(List<Unit> units) {
    return store.commit(units, clocks.wallNow());
  }

  /** As {@link ProjectionStore#pendingReads}. */
  public List<PendingRead> pendingReads(int limit) {
    return store.pendingReads(limit);
  }
}
