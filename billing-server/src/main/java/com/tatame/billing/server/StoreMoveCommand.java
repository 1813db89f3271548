package com.tatame.billing.server;

import com.tatame.billing.command.Pause;
import com.tatame.billing.move.Cutover;
import com.tatame.billing.move.Move;
import com.tatame.billing.move.MoveLimits;
import com.tatame.billing.move.MoveListener;
import com.tatame.billing.move.MovePlan;
import com.tatame.billing.move.MoveRefused;
import com.tatame.billing.move.MoveStatus;
import com.tatame.billing.move.Verification;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * Moves everything to another store, step by step. Each step may be killed at any point and run
 * again; servers that know of the move follow it by themselves.
 */
@Command(
    name = "migrate",
    description =
        "Move everything to another store (BILLING_MOVE_TO) while the servers are at work.",
    footer = {
      "",
      "The schema must be there on both sides: 'billing schema migrate' makes it.",
      "The steps, in their order: plan, copy, follow, verify, cutover, finish; and rollback, at any"
          + " time before finish. Each may be interrupted and run again.",
      "It ends with 0 if all went well, 1 if it failed, 2 if it was called or configured wrongly, 3 if"
          + " it is not time for this step, 4 if verify found differences."
    })
final class StoreMoveCommand {
  private static final int REFUSED = 3;
  private static final int DIFFERENT = 4;
  private static final Duration BETWEEN_ROUNDS = Duration.ofSeconds(2);
  private static final int MEBI = 1 << 20;

  private final Supplier<Map<String, String>> environment;

