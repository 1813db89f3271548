package com.tatame.billing.command;

import com.tatame.billing.observation.Observation;

/** What the provider shows of a command whose answer can no longer be had by sending it again. */
public sealed interface CommandLookup {
  /** It was executed, or what it wants holds: this is how its object is by now, a read. */
  record Done(Observation observation) implements CommandLookup {}

  /**
   * It was certainly not executed, or executing it again does no harm whatever became of it. It is
   * sent anew under another key.
   */
  record Absent() implements CommandLookup {}

  /**
   * It can't be found out, so a person must decide.
   *
   * @param reason safe to show
   */
  record Undecided(String reason) implements CommandLookup {}
}
