package com.tatame.billing.projection;

import com.tatame.billing.observation.SubjectId;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** A store that reports its commits to a {@link CommitListener}. */
public final class NotifyingProjectionStore implements ProjectionStore {
  private final ProjectionStore store;
  private final CommitListener listener;

  public NotifyingProjectionStore(ProjectionStore store, CommitListener listener) {
    this.store = store;
    this.listener = listener;
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
      listener.mayHaveCommitted(units);
    }
    listener.committed(units);
    return results;
  }

  @Override
  public List<PendingRead> pendingReads(int limit) {
    return store.pendingReads(limit);
  }
}
