package com.tatame.billing.inbox;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * Something that happened to a stored event on its way.
 *
 * @param message the error, or why it was ignored
 */
public record Attempt(Instant at, Outcome outcome, Optional<String> message) {
  /** How it ended. */
  public enum Outcome {
    /** It failed and is tried again. */
    FAILED,
    /** Its worker never came back: the lease ran out. */
    ABANDONED,
    /** It failed and was given up. */
    DEAD,
    /** An operator had it replayed. */
    REPLAYED,
    PROCESSED,
    IGNORED;

    /** The name on the wire, lower case. */
    public String code() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
