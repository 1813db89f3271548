package com.tatame.billing.inbox;

import com.tatame.billing.time.TimeBounds;
import java.time.Instant;
import java.util.Optional;

/** Which events are processed once more. */
public sealed interface ReplaySelection {
  /** This one. */
  record One(String id) implements ReplaySelection {}

  /** All that were given up. */
  record DeadLetters() implements ReplaySelection {}

  /**
   * All that were received in a range of time, whatever became of them.
   *
   * @param until exclusive
   */
  record Received(Instant from, Instant until, Optional<String> type) implements ReplaySelection {
    public Received {
      TimeBounds.require("from", from);
      TimeBounds.require("to", until);
    }
  }
}
