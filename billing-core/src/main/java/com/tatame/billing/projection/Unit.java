package com.tatame.billing.projection;

import com.tatame.billing.observation.SubjectId;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Everything that one subject's observations change, applied whole or not at all.
 *
 * @param expectedVersion the version that was loaded before anything was read
 * @param claim under which the events are held; empty when no event is behind the unit
 * @param events sequence numbers that are processed once the unit is applied
 */
public record Unit(
    SubjectId subject,
    long expectedVersion,
    Optional<ClaimId> claim,
    Set<Long> events,
    List<Change> changes) {
  public Unit {
    events = Set.copyOf(events);
    changes = List.copyOf(changes);
    if (claim.isEmpty() && !events.isEmpty()) {
      throw new IllegalArgumentException("events need the claim that holds them");
    }
  }
}
