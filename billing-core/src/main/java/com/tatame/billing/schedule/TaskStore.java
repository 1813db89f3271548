package com.tatame.billing.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Port: whose turn it is to do what is done now and then. All instants are wall time. */
public interface TaskStore {
  /**
   * A task that was begun.
   *
   * @param position where the last turn ended, in the task's own words; empty before the first
   */
  record Turn(Optional<String> position) {}

  /**
   * Begins a task if it is due and no other process runs it, or that one has not ended it within the
   * lease. Repeating the call changes nothing.
   *
   * @param runner who begins it: a name that no other runner uses
   */
  Optional<Turn> begin(String task, String runner, Instant now, Duration lease);

  /**
   * Ends a turn.
   *
   * @param nextAt when the task is due again
   * @return false, and nothing is changed, if the runner no longer had it
   */
  boolean end(String task, String runner, Optional<String> position, Instant nextAt);
}
