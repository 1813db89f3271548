package com.tatame.billing.setup;

import java.util.List;

/**
 * What must change at the provider, in the order in which it is done.
 *
 * @param unchanged how many things are there already as they should be
 * @param notes what a person should know or do beside it
 */
public record SetupPlan(List<SetupChange> changes, int unchanged, List<String> notes) {
  public SetupPlan {
    changes = List.copyOf(changes);
    notes = List.copyOf(notes);
  }

  /** Whether the provider holds all of it. */
  public boolean done() {
    return changes.isEmpty();
  }
}
