package com.tatame.billing.command;

import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import java.util.Optional;
import java.util.function.Function;

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
   * Reconciles it: finds out whether it was executed, when its key has expired or replays a stored
   * failure. Only reads; see {@link
   * CommandSearch}. A failure to read leaves the command as it is for the next time.
   */
  CommandLookup find(Command command);

  /**
   * Called once the command was rejected, so that what it held is given back without delay. Perhaps
   * never called: its program may have died.
   */
  default void rejected(Command command) {}

  /** A handler of these three parts. */
  static CommandHandler of(
      Function<Command, Optional<SubjectId>> subject,
      Function<Command, Observation> send,
      Function<Command, CommandLookup> find) {
    return new CommandHandler() {
      @Override
      public Optional<SubjectId> subject(Command command) {
        return subject.apply(command);
      }

      @Override
      public Observation send(Command command) {
        return send.apply(command);
      }

      @Override
      public CommandLookup find(Command command) {
        return find.apply(command);
      }
    };
  }
}
