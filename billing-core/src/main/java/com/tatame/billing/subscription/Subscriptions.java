package com.tatame.billing.subscription;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.ProductCatalog;
import com.tatame.billing.catalog.Recurrence;
import com.tatame.billing.catalog.SelfServicePause;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandHandler;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandLookup;
import com.tatame.billing.command.CommandParam;
import com.tatame.billing.command.CommandParams;
import com.tatame.billing.command.CommandSearch;
import com.tatame.billing.command.Commands;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.Forbidden;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.Observations;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.payment.PaymentAction;
import com.tatame.billing.subscription.Subscription.CollectionPause;
import com.tatame.billing.time.TimeBounds;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Use cases: an account's subscriptions. Those of other accounts are not found. */
public final class Subscriptions {
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
  private static final int PAGE = 100;
  private static final Duration YEAR = Duration.ofDays(365);
  private static final Duration PAYABLE = Duration.ofHours(23);

  private final ProductCatalog products;
  private final SubscriptionStore store;
  private final SubscriptionControl provider;
  private final Commands commands;
  private final PlanChanges changes;
  private final InstantSource clock;

  /**
   * Wires the use cases.
   *
   * @param clock by which quotes expire and pauses end
   */
  public Subscriptions(
      ProductCatalog products,
      SubscriptionStore store,
      QuoteStore quotes,
      SubscriptionControl provider,
      Commands commands,
      Observations observations,
      InstantSource clock) {
    this.products = products;
    this.store = store;
    this.provider = provider;
    this.commands = commands;
    this.clock = clock;
    this.changes =
        new PlanChanges(products, store, quotes, provider, commands, observations, clock);
  }

  /**
   * A subscription as it is shown.
   *
   * @param paymentAction what its payer must still do, such as confirming a payment with the bank;
   *     empty also while the provider can't be asked
   */
  public record Shown(
      Subscription subscription,
      Optional<PaymentAction> paymentAction,
      Optional<ScheduledChange> scheduledChange) {}

  /** A subscription of this account with what is shown beside it. */
  public Shown show(AccountId account, Subscription subscription) {
    return showing(account).apply(subscription);
  }

  /** As {@link #show}, for many of one account: what it has planned is asked for once. */
  public Function<Subscription, Shown> showing(AccountId account) {
    List<SubscriptionSchedule> schedules = store.schedules(account);
    return subscription -> new Shown(
        subscription,
        paymentAction(account, subscription),
        changes.planned(schedules, subscription));
  }

  private Optional<PaymentAction> paymentAction(AccountId account, Subscription subscription) {
    boolean mayWait = switch (subscription.status()) {
      case INCOMPLETE, PAST_DUE, UNPAID -> true;
      case TRIALING, ACTIVE -> changedLately(account, subscription);
      case PAUSED, CANCELED, INCOMPLETE_EXPIRED -> false;
    };
    if (!mayWait) {
      return Optional.empty();
    }
    try {
      return provider.paymentAction(subscription.id());
    } catch (ProviderUnavailable | ProviderRejected e) {
      // The subscription is worth showing without it.
      return Optional.empty();
    }
  }

  // A change that waits for its payment leaves no trace in the subscription itself.
  private boolean changedLately(AccountId account, Subscription subscription) {
    return commands
        .lastSucceeded(account, CommandKind.CHANGE_SUBSCRIPTION, subscription.id())
        .filter(change -> change.createdAt().plus(PAYABLE).isAfter(commands.now()))
        .isPresent();
  }

  /** An account's subscriptions, also those that have ended: the newest 100, as {@link #list}. */
  public List<Subscription> of(AccountId account) {
    return list(account, Optional.empty(), Optional.empty(), PAGE);
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
    get(account, id);
    if (commands.finishEarlier(CommandKind.CANCEL_SUBSCRIPTION).isPresent()) {
      return get(account, id);
    }
    Subscription subscription = alive(account, id);
    if (when == Cancellation.PERIOD_END && subscription.cancelAtPeriodEnd()) {
      return subscription;
    }
    return run(
        subscription,
        account,
        CommandKind.CANCEL_SUBSCRIPTION,
        CommandParams.none().with(WHEN, when).with(REASON, reason));
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
    return run(
        subscription,
        account,
        CommandKind.RESUME_SUBSCRIPTION,
        CommandParams.none().with(FROM_PAUSE, paused));
  }

  /**
   * Says what a change would cost. The quote holds for ten minutes: {@link #change(AccountId, String,
   * String)} charges exactly that, or refuses.
   *
   * @throws ValidationFailed naming the field
   * @throws Conflict if the subscription can't be changed in its present state
   */
  public Quote quote(AccountId account, String id, ChangeRequest request) {
    return products.withOneCatalog(() -> changes.quote(account, collected(account, id), request));
  }

