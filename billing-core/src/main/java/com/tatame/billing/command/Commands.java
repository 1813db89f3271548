package com.tatame.billing.command;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.PaymentDeclined;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.failure.ProviderUnavailable.Execution;
import com.tatame.billing.lease.Heartbeats;
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
import java.util.stream.Stream;

/**
 * Runs outgoing mutations: written down, sent under a key of their own, their answer committed, and
 * only then settled. A caller that asks for the same while one is open joins it; a worker that finds
 * one abandoned finishes it under the same key, so that it takes effect once. A request that carries an
 * idempotency key (see {@link RequestScope}) and is sent again gets the command that it made. Once the provider has
 * deleted the key, or keeps nothing but a failure under it, what became of the command is looked
 * for.
 */
public final class Commands {
  /** The provider keeps idempotency keys for a day; past this nothing is sent again. */
  static final Duration KEY_LIFETIME = Duration.ofHours(23);

  /** A caller's idempotency key that comes again after that is a new request. */
  private static final Duration REQUEST_LIFETIME = Duration.ofHours(23);

  private static final Logger LOG = System.getLogger(Commands.class.getName());
  private static final Duration POLL = Duration.ofMillis(40);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

  /** Ten seconds: a caller that has waited that long gets {@code in_progress}. */
  private static final int MAX_POLLS = 250;

  private static final int MAX_IN_THE_WAY = 5;
  private static final int RECOVERY_BATCH = 50;
  private static final String NOT_EXECUTED = "not_executed";
  private static final String SUPERSEDED = "overtaken";

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
  private final Heartbeats heartbeats;

