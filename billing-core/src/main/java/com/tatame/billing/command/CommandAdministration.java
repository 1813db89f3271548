package com.tatame.billing.command;

import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.observation.ObjectReads;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.Observations;
import com.tatame.billing.observation.SubjectId;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Use cases of operators: what was sent to the provider, and what only a person can decide. */
public final class CommandAdministration {
  private static final int MAX_REASON_LENGTH = 500;

  private final CommandJournal journal;
  private final Observations observations;
  private final ObjectReads reads;
  private final InstantSource wallClock;

  public CommandAdministration(
      CommandJournal journal,
      Observations observations,
      ObjectReads reads,
      InstantSource wallClock) {
    this.journal = journal;
    this.observations = observations;
    this.reads = reads;
    this.wallClock = wallClock;
  }

  /** One page, as {@link CommandJournal#list}. */
  public List<Command> list(JournalFilter filter, Optional<CommandId> before, int limit) {
    return journal.list(filter, before, limit);
  }

  /**
   * One command.
   *
   * @throws NotFound if there is none with this id
   */
  public Command get(CommandId id) {
    return journal.find(id).orElseThrow(() -> new NotFound("command", id.value()));
  }

  /** How many wait for a person. */
  public long undecided() {
    return journal.undecided();
  }

  /**
   * Records that the command was executed.
   *
   * @param result the id of the object that it made or changed, which is read from the provider
   * @param reason how it was found out, for the record; 1 to 500 characters
   * @param by who decided
   * @throws NotFound if there is no such command
   * @throws Conflict if it doesn't wait for a person
   * @throws ValidationFailed naming the field, such as when the provider has no such object
   */
  public Command succeeded(CommandId id, String result, String reason, String by) {
    Optional<Command> decided =
        decidedSo(id, Resolution.Outcome.SUCCEEDED, Optional.of(result), reason, by);
    if (decided.isPresent()) {
      return decided.get();
    }
    Command command = undecided(id);
    checkReason(reason);
    ObjectRef object = new ObjectRef(command.kind().object(), result);
    Observation seen =
        observations.observe(Optional.empty(), () -> reads.read(object, new SubjectId(result)));
    if (seen.state().isEmpty()) {
      throw ValidationFailed.of(
          "result",
          "the provider has no " + object.kind().name().toLowerCase(Locale.ROOT) + " '" + result
              + "'");
    }
    return resolve(command, Resolution.Outcome.SUCCEEDED, Optional.of(result), reason, by);
  }

  /**
   * Records that the command was not executed.
   *
   * @param sendAgain whether it is still wanted; if not, it ends as rejected
   * @param reason how it was found out, for the record; 1 to 500 characters
   * @param by who decided
   * @throws NotFound if there is no such command
   * @throws Conflict if it doesn't wait for a person
   * @throws ValidationFailed naming the field
   */
  public Command notExecuted(CommandId id, boolean sendAgain, String reason, String by) {
    Resolution.Outcome outcome =
        sendAgain ? Resolution.Outcome.SEND_AGAIN : Resolution.Outcome.NOT_EXECUTED;
    Optional<Command> decided = decidedSo(id, outcome, Optional.empty(), reason, by);
    if (decided.isPresent()) {
      return decided.get();
    }
    Command command = undecided(id);
    checkReason(reason);
    return resolve(command, outcome, Optional.empty(), reason, by);
  }

  // A retry of a decision, whose answer was lost, gets the answer.
  private Optional<Command> decidedSo(
      CommandId id, Resolution.Outcome outcome, Optional<String> result, String reason, String by) {
    Command command = get(id);
    List<Resolution> made = command.resolutions();
    if (command.state() == CommandState.NEEDS_OPERATOR || made.isEmpty()) {
      return Optional.empty();
    }
    Resolution last = made.get(made.size() - 1);
    return last.equals(new Resolution(outcome, result, reason, by, last.at()))
        ? Optional.of(command)
        : Optional.empty();
  }

  private Command undecided(CommandId id) {
    Command command = get(id);
    if (command.state() != CommandState.NEEDS_OPERATOR) {
      throw decided(command);
    }
    return command;
  }

  private static Conflict decided(Command command) {
    return Conflict.because(
        "The command is " + command.state().code() + "; there is nothing to decide.");
  }

  private Command resolve(
      Command command,
      Resolution.Outcome outcome,
      Optional<String> result,
      String reason,
      String by) {
    Resolution resolution = new Resolution(
        outcome, result, reason, by, wallClock.instant().truncatedTo(ChronoUnit.MICROS));
    return journal
        .resolve(
            command.id(),
            command.generation(),
            resolution,
            CommandAudit.resolved(command, resolution))
        .orElseThrow(() -> decided(get(command.id())));
  }

  private static void checkReason(String reason) {
    if (reason.isBlank() || reason.length() > MAX_REASON_LENGTH) {
      throw ValidationFailed.of("reason", "must be 1 to " + MAX_REASON_LENGTH + " characters");
    }
  }
}