  /**
   * Changes what a subscription sells, now or when its period ends. A change that the payer must
   * still confirm with the bank takes effect when that is done. Asking again for what already holds
   * changes nothing.
   *
   * @throws ValidationFailed naming the field
   * @throws Conflict if the subscription can't be changed in its present state
   * @throws com.tatame.billing.failure.PaymentDeclined if the charge was refused; nothing is changed
   */
  public Subscription change(AccountId account, String id, ChangeRequest request) {
    return products.withOneCatalog(() -> {
      changes.make(account, collected(account, id), request);
      return get(account, id);
    });
  }

  /**
   * As {@link #change(AccountId, String, ChangeRequest)}, for exactly what was quoted. A quote that
   * was carried out already changes nothing.
   *
   * @throws NotFound if the account has no such quote for this subscription
   * @throws Conflict with code {@code quote_stale} if it has expired or no longer holds; nothing is
   *     charged
   */
  public Subscription change(AccountId account, String id, String quoteId) {
    changes.makeAsQuoted(account, collected(account, id), quoteId);
    return get(account, id);
  }

  /**
   * Stops collecting payments, as an administrator; the subscription goes on and still entitles. It
   * takes the place of a pause that the user made. To let users decide, use {@link #pauseByUser}.
   *
   * @param resumesAt when it ends by itself, in the future by the billing clock; empty for never
   * @throws ValidationFailed if {@code resumesAt} has passed
   * @throws Conflict if it has ended
   */
  public Subscription pause(
      AccountId account, String id, PauseBehavior behavior, Optional<Instant> resumesAt) {
    Optional<Instant> until =
        TimeBounds.require("resumesAt", resumesAt).map(at -> at.truncatedTo(ChronoUnit.SECONDS));
    if (until.filter(at -> !at.isAfter(clock.instant())).isPresent()) {
      throw ValidationFailed.of("resumesAt", "must be in the future");
    }
    Subscription subscription = alive(account, id);
    CollectionPause wanted = new CollectionPause(behavior.code(), until);
    if (subscription.collectionPaused().filter(wanted::equals).isPresent()
        && subscription.pausedByUser().isEmpty()) {
      return subscription;
    }
    return run(
        subscription,
        account,
        CommandKind.PAUSE_COLLECTION,
        CommandParams.none().with(BEHAVIOR, behavior).with(RESUMES_AT, until));
  }

  /**
   * Pauses as the subscription's user may where the catalog allows it: from the next renewal on
   * nothing is owed, and what that renewal would have paid entitles to nothing. What is paid stays
   * usable. Asking again for what already holds changes nothing.
   *
   * @param resumesAt when payments are collected again, after the next renewal by the billing clock
   *     and within the plan's {@code maxDays} of it
   * @throws ValidationFailed if {@code resumesAt} is missing or out of bounds
   * @throws Forbidden if the plan lets no user pause, or an administrator paused it
   * @throws Conflict if it can't be paused in its present state, or was paused too often
   */
  public Subscription pauseByUser(AccountId account, String id, Optional<Instant> resumesAt) {
    Subscription subscription = alive(account, id);
    SelfServicePause allowed = subscription
        .tier()
        .flatMap(products.catalog()::plan)
        .flatMap(Plan::selfServicePause)
        .orElseThrow(() -> new Forbidden(
            "The plan lets no user pause: only an administrator or an API key may. To stop paying,"
                + " cancel the subscription."));
    Instant until = resumesAt
        .orElseThrow(() -> ValidationFailed.of("resumesAt", "is required"))
        .truncatedTo(ChronoUnit.SECONDS);
    if (subscription.pausedByUser().filter(own -> own.until().equals(until)).isPresent()) {
      return subscription;
    }
    requirePausable(subscription);
    Instant since = subscription.currentPeriodEnd();
    Instant latest = since.plus(Duration.ofDays(allowed.maxDays()));
    if (!until.isAfter(since) || until.isAfter(latest)) {
      throw ValidationFailed.of(
          "resumesAt",
          "must be after the renewal at " + since + ", with which the pause begins, and not after "
              + latest);
    }
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    if (pausesWithinYear(account, subscription, now) >= allowed.timesPerYear()) {
      throw Conflict.because(
          "The plan can be paused " + allowed.timesPerYear() + " times in 365 days, and was.");
    }
    List<Instant> begun = Stream.concat(
            subscription.selfPause().stream()
                .flatMap(own -> own.begun().stream())
                .filter(at -> at.isAfter(now.minus(YEAR))),
            Stream.of(now))
        .toList();
    return run(
        subscription,
        account,
        CommandKind.PAUSE_COLLECTION,
        params(new SelfPause(since, until, begun))
            .with(BEHAVIOR, PauseBehavior.VOID)
            .with(RESUMES_AT, until));
  }

