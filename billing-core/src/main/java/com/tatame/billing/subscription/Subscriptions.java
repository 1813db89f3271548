package com.tatame.billing.subscription;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.ProductCatalog;
import com.tatame.billing.command.CommandHandler;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandSearch;
import com.tatame.billing.command.Commands;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.Forbidden;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.observation.Observations;
import com.tatame.billing.payment.PaymentAction;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/** Use cases: an account's subscriptions. Those of other accounts are not found. */
public final class Subscriptions {
  private static final int PAGE = 100;
  private static final Duration PAYABLE = Duration.ofHours(23);

  private final ProductCatalog products;
  private final SubscriptionStore store;
  private final SubscriptionControl provider;
  private final Commands commands;
  private final PlanChanges changes;
  private final OwnedSubscriptions owned;
  private final SubscriptionPauses pauses;

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
    this.changes =
        new PlanChanges(products, store, quotes, provider, commands, observations, clock);
    this.owned = new OwnedSubscriptions(store, commands);
    this.pauses = new SubscriptionPauses(products, store, owned, clock);
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
    return owned.get(account, id);
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
    Subscription subscription = owned.alive(account, id);
    if (when == Cancellation.PERIOD_END && subscription.cancelAtPeriodEnd()) {
      return subscription;
    }
    return owned.run(
        subscription,
        account,
        CommandKind.CANCEL_SUBSCRIPTION,
        SubscriptionCommands.cancellation(when, reason));
  }

  /**
   * Takes back a pending cancellation, or starts a paused subscription again. Asking again for what
   * already holds changes nothing.
   *
   * @throws Conflict if it has ended
   */
  public Subscription resume(AccountId account, String id) {
    Subscription subscription = owned.alive(account, id);
    boolean paused = subscription.status() == SubscriptionStatus.PAUSED;
    if (!paused && !subscription.ends()) {
      return subscription;
    }
    return owned.run(
        subscription,
        account,
        CommandKind.RESUME_SUBSCRIPTION,
        SubscriptionCommands.resumption(paused));
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
    return pauses.pause(account, id, behavior, resumesAt);
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
    return pauses.pauseByUser(account, id, resumesAt);
  }

  /**
   * Collects payments again, from the next invoice on, after any kind of pause. Asking again changes nothing.
   *
   * @throws Conflict if it has ended
   */
  public Subscription unpause(AccountId account, String id) {
    return pauses.unpause(account, id);
  }

  /**
   * As {@link #unpause}, for the user: ends the user's own pause alone. A period that began in it
   * entitles to nothing all the same, because it was not paid.
   *
   * @throws Forbidden if an administrator paused it
   * @throws Conflict if it has ended
   */
  public Subscription unpauseByUser(AccountId account, String id) {
    return pauses.unpauseByUser(account, id);
  }

  // While nothing is collected, what a change costs now would be void.
  private Subscription collected(AccountId account, String id) {
    Subscription subscription = owned.alive(account, id);
    if (subscription.collectionPaused().isPresent()) {
      throw Conflict.because(
          "Its payments are paused, and a change could not be charged; end the pause first.");
    }
    return subscription;
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
    return SubscriptionCommands.handlers(provider, search);
  }
}
