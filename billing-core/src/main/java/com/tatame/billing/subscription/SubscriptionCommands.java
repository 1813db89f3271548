package com.tatame.billing.subscription;

import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandHandler;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandLookup;
import com.tatame.billing.command.CommandParam;
import com.tatame.billing.command.CommandParams;
import com.tatame.billing.command.CommandSearch;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.subscription.Subscription.CollectionPause;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;

/** The frozen form of cancellations, resumptions and pauses, and how they are sent. */
final class SubscriptionCommands {
  private static final CommandParam<Cancellation> WHEN =
      CommandParam.choice("when", Cancellation.values(), Cancellation::code);
  private static final CommandParam<String> REASON = CommandParam.text("reason");
  private static final CommandParam<Boolean> FROM_PAUSE = CommandParam.flag("from_pause");
  private static final CommandParam<PauseBehavior> BEHAVIOR =
      CommandParam.choice("behavior", PauseBehavior.values(), PauseBehavior::code);
  private static final CommandParam<Instant> RESUMES_AT = CommandParam.second("resumes_at");
  private static final CommandParam<Instant> SELF_SINCE = CommandParam.second("self_since");
  private static final CommandParam<Instant> SELF_UNTIL = CommandParam.second("self_until");
  private static final CommandParam<List<Instant>> SELF_BEGUN = CommandParam.seconds("self_begun");

  private SubscriptionCommands() {}

  static CommandParams cancellation(Cancellation when, Optional<String> reason) {
    return CommandParams.none().with(WHEN, when).with(REASON, reason);
  }

  static CommandParams resumption(boolean fromPause) {
    return CommandParams.none().with(FROM_PAUSE, fromPause);
  }

  static CommandParams pause(PauseBehavior behavior, Optional<Instant> until) {
    return CommandParams.none().with(BEHAVIOR, behavior).with(RESUMES_AT, until);
  }

  static CommandParams pauseByUser(SelfPause own) {
    return params(own).with(BEHAVIOR, PauseBehavior.VOID).with(RESUMES_AT, own.until());
  }

  /**
   * For collecting payments again.
   *
   * @param own the user's pause as it is after that; empty for a pause of an administrator
   */
  static CommandParams endOfPause(Optional<SelfPause> own) {
    return own.map(SubscriptionCommands::params).orElseGet(CommandParams::none);
  }

  private static CommandParams params(SelfPause own) {
    return CommandParams.none()
        .with(SELF_SINCE, own.since())
        .with(SELF_UNTIL, own.until())
        .with(SELF_BEGUN, own.begun());
  }

  private static Optional<SelfPause> selfPause(Command command) {
    return SELF_SINCE
        .find(command)
        .map(since -> new SelfPause(since, SELF_UNTIL.get(command), SELF_BEGUN.get(command)));
  }

  /** How cancellations, resumptions and pauses are sent, and found. */
  static Map<CommandKind, CommandHandler> handlers(
      SubscriptionControl provider, CommandSearch search) {
    return Map.of(
        CommandKind.CANCEL_SUBSCRIPTION,
        handler(
            command -> {
              Optional<String> reason = REASON.find(command);
              return endsNow(command)
                  ? provider.cancelNow(command.target(), reason, command.idempotencyKey())
                  : provider.cancelAtPeriodEnd(command.target(), reason, command.idempotencyKey());
            },
            search,
            (command, subscription) ->
                subscription.terminal() || (!endsNow(command) && subscription.cancelAtPeriodEnd())),
        CommandKind.RESUME_SUBSCRIPTION,
        handler(
            command -> FROM_PAUSE.get(command)
                ? provider.resumePaused(command.target(), command.idempotencyKey())
                : provider.keep(command.target(), command.idempotencyKey()),
            search,
            (command, subscription) -> !subscription.terminal()
                && (FROM_PAUSE.get(command)
                    ? subscription.status() != SubscriptionStatus.PAUSED
                    : !subscription.ends())),
        CommandKind.PAUSE_COLLECTION,
        handler(
            command -> selfPause(command)
                .map(own -> provider.pauseByUser(command.target(), own, command.idempotencyKey()))
                .orElseGet(() -> provider.pauseCollection(
                    command.target(),
                    BEHAVIOR.get(command),
                    RESUMES_AT.find(command),
                    command.idempotencyKey())),
            search,
            (command, subscription) -> subscription
                    .collectionPaused()
                    .filter(new CollectionPause(
                        BEHAVIOR.get(command).code(), RESUMES_AT.find(command))::equals)
                    .isPresent()
                && subscription.pausedByUser().equals(selfPause(command))),
        CommandKind.RESUME_COLLECTION,
        handler(
            command -> selfPause(command)
                .map(
                    own -> provider.endPauseByUser(command.target(), own, command.idempotencyKey()))
                .orElseGet(
                    () -> provider.resumeCollection(command.target(), command.idempotencyKey())),
            search,
            (command, subscription) -> subscription.collectionPaused().isEmpty()));
  }

  private static boolean endsNow(Command command) {
    return WHEN.get(command) == Cancellation.NOW;
  }

  private static CommandHandler handler(
      Function<Command, Observation> send,
      CommandSearch search,
      BiPredicate<Command, Subscription> asWanted) {
    return new CommandHandler() {
      @Override
      public Optional<SubjectId> subject(Command command) {
        return CommandParam.CUSTOMER.find(command).map(SubjectId::new);
      }

      @Override
      public Observation send(Command command) {
        return send.apply(command);
      }

      @Override
      public CommandLookup find(Command command) {
        Observation present = search.read(command, subject(command));
        boolean done = present
            .state()
            .map(Subscription.class::cast)
            .filter(subscription -> asWanted.test(command, subscription))
            .isPresent();
        return search.changed(command, present, done);
      }
    };
  }
}