  /**
   * Wires the engine.
   *
   * @param contributed what each feature sends: together, one handler for each kind
   * @param heartbeats keep a command with its sender for as long as that lives
   * @throws IllegalArgumentException if a kind has none or two
   */
  public Commands(
      CommandJournal journal,
      Observations observations,
      List<Map<CommandKind, CommandHandler>> contributed,
      InstantSource wallClock,
      RandomGenerator random,
      Pause pause,
      Heartbeats heartbeats) {
    this.journal = journal;
    this.observations = observations;
    this.handlers = oneOfEachKind(contributed);
    this.wallClock = wallClock;
    this.random = random;
    this.pause = pause;
    this.heartbeats = heartbeats;
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
   * When a command is planned that follows on another one: now, and later than that one even if another
   * node's clock made it, since the journal goes by it.
   */
  public Instant plannedAfter(Optional<Command> last) {
    Instant now = now();
    return last.map(before -> before.createdAt().plus(1, ChronoUnit.MICROS))
        .filter(next -> next.isAfter(now))
        .orElse(now);
  }

  /**
   * Runs the command, or joins the open one that asks for the same.
   *
   * @return the command that succeeded, which need not be the given one
   * @throws ProviderRejected if the provider refused it for good
   * @throws ProviderUnavailable if its outcome is not known yet; asking again continues it
   * @throws Conflict {@code in_progress} if another process has been sending it for ten seconds
   */
  public Command run(Command planned) {
    for (int i = 0; i < MAX_IN_THE_WAY; i++) {
      Optional<Command> done = tryRun(planned);
      if (done.isPresent()) {
        return done.get();
      }
    }
    throw concurrentChange();
  }

  /**
   * As {@link #run}, for a command that was decided on what may have changed by the time another one
   * has let it pass.
   *
   * @return empty if another one was in the way; that one has ended, and this one was not written
   */
  public Optional<Command> tryRun(Command planned) {
    Optional<Command> earlier = planned
        .request()
        .flatMap(request -> recent(request, planned.kind(), Optional.of(planned.target())));
    if (earlier.isPresent()) {
      return Optional.of(finish(earlier.get()));
    }
    Command open = journal.open(planned, CommandAudit.planned(planned));
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
   * Runs the command unless another request's is open: of that it has no share, and doesn't wait for
   * its end.
   *
   * @return as {@link #run}
   * @throws Conflict {@code in_progress} if a command of another request is open
   */
  public Command runAlone(Command planned) {
    Command open = journal.open(planned, CommandAudit.planned(planned));
    refuseAnothers(open, planned.request());
    return drive(open);
  }

  /**
   * Refuses a request while a command of this account, kind and target is open that another one made.
   *
   * @throws Conflict {@code in_progress}
   */
  public void requireNoneUnderWay(
      AccountId account, CommandKind kind, String target, RequestKey request) {
    journal
        .findOpen(account, kind, target)
        .ifPresent(open -> refuseAnothers(open, Optional.of(request)));
  }

  private static void refuseAnothers(Command open, Optional<RequestKey> request) {
    if (!open.request().equals(request)) {
      if (open.state() == CommandState.NEEDS_OPERATOR) {
        outcome(open);
      }
      throw Conflict.inProgress(
          RETRY_AFTER, "Another request of this kind is under way; try again when it has ended.");
    }
  }

  /**
   * What an earlier attempt of the same request did: its command of this kind that succeeded or may
   * still do so. A caller that finds one ends it by {@link #finish} instead of planning another.
   */
  public Optional<Command> earlier(RequestKey request, CommandKind kind) {
    return made(request, kind).findFirst();
  }

  /**
   * As {@link #earlier(RequestKey, CommandKind)}, for the request that the thread works for. To be
   * asked before anything that the command itself, once it was executed, would have refused.
   *
   * @return the command, driven to its end; empty if the request made none, or carries no key
   */
  public Optional<Command> finishEarlier(CommandKind kind) {
    return RequestScope.current()
        .flatMap(request -> recent(request, kind, Optional.empty()))
        .map(this::finish);
  }

  /** Whether the request that the thread works for made a command of this kind before. */
  public boolean begunEarlier(CommandKind kind) {
    return RequestScope.current()
        .flatMap(request -> recent(request, kind, Optional.empty()))
        .isPresent();
  }

  private Optional<Command> recent(RequestKey request, CommandKind kind, Optional<String> target) {
    Instant since = now().minus(REQUEST_LIFETIME);
    return made(request, kind)
        .filter(command -> command.createdAt().isAfter(since))
        .filter(command -> target.map(command.target()::equals).orElse(true))
        .findFirst();
  }

  private Stream<Command> made(RequestKey request, CommandKind kind) {
    return journal.ofRequest(request).stream()
        .filter(command -> command.kind() == kind && command.state() != CommandState.REJECTED);
  }

  /** As {@link CommandJournal#find}. */
  public Optional<Command> find(CommandId id) {
    return journal.find(id);
  }

  /** As {@link CommandJournal#lastSucceeded}. */
  public Optional<Command> lastSucceeded(AccountId account, CommandKind kind, String target) {
    return journal.lastSucceeded(account, kind, target);
  }

  /** Drives a command to its end, as {@link #run}. */
  public Command finish(Command known) {
    return known.state().settled() ? outcome(known) : drive(known);
  }

  /**
   * Thrown by a handler instead of sending, when what the command was decided on no longer holds.
   * While a command is open no other of its kind and target can be, so what its handler sees holds
   * until it ends.
   */
  public static ProviderRejected superseded(String message) {
    return new ProviderRejected(SUPERSEDED, Optional.empty(), message);
  }

  /** Whether a command ended because another one was before it. Nothing was sent then. */
  public static boolean wasSuperseded(ProviderRejected rejection) {
    return rejection.providerCode().equals(SUPERSEDED);
  }

  /** The failure of a caller that others keep from being served. */
  public static Conflict concurrentChange() {
    return Conflict.inProgress(
        RETRY_AFTER, "Other changes of the same kind are under way; try again.");
  }

  /**
   * Finishes commands whose sender died or got no answer. Failures are left for the next time.
   *
   * @return how many succeeded
   */
  public int recover() {
    Instant now = now();
    int succeeded = 0;
    for (Command abandoned : journal.abandoned(now.minus(Heartbeats.LEASE), now, RECOVERY_BATCH)) {
      try {
        drive(abandoned);
        succeeded++;
      } catch (BillingException e) {
        LOG.log(Level.INFO, "command {0} did not succeed: {1}", abandoned.id(), e.code());
      } catch (BadCommandParam e) {
        // The others are not to wait for it.
        LOG.log(Level.ERROR, "command " + abandoned.id() + " can't be sent", e);
      }
    }
    return succeeded;
  }

  private Command drive(Command open) {
    Command seen = open;
    for (int polls = 0; polls < MAX_POLLS; polls++) {
      String lease = nextId().value();
      Instant now = now();
      CommandId id = seen.id();
      Optional<Command> mine = journal.begin(id, lease, now, Heartbeats.LEASE);
      if (mine.isPresent()) {
        // Unsent when last seen, and sent first at this very moment: no other process was in
        // between.
        boolean first = seen.state() == CommandState.PLANNED
            && mine.get().firstSentAt().filter(now::equals).isPresent();
        return heartbeats.during(
            (at, leaseTime) -> journal.extend(id, lease, at, leaseTime),
            () -> send(mine.get(), lease, now, first ? Sending.FIRST : Sending.AGAIN));
      }
      seen = journal.find(seen.id()).orElseThrow();
      if (seen.state().settled()) {
        return outcome(seen);
      }
      pause.pause(POLL);
    }
    throw underWay();
  }

  private static Conflict underWay() {
    return Conflict.inProgress(
        RETRY_AFTER, "It is under way; repeat the request to get its result.");
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
      if (e.execution() == Execution.REPLAYED_FAILURE && sending != Sending.UNDER_A_NEW_KEY) {
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
    CommandLookup finding;
    try {
      finding = handler.find(command);
    } catch (ProviderRejected e) {
      finding = new CommandLookup.Undecided(e.providerCode());
    } catch (ProviderUnavailable e) {
      end(command, lease, CommandState.UNKNOWN, Optional.empty());
      throw e;
    }
    LOG.log(Level.INFO, "command {0} was looked for: {1}", command.id(), name(finding));
    if (finding instanceof CommandLookup.Done done) {
      // No version was taken before this read, so it counts only if nothing else is known.
      return succeed(command, lease, observations.observe(Optional.empty(), done::observation));
    }
    if (finding instanceof CommandLookup.Undecided undecided) {
      end(command, lease, CommandState.NEEDS_OPERATOR, Optional.of(undecided.reason()));
      return outcome(journal.find(command.id()).orElseThrow());
    }
    Instant now = now();
    Optional<Command> renewed =
        journal.renew(command.id(), lease, command.generation(), now, Heartbeats.LEASE);
    return renewed.isPresent()
        ? send(renewed.get(), lease, now, Sending.UNDER_A_NEW_KEY)
        : outcome(journal.find(command.id()).orElseThrow());
  }

  private static String name(CommandLookup finding) {
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
      case PLANNED, SENDING, UNKNOWN -> throw underWay();
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
