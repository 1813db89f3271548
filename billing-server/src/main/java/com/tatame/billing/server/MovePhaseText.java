package com.tatame.billing.server;

import com.tatame.billing.move.MoveStatus;
import com.tatame.billing.move.MoveStatus.Phase;
import java.util.Locale;
import java.util.Optional;

/**
 * Where a move stands, for people.
 *
 * @param meaning a sentence
 * @param next the command that comes next; empty if none has to
 * @param otherwise another way on, or back
 */
record MovePhaseText(String meaning, Optional<String> next, Optional<String> otherwise) {
  private static final String MIGRATE = "billing migrate ";

  static MovePhaseText of(Phase phase, String from, String to) {
    return switch (phase) {
      case NOT_BEGUN -> said("No move was begun.", MIGRATE + "copy");
      case COPYING ->
        said("Not everything is copied yet.", MIGRATE + "copy")
            .or(MIGRATE + "rollback gives it up");
      case FOLLOWING ->
        said(
                "Everything is copied, and " + to + " is kept up to date by following.",
                MIGRATE + "verify, and when both sides are equal " + MIGRATE + "cutover --yes")
            .or(MIGRATE + "rollback gives it up");
      case CUTTING_OVER ->
        said(
                "A cutover has not ended: nothing can be written at the moment.",
                MIGRATE + "cutover --yes, which ends it")
            .or(MIGRATE + "rollback lets " + from + " go on");
      case MOVED ->
        new MovePhaseText(
                to + " has taken over; " + from + " is frozen as it was.",
                Optional.of("let the servers run on " + to + " for as long as you want a way back."
                    + " Then configure them with it alone and run " + MIGRATE + "finish --yes"),
                Optional.empty())
            .or(MIGRATE + "rollback brings back what was written since");
      case ROLLING_BACK -> said("A way back has not ended.", MIGRATE + "rollback, which ends it");
      case ROLLED_BACK ->
        said(
                from + " has taken over again; " + to + " is frozen as it was.",
                MIGRATE + "cutover --yes, to switch once more")
            .or(MIGRATE + "finish --yes ends the move here");
      case FINISHED ->
        new MovePhaseText(
            "The move is finished: " + to + " is at work, and there is no way back.",
            Optional.empty(),
            Optional.empty());
    };
  }

  private static MovePhaseText said(String meaning, String next) {
    return new MovePhaseText(meaning, Optional.of("run " + next), Optional.empty());
  }

  private MovePhaseText or(String another) {
    return new MovePhaseText(meaning, next, Optional.of(another));
  }

  /** What both sides are doing. */
  static String modes(MoveStatus status, String from, String to) {
    return from + " is " + mode(status.source()) + ", " + to + " is " + mode(status.target());
  }

  private static String mode(Enum<?> mode) {
    return mode.name().toLowerCase(Locale.ROOT).replace("standby", "standing by");
  }
}
