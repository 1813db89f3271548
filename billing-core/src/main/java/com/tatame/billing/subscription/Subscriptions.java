package com.tatame.billing.subscription;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandHandler;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandSearch;
import com.tatame.billing.command.Commands;
import com.tatame.billing.command.Finding;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Function;

/** Use cases: an account's subscriptions. Somebody else's are not found. */
public final class Subscriptions {
  private static final String CUSTOMER = "customer";
  private static final String WHEN = "when";
  private static final String REASON = "reason";
  private static final String FROM_PAUSE = "from_pause";

  private final SubscriptionStore store;
  private final Commands commands;

  public Subscriptions(SubscriptionStore store, Commands commands) {
    this.store = store;
    this.commands = commands;
  }

  /** One page, as {@link SubscriptionStore#list}. */
  public List<Subscription> list(
      AccountId account, Optional<SubscriptionStatus> status, Optional<String> after, int limit) {
    return store.list(account, status, after, limit);
  }

  /**
   * One subscription.
   *
   * @throws NotFound if the account has no such subscription
   */
  public Subscription get(AccountId account, String id) {
    return store.find(account, id).orElseThrow(() -> new NotFound("subscription", id));
  }

  /**
   * Ends a subscription now or with its period. Asking again for what already holds changes nothing.
   *
   * @param reason kept at the provider, in the user's words
   * @throws Conflict if it has ended
   */
  public Subscription cancel(
      AccountId account, String id, Cancellation when, Optional<String> reason) {
    Subscription subscription = alive(account, id);
    if (when == Cancellation.PERIOD_END && subscription.cancelAtPeriodEnd()) {
      return subscription;
    }
    Map<String, String> params = new TreeMap<>();
    params.put(WHEN, when.code());
    reason.ifPresent(value -> params.put(REASON, value));
    return run(subscription, account, CommandKind.CANCEL_SUBSCRIPTION, params);
  }

  /**
   * Takes back a pending cancellation, or starts a paused subscription again. Asking again for what
   * already holds changes nothing.
   *
   * @throws Conflict if it has ended
   */
  public Subscription resume(AccountId account, String id) {
    Subscription subscription = alive(account, id);
    boolean paused = subscription.status() == SubscriptionStatus.PAUSED;
    if (!paused && !subscription.ends()) {
      return subscription;
    }
    Map<String, String> params = new TreeMap<>();
    params.put(FROM_PAUSE, Boolean.toString(paused));
    return run(subscription, account, CommandKind.RESUME_SUBSCRIPTION, params);
  }

  private Subscription alive(AccountId account, String id) {
    Subscription subscription = get(account, id);
    if (subscription.terminal()) {
      throw Conflict.because("The subscription has ended; start a new one instead.");
    }
    return subscription;
  }

  private Subscription run(
      Subscription subscription, AccountId account, CommandKind kind, Map<String, String> params) {
    params.put(CUSTOMER, subscription.customerId());
    commands.run(Command.planned(
        commands.nextId(), account, kind, subscription.id(), params, commands.now()));
    return get(account, subscription.id());
  }

  /** How cancellations and resumptions are sent, and found. */
  public static Map<CommandKind, CommandHandler> handlers(
      SubscriptionControl provider, CommandSearch search) {
    return Map.of(
        CommandKind.CANCEL_SUBSCRIPTION,
        handler(
            command -> {
              Optional<String> reason = Optional.ofNullable(command.params().get(REASON));
              return endsNow(command)
                  ? provider.cancelNow(command.target(), reason, command.idempotencyKey())
                  : provider.cancelAtPeriodEnd(command.target(), reason, command.idempotencyKey());
            },
            search,
            (command, subscription) ->
                subscription.terminal() || (!endsNow(command) && subscription.cancelAtPeriodEnd())),
        CommandKind.RESUME_SUBSCRIPTION,
        handler(
            command -> isPaused(command)
                ? provider.resumePaused(command.target(), command.idempotencyKey())
                : provider.keep(command.target(), command.idempotencyKey()),
            search,
            (command, subscription) -> !subscription.terminal()
                && (isPaused(command)
                    ? subscription.status() != SubscriptionStatus.PAUSED
                    : !subscription.ends())));
  }

  private static boolean endsNow(Command command) {
    return Cancellation.NOW.code().equals(command.params().get(WHEN));
  }

  private static boolean isPaused(Command command) {
    return Boolean.parseBoolean(command.params().get(FROM_PAUSE));
  }

  private static CommandHandler handler(
      Function<Command, Observation> send,
      CommandSearch search,
      BiPredicate<Command, Subscription> asWanted) {
    return new CommandHandler() {
      @Override
      public Optional<SubjectId> subject(Command command) {
        return Optional.ofNullable(command.params().get(CUSTOMER)).map(SubjectId::new);
      }

      @Override
      public Observation send(Command command) {
        return send.apply(command);
      }

      @Override
      public Finding find(Command command) {
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
