package com.tatame.billing.inbox;

import java.util.List;
import java.util.Optional;

/**
 * A stored event with all that is known of it.
 *
 * @param payload as received; empty once it was pruned
 * @param history what happened to it, oldest first
 */
public record StoredEvent(EventRecord event, Optional<String> payload, List<Attempt> history) {
  public StoredEvent {
    history = List.copyOf(history);
  }
}
