package com.tatame.billing.command;

import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import java.util.Optional;

/**
 * Sends commands of one kind to the provider, from their frozen parameters alone, and finds out what
 * became of them.
 */
public interface CommandHandler {
  /** Whose state the command changes; empty while it makes the subject. */
  Optional<SubjectId> subject(Command command);

  /** Sends it under {@link Command#idempotencyKey()}; the answer is a read. */
  Observation send(Command command);

  /**
   * Finds out whether it was executed, when its key has been forgotten or burnt. Only reads; see {@link
   * CommandSearch}. A failure to read leaves the command as it is for the next time.
   */
  Finding find(Command command);
}
