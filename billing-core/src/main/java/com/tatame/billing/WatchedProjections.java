package com.tatame.billing;

import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.CommitResult;
import com.tatame.billing.projection.PendingRead;
import com.tatame.billing.projection.ProjectionStore;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.projection.SubjectState;
import com.tatame.billing.projection.Unit;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Mirrored rows, of whose changes others hear at once. */
final class WatchedProjections implements ProjectionStore {
  private final ProjectionStore store;
  private final Consumer<Collection<Unit>> touched;
  private final Consumer<Collection<Unit>> committed;

  /**
   * Watches a store.
   *
   * @param touched told of what may have been committed, also when the store's answer was lost
   * @param committed told of what the store has answered, and must not fail for it
   */
  WatchedProjections(
      ProjectionStore store,
      Consumer<Collection<Unit>> touched,
      Consumer<Collection<Unit>> committed) {
    this.store = store;
    this.touched = touched;
    this.committed = committed;
  }

  @Override
  public Map<SubjectId, SubjectState> load(Collection<SubjectQuery> wanted) {
    return store.load(wanted);
  }

  @Override
  public List<CommitResult> commit(List<Unit> units, Instant now) {
    List<CommitResult> results;
    try {
      results = store.commit(units, now);
    } finally {
      touched.accept(units);
    }
    committed.accept(units);
    return results;
  }

  @Override
  public List<PendingRead> pendingReads(int limit) {
    return store.pendingReads(limit);
  }
}
