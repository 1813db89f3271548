package com.tatame.billing.projection;

import com.tatame.billing.observation.SubjectId;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Port: mirrored rows, changed by units and by nothing else. */
public interface ProjectionStore {
  /** One entry for every subject wanted, also for those never seen. */
  Map<SubjectId, SubjectState> load(Collection<SubjectQuery> wanted);

  /**
   * Applies each unit whole or not at all; one that is refused doesn't touch its neighbours.
   *
   * @param now wall time at which events count as processed
   * @return one result for each unit, in their order
   */
  List<CommitResult> commit(List<Unit> units, Instant now);

  /** Objects to be read, most urgent and then oldest first. */
  List<PendingRead> pendingReads(int limit);
}