  @Spec
  private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--from",
      scope = ScopeType.INHERIT,
      paramLabel = "files:<directory>",
      description =
          "Move from files and not from the configured store; without BILLING_MOVE_TO into"
              + " the configured one.")
  private Optional<String> from = Optional.empty();

  @Option(
      names = "--to",
      scope = ScopeType.INHERIT,
      paramLabel = "files:<directory>",
      description = "Move to files and not to BILLING_MOVE_TO.")
  private Optional<String> to = Optional.empty();

  @Option(
      names = "--json",
      scope = ScopeType.INHERIT,
      description = "Print the result as one line of JSON, and nothing on the way.")
  private boolean json;

  @Option(
      names = "--requests",
      scope = ScopeType.INHERIT,
      paramLabel = "<n>",
      description = "Requests a second to each side at most. Default: 20 to Supabase, else 1000.")
  private Optional<Double> requests = Optional.empty();

  @Option(
      names = "--lanes",
      scope = ScopeType.INHERIT,
      paramLabel = "<n>",
      description = "Tables that are copied and compared at a time. Default: 2.")
  private Optional<Integer> lanes = Optional.empty();

  StoreMoveCommand(Supplier<Map<String, String>> environment) {
    this.environment = environment;
  }

  private interface BatchStep {
    int take(MoveEndpoints ends, Move move);
  }

  @Command(name = "plan", description = "Tell what there is to move, and what stands in the way.")
  int plan() {
    return with((ends, move) -> {
      MovePlan plan = move.plan();
      if (json) {
        return print(MoveAnswers.planned(ends, plan));
      }
      PrintWriter out = out();
      out.println("From " + ends.from() + " to " + ends.to() + ":");
      plan.tables().stream()
          .filter(table -> table.rows().orElse(1) > 0)
          .forEach(table -> out.printf(
              Locale.ROOT,
              "  %-32s %14s rows %8.1f MiB%n",
              table.name(),
              table.rows().isPresent()
                  ? String.format(Locale.ROOT, "%,d", table.rows().getAsLong())
                  : "?",
              (double) table.bytes() / MEBI));
      out.printf(
          Locale.ROOT,
          "About %,d rows, by the database's statistics; copying takes about %s.%n",
          MoveAnswers.expected(plan),
          inWords(plan.copying()));
      plan.blockers()
          .forEach(blocker -> out.println("! " + blocker.what()
              + blocker.application().map(name -> " of " + name).orElse("") + ", in the database "
              + blocker.database() + " since " + blocker.since()
              + ": what changes meanwhile is not followed before it ends. End it."));
      return next(ends, move);
    });
  }

  @Command(
      name = "copy",
      description = "Copy everything, or what is left of it, and what changes meanwhile.")
  int copy() {
    return with((ends, move) -> {
      copied(ends, move);
      return report(ends, move, "Everything is copied.");
    });
  }

  private void copied(MoveEndpoints ends, Move move) {
    try (MoveProgress progress = progress(MoveAnswers.expected(move.plan()))) {
      ends.move(json ? MoveListener.SILENT : progress).copy();
    }
  }

  @Command(name = "follow", description = "Bring over what has changed since the last time.")
  int follow(
      @Option(
              names = "--keep",
              description = "Go on until it is interrupted, with a round every two seconds.")
          boolean keep) {
    return with((ends, move) -> {
      long rows;
      try (MoveProgress progress = progress(0)) {
        Move followed = ends.move(json ? MoveListener.SILENT : progress);
        rows = followed.follow();
        while (keep && !Thread.currentThread().isInterrupted()) {
          Pause.blocking().pause(BETWEEN_ROUNDS);
          rows += followed.follow();
        }
      }
      return report(ends, move, String.format(Locale.ROOT, "%,d changes were brought over.", rows));
    });
  }

  @Command(name = "verify", description = "Compare all rows of both sides, while they change.")
  int verify() {
    return with((ends, move) -> {
      Verification found;
      try (MoveProgress progress = progress(move.status().rowsCopied())) {
        found = ends.move(json ? MoveListener.SILENT : progress).verify();
      }
      if (json) {
        print(MoveAnswers.verified(found));
        return found.equal() ? 0 : DIFFERENT;
      }
      if (found.equal()) {
        return report(
            ends,
            move,
            String.format(Locale.ROOT, "All %,d rows are equal on both sides.", found.rows()));
      }
      PrintWriter err = err();
      err.printf(Locale.ROOT, "%,d rows were compared. These are not equal:%n", found.rows());
      found
          .differences()
          .forEach(row -> err.println("  " + row.table() + " " + row.key() + " is "
              + row.kind().name().toLowerCase(Locale.ROOT) + " in " + ends.to()));
      err.println(
          "Nothing was switched. Give the move up with billing migrate rollback, find out who"
              + " else writes to " + ends.to() + ", and begin again with an empty one.");
      return DIFFERENT;
    });
  }

  @Command(
      name = "cutover",
      description = "Switch: writes pause for seconds, and then go to the other side.")
  int cutover(
      @Option(names = "--yes", description = "Confirm that writes may pause now.") boolean yes) {
    return with((ends, move) -> {
      if (!yes) {
        return refuse("Writes to " + ends.from() + " would pause for seconds, and then go to "
            + ends.to() + ". Servers that don't have BILLING_MOVE_TO yet would have to be stopped."
            + " Confirm with --yes.");
      }
      Cutover done = move.cutover();
      return switched(ends, move, done, ends.to());
    });
  }

  @Command(name = "status", description = "Tell where the move stands, and what comes next.")
  int status() {
    return with((ends, move) -> report(ends, move, ""));
  }

  @Command(
      name = "rollback",
      description =
          "Give the move up or, after the cutover, switch back with what was written since.")
  int rollback() {
    return with((ends, move) -> {
      Cutover done = move.rollback();
      return switched(ends, move, done, ends.from());
    });
  }

  @Command(name = "finish", description = "End the move. After that there is no way back.")
  int finish(
      @Option(names = "--yes", description = "Confirm that no way back is needed.") boolean yes) {
    return with((ends, move) -> {
      if (!yes) {
        return refuse("After this there is no way back. Confirm with --yes.");
      }
      move.finish();
      return report(ends, move, "");
    });
  }

  private int switched(MoveEndpoints ends, Move move, Cutover done, String side) {
    if (json) {
      return print(MoveAnswers.switched(done, ends, move.status()));
    }
    return report(
        ends,
        move,
        done.pause().isZero()
            ? side + " is at work; nothing had to pause."
            : String.format(
                Locale.ROOT,
                "%s is at work. Nothing could be written for %d ms, in which %,d rows were brought"
                    + " over.",
                side,
                done.pause().toMillis(),
                done.rows()));
  }

  private int report(MoveEndpoints ends, Move move, String done) {
    MoveStatus status = move.status();
    if (json) {
      return print(MoveAnswers.stands(ends, status));
    }
    PrintWriter out = out();
    if (!done.isEmpty()) {
      out.println(done);
    }
    out.println(MovePhaseText.modes(status, ends.from(), ends.to()) + ".");
    out.printf(
        Locale.ROOT,
        "%,d rows copied, %,d changes followed, %s.%n",
        status.rowsCopied(),
        status.rowsFollowed(),
        status
            .comparedAt()
            .map(at -> "found equal at " + at.truncatedTo(ChronoUnit.SECONDS))
            .orElse("not compared yet"));
    return next(ends, move);
  }

  private int next(MoveEndpoints ends, Move move) {
    MovePhaseText words = MovePhaseText.of(move.status().phase(), ends.from(), ends.to());
    PrintWriter out = out();
    out.println(words.meaning());
    words.next().ifPresent(command -> out.println("Next: " + command + "."));
    words.otherwise().ifPresent(command -> out.println("Or: " + command + "."));
    return 0;
  }

  private int with(BatchStep step) {
    MoveEndpoints.Effort effort = new MoveEndpoints.Effort(requests, limits());
    try (MoveEndpoints ends =
        MoveEndpoints.open(BillingConfig.storesFromEnv(environment.get()), from, to, effort)) {
      return step.take(ends, ends.move(MoveListener.SILENT));
    } catch (MoveRefused e) {
      return refuse(String.valueOf(e.getMessage()));
    } finally {
      out().flush();
      err().flush();
    }
  }

  private int refuse(String why) {
    err().println(why);
    return REFUSED;
  }

  private MoveLimits limits() {
    return new MoveLimits(
        lanes.orElse(MoveLimits.DEFAULT.lanes()),
        MoveLimits.DEFAULT.pageBytes(),
        MoveLimits.DEFAULT.digestRows());
  }

  private MoveProgress progress(long expectedRows) {
    return new MoveProgress(err(), MoveProgress.onTerminal(), InstantSource.system(), expectedRows);
  }

  private static String inWords(Duration duration) {
    long seconds = Math.max(1, duration.toSeconds());
    return seconds < 120
        ? seconds + " s"
        : seconds < 7200 ? seconds / 60 + " min" : seconds / 3600 + " h";
  }

  private int print(Map<String, @Nullable Object> answer) {
    out().println(MoveAnswers.line(answer));
    return 0;
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private PrintWriter err() {
    return spec.commandLine().getErr();
  }
}
