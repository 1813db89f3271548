package com.tatame.billing.command;

import com.tatame.billing.failure.BillingException;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.PaymentDeclined;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.failure.ProviderUnavailable.Execution;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.Observations;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Runs outgoing mutations: written down, sent under a key of their own, their answer committed, and
 * only then settled. Whoever asks for the same while one is open joins it; whoever finds one
 * abandoned finishes it under the same key, so that it takes effect once. Once the provider has
 * forgotten the key, or keeps nothing but a failure under it, what became of the command is looked
 * for.
 */
public final class Commands {
  /** The provider keeps idempotency keys for a day; past this nothing is sent again. */
  static final Duration KEY_LIFETIME = Duration.ofHours(23);

  private static final Logger LOG = System.getLogger(Commands.class.getName());
  private static final Duration LEASE = Duration.ofMinutes(2);
  private static final Duration POLL = Duration.ofMillis(40);
  private static final int MAX_POLLS = 500;
  private static final int MAX_IN_THE_WAY = 5;
  private static final int RECOVERY_BATCH = 50;
  private static final String NOT_EXECUTED = "not_executed";
  private static final String OVERTAKEN = "overtaken";

  private enum Sending {
    FIRST,
    AGAIN,
    UNDER_A_NEW_KEY
  }

  private final CommandJournal journal;
  private final Observations observations;
  private final Map<CommandKind, CommandHandler> handlers;
  private final InstantSource wallClock;
  private final RandomGenerator random;
  private final Pause pause;

  /**
   * Wires the engine.
   *
   * @param contributed what each feature sends: together, one handler for each kind
   * @throws IllegalArgumentException if a kind has none or two
   */
  public Commands(
      CommandJournal journal,
      Observations observations,
      List<Map<CommandKind, CommandHandler>> contributed,
      InstantSource wallClock,
      RandomGenerator random,
      Pause pause) {
    this.journal = journal;
    this.observations = observations;
    this.handlers = oneOfEachKind(contributed);
    this.wallClock = wallClock;
    this.random = random;
    this.pause = pause;
  }

  private static Map<CommandKind, CommandHandler> oneOfEachKind(
      List<Map<CommandKind, CommandHandler>> contributed) {
    Map<CommandKind, CommandHandler> handlers = new EnumMap<>(CommandKind.class);
    contributed.forEach(some -> some.forEach((kind, handler) -> {
      if (handlers.put(kind, handler) != null) {
        throw new IllegalArgumentException("two handlers for " + kind);
      }
    }));
    for (CommandKind kind : CommandKind.values()) {
      if (!handlers.containsKey(kind)) {
        throw new IllegalArgumentException("no handler for " + kind);
      }
    }
    return handlers;
  }

  /** A fresh id. */
  public CommandId nextId() {
    return new CommandId("%016x%016x".formatted(random.nextLong(), random.nextLong()));
  }

