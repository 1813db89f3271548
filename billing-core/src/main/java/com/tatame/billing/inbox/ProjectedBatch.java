package com.tatame.billing.inbox;

import com.tatame.billing.projection.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Received events, projected before they are stored.
 *
 * @param projected the units that some of them make, each event in at most one; an event in none
 *     waits for a worker
 * @param ignored by id, the events that concern no mirrored object, and why
 */
public record ProjectedBatch(
    List<ReceivedEvent> events, List<ProjectedUnit> projected, Map<String, String> ignored) {
  public ProjectedBatch {
    events = List.copyOf(events);
    projected = List.copyOf(projected);
    ignored = Map.copyOf(ignored);
  }

  /** The same events with these units in place of the projected ones. */
  ProjectedBatch with(List<Unit> units) {
    List<ProjectedUnit> others = new ArrayList<>(projected.size());
    for (int i = 0; i < projected.size(); i++) {
      others.add(new ProjectedUnit(projected.get(i).eventIds(), units.get(i)));
    }
    return new ProjectedBatch(events, others, ignored);
  }

  /**
   * The unit that some events make of one subject.
   *
   * @param eventIds they are processed once the unit is applied
   * @param unit without a claim, since an event that is not stored yet has no lease
   */
  public record ProjectedUnit(Set<String> eventIds, Unit unit) {
    public ProjectedUnit {
      eventIds = Set.copyOf(eventIds);
    }
  }

  /**
   * The outcome, by event id.
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
