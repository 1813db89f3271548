package com.tatame.billing.inbox;

import java.util.List;
import java.util.Optional;

/**
 * A part of a replay.
 *
 * @param ids of the events that wait to be processed once more, in the order of arrival
 * @param next where the next part begins; empty after the last one
 */
public record ReplayBatch(List<String> ids, Optional<Long> next) {
  public ReplayBatch {
    ids = List.copyOf(ids);
  }
}
