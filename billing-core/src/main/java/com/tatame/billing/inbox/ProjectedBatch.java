package com.tatame.billing.inbox;

import com.tatame.billing.projection.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Received events with what they say already worked out.
 *
 * @param told what some of them say, each event at most once; what is told of no event waits for a
 *     worker
 * @param ignored by id, those that are nothing to us, and why
 */
public record ProjectedBatch(
    List<ReceivedEvent> events, List<ProjectedUnit> told, Map<String, String> ignored) {
  public ProjectedBatch {
    events = List.copyOf(events);
    told = List.copyOf(told);
    ignored = Map.copyOf(ignored);
  }

  /** The same, with other units in the places of what is told. */
  ProjectedBatch with(List<Unit> units) {
    List<ProjectedUnit> others = new ArrayList<>(told.size());
    for (int i = 0; i < told.size(); i++) {
      others.add(new ProjectedUnit(told.get(i).eventIds(), units.get(i)));
    }
    return new ProjectedBatch(events, others, ignored);
  }

  /**
   * What some events say about one subject.
   *
   * @param eventIds they are processed once the unit is applied
   * @param unit without a claim, since nobody holds what is not yet stored
   */
  public record ProjectedUnit(Set<String> eventIds, Unit unit) {
    public ProjectedUnit {
      eventIds = Set.copyOf(eventIds);
    }
  }

  /**
   * What became of them.
   *
   * @param fresh the ids that were new
   * @param waiting those of the new ones that a worker has to process
   */
  public record Stored(Set<String> fresh, Set<String> waiting) {
    public Stored {
      fresh = Set.copyOf(fresh);
      waiting = Set.copyOf(waiting);
    }
  }
}