  /** The present wall time as journals keep it, for commands that are about to be planned. */
  public Instant now() {
    return wallClock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  /**
   * Runs the command, or joins the open one that asks for the same.
   *
   * @return the command that succeeded, which need not be the given one
   * @throws ProviderRejected if the provider refused it for good
   * @throws ProviderUnavailable if its outcome is not known yet; asking again continues it
   */
  public Command run(Command planned) {
    for (int i = 0; i < MAX_IN_THE_WAY; i++) {
      Optional<Command> done = runIfClear(planned);
      if (done.isPresent()) {
        return done.get();
      }
    }
    throw inTheWay();
  }

  /**
   * As {@link #run}, for a command that was decided on what may have changed by the time another one
   * has let it pass.
   *
   * @return empty if another one was in the way; that one has ended, and this one was not written
   */
  public Optional<Command> runIfClear(Command planned) {
    Command open = journal.open(planned);
    if (open.kind().joins(open, planned)) {
      return Optional.of(drive(open));
    }
    try {
      drive(open);
    } catch (ProviderRejected | PaymentDeclined e) {
      LOG.log(Level.DEBUG, "the command in the way was rejected, which clears the way");
    }
    return Optional.empty();
  }

  /**
   * Thrown by a handler instead of sending, when what the command was decided on no longer holds.
   * While a command is open no other of its kind and target can be, so what its handler sees holds
   * until it ends.
   */
  public static ProviderRejected overtaken(String message) {
    return new ProviderRejected(OVERTAKEN, Optional.empty(), message);
  }

  /** Whether a command ended because another one was before it. Nothing was sent then. */
  public static boolean wasOvertaken(ProviderRejected rejection) {
    return rejection.providerCode().equals(OVERTAKEN);
  }

  /** What a caller is told whom others keep from being served. */
  public static Conflict inTheWay() {
    return Conflict.because("Other changes of the same kind are under way; try again.");
  }

  /**
   * Finishes commands whose sender died or got no answer. Failures are left for the next time.
   *
   * @return how many succeeded
   */
  public int recover() {
    Instant now = now();
    int succeeded = 0;
    for (Command abandoned : journal.abandoned(now.minus(LEASE), now, RECOVERY_BATCH)) {
      try {
        drive(abandoned);
        succeeded++;
      } catch (BillingException e) {
        LOG.log(Level.INFO, "command {0} did not succeed: {1}", abandoned.id(), e.code());
      }
    }
    return succeeded;
  }

  private Command drive(Command open) {
    Command seen = open;
    for (int polls = 0; polls < MAX_POLLS; polls++) {
      String lease = nextId().value();
      Instant now = now();
      Optional<Command> mine = journal.begin(seen.id(), lease, now, LEASE);
      if (mine.isPresent()) {
        // Unsent when last seen, and sent first at this very moment: nobody was in between.
        boolean first = seen.state() == CommandState.PLANNED
            && mine.get().firstSentAt().filter(now::equals).isPresent();
        return send(mine.get(), lease, now, first ? Sending.FIRST : Sending.AGAIN);
      }
      seen = journal.find(seen.id()).orElseThrow();
      if (seen.state().settled()) {
        return outcome(seen);
      }
      pause.pause(POLL);
    }
    throw new ProviderUnavailable(
        Execution.UNKNOWN, Duration.ofSeconds(5), "The same request is still under way.");
  }

  private Command send(Command command, String lease, Instant now, Sending sending) {
    CommandHandler handler = Objects.requireNonNull(handlers.get(command.kind()));
    if (keyIsForgotten(command, now)) {
      return search(command, lease, handler);
    }
    Observation answer;
    try {
      answer = observations.observe(handler.subject(command), () -> handler.send(command));
    } catch (ProviderRejected e) {
      end(command, lease, CommandState.REJECTED, Optional.of(e.providerCode()));
      throw e;
    } catch (PaymentDeclined e) {
      end(command, lease, CommandState.REJECTED, Optional.of(e.declineCode()));
      throw e;
    } catch (ProviderUnavailable e) {
      if (e.execution() == Execution.BURNT_KEY && sending != Sending.UNDER_A_NEW_KEY) {
        return search(command, lease, handler);
      }
      if (e.execution() == Execution.NOT_EXECUTED && sending == Sending.FIRST) {
        end(command, lease, CommandState.REJECTED, Optional.of(NOT_EXECUTED));
      } else {
        end(command, lease, CommandState.UNKNOWN, Optional.empty());
      }
      throw e;
    }
    return succeed(command, lease, answer);
  }

  private static boolean keyIsForgotten(Command command, Instant now) {
    return command
        .firstSentAt()
        .filter(at -> at.plus(KEY_LIFETIME).isBefore(now))
        .isPresent();
  }

  // What can't be learnt by sending it again is looked for. Without proof that it was not executed
  // it gets no other key.
  private Command search(Command command, String lease, CommandHandler handler) {
    Finding finding;
    try {
      finding = handler.find(command);
    } catch (ProviderRejected e) {
      finding = new Finding.Undecided(e.providerCode());
    } catch (ProviderUnavailable e) {
      end(command, lease, CommandState.UNKNOWN, Optional.empty());
      throw e;
    }
    LOG.log(Level.INFO, "command {0} was looked for: {1}", command.id(), name(finding));
    if (finding instanceof Finding.Done done) {
      // No version was taken before this read, so it counts only if nothing else is known.
      return succeed(command, lease, observations.observe(Optional.empty(), done::observation));
    }
    if (finding instanceof Finding.Undecided undecided) {
      end(command, lease, CommandState.NEEDS_OPERATOR, Optional.of(undecided.reason()));
      return outcome(journal.find(command.id()).orElseThrow());
    }
    Instant now = now();
    Optional<Command> renewed =
        journal.renew(command.id(), lease, command.generation(), now, LEASE);
    return renewed.isPresent()
        ? send(renewed.get(), lease, now, Sending.UNDER_A_NEW_KEY)
        : outcome(journal.find(command.id()).orElseThrow());
  }

  private static String name(Finding finding) {
    return finding.getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }

  private Command succeed(Command command, String lease, Observation answer) {
    String result = answer.object().id();
    if (!journal.end(
        command.id(),
        lease,
        CommandState.SUCCEEDED,
        Optional.of(result),
        Optional.empty(),
        wallClock.instant())) {
      logTakenOver(command);
    }
    return outcome(journal.find(command.id()).orElseThrow());
  }

  private void end(Command command, String lease, CommandState state, Optional<String> error) {
    if (!journal.end(command.id(), lease, state, Optional.empty(), error, wallClock.instant())) {
      logTakenOver(command);
    } else if (state == CommandState.REJECTED) {
      Objects.requireNonNull(handlers.get(command.kind())).rejected(command);
    }
  }

  private static void logTakenOver(Command command) {
    LOG.log(Level.INFO, "command {0} was taken over by another sender", command.id());
  }

  private static Command outcome(Command settled) {
    return switch (settled.state()) {
      case SUCCEEDED -> settled;
      case REJECTED -> throw rejection(settled.error().orElse("unknown"));
      case NEEDS_OPERATOR ->
        throw Conflict.because("It is not known whether this was done; an operator must decide.");
      case PLANNED, SENDING, UNKNOWN ->
        throw new ProviderUnavailable(
            Execution.UNKNOWN, Duration.ofSeconds(5), "The same request is still under way.");
    };
  }

  private static BillingException rejection(String error) {
    return error.equals(NOT_EXECUTED)
        ? new ProviderUnavailable(
            Execution.NOT_EXECUTED, Duration.ofSeconds(2), "The payment provider can't be reached.")
        : new ProviderRejected(
            error, Optional.empty(), "The payment provider refused the request: " + error);
  }
}
