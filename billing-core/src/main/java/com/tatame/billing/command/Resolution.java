package com.tatame.billing.command;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * What a person decided about a command that could not be found out by itself. Kept for good.
 *
 * @param result the object that it made or changed; there if it succeeded
 * @param reason in the person's words
 * @param by who decided
 */
public record Resolution(
    Outcome outcome, Optional<String> result, String reason, String by, Instant at) {

  /** What became of the command. */
  public enum Outcome {
    /** It was executed. */
    SUCCEEDED,
    /** It was not executed, and is given up. */
    NOT_EXECUTED,
    /** It was not executed, and is sent again under a new key. */
    SEND_AGAIN;

    /** The name on the wire, lower case. */
    public String code() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The state that the command has from then on. */
    public CommandState state() {
      return switch (this) {
        case SUCCEEDED -> CommandState.SUCCEEDED;
        case NOT_EXECUTED -> CommandState.REJECTED;
        case SEND_AGAIN -> CommandState.PLANNED;
      };
    }
  }

  public Resolution {
    if (result.isPresent() != (outcome == Outcome.SUCCEEDED)) {
      throw new IllegalArgumentException("a result is what a command that succeeded has");
    }
  }
}