  private static void requirePausable(Subscription subscription) {
    if (subscription.pausedByUser().isPresent()) {
      throw Conflict.because("It is paused until "
          + subscription.pausedByUser().get().until() + "; end that pause first.");
    }
    if (subscription.collectionPaused().isPresent()) {
      throw new Forbidden("An administrator paused it, and only one can change that.");
    }
    if (subscription.status() != SubscriptionStatus.ACTIVE
        && subscription.status() != SubscriptionStatus.TRIALING) {
      throw Conflict.because(
          "A subscription that is " + subscription.status().code() + " can't be paused.");
    }
    if (subscription.ends()) {
      throw Conflict.because("It is set to end; resume it before you pause it.");
    }
    // Its next invoice is for what was used already.
    if (subscription.items().stream()
        .flatMap(item -> item.recurrence().stream())
        .anyMatch(Recurrence::metered)) {
      throw Conflict.because("What is billed by its use can't be paused.");
    }
  }

  // Those of subscriptions that have ended count, so that buying again allows no further pause.
  private long pausesWithinYear(AccountId account, Subscription subscription, Instant now) {
    Optional<String> family = family(subscription);
    return store.all(account).stream()
        .filter(other -> family(other).isEmpty() || family(other).equals(family))
        .flatMap(other -> other.selfPause().stream())
        .flatMap(own -> own.begun().stream())
        .filter(at -> at.isAfter(now.minus(YEAR)))
        .count();
  }

  private Optional<String> family(Subscription subscription) {
    return subscription.tier().flatMap(products.catalog()::plan).map(Plan::family);
  }

  /**
   * Collects payments again, from the next invoice on, after any kind of pause. Asking again changes nothing.
   *
   * @throws Conflict if it has ended
   */
  public Subscription unpause(AccountId account, String id) {
    Subscription subscription = alive(account, id);
    if (subscription.collectionPaused().isEmpty()) {
      return subscription;
    }
    CommandParams params = subscription
        .pausedByUser()
        .map(own -> params(own.endedAt(clock.instant().truncatedTo(ChronoUnit.SECONDS))))
        .orElseGet(CommandParams::none);
    return run(subscription, account, CommandKind.RESUME_COLLECTION, params);
  }

  /**
   * As {@link #unpause}, for the user: ends the user's own pause alone. A period that began in it
   * entitles to nothing all the same, because it was not paid.
   *
   * @throws Forbidden if an administrator paused it
   * @throws Conflict if it has ended
   */
  public Subscription unpauseByUser(AccountId account, String id) {
    Subscription subscription = alive(account, id);
    if (subscription.collectionPaused().isPresent()
        && subscription.pausedByUser().isEmpty()) {
      throw new Forbidden("An administrator paused it, and only one can end that.");
    }
    return unpause(account, id);
  }

  // While nothing is collected, what a change costs now would be void.
  private Subscription collected(AccountId account, String id) {
    Subscription subscription = alive(account, id);
    if (subscription.collectionPaused().isPresent()) {
      throw Conflict.because(
          "Its payments are paused, and a change could not be charged; end the pause first.");
    }
    return subscription;
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

  private Subscription alive(AccountId account, String id) {
    Subscription subscription = get(account, id);
    if (subscription.terminal()) {
      throw Conflict.because("The subscription has ended; start a new one instead.");
    }
    return subscription;
  }

  private Subscription run(
      Subscription subscription, AccountId account, CommandKind kind, CommandParams params) {
    params.with(CommandParam.CUSTOMER, subscription.customerId());
    commands.run(Command.planned(
        commands.nextId(), account, kind, subscription.id(), params.asMap(), commands.now()));
    return get(account, subscription.id());
  }

  /** Whether a customer has a subscription that lives, as the provider knows it. */
  public static Predicate<String> subscribed(SubscriptionControl provider) {
    return customerId -> provider.ofCustomer(customerId).stream()
        .flatMap(seen -> seen.state().stream())
        .map(Subscription.class::cast)
        .anyMatch(subscription -> subscription.status().live());
  }

  /** How cancellations, resumptions and pauses are sent, and found. */
  public static Map<CommandKind, CommandHandler> handlers(
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
