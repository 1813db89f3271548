package com.tatame.billing.subscription;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.ProductCatalog;
import com.tatame.billing.catalog.Recurrence;
import com.tatame.billing.catalog.SelfServicePause;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.Forbidden;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.subscription.Subscription.CollectionPause;
import com.tatame.billing.time.TimeBounds;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Pauses of an administrator, and those that a plan allows its users. */
final class SubscriptionPauses {
  private static final Duration YEAR = Duration.ofDays(365);

  private final ProductCatalog products;
  private final SubscriptionStore store;
  private final OwnedSubscriptions owned;
  private final InstantSource clock;

  SubscriptionPauses(
      ProductCatalog products,
      SubscriptionStore store,
      OwnedSubscriptions owned,
      InstantSource clock) {
    this.products = products;
    this.store = store;
    this.owned = owned;
    this.clock = clock;
  }

  Subscription pause(
      AccountId account, String id, PauseBehavior behavior, Optional<Instant> resumesAt) {
    Optional<Instant> until =
        TimeBounds.require("resumesAt", resumesAt).map(at -> at.truncatedTo(ChronoUnit.SECONDS));
    if (until.filter(at -> !at.isAfter(clock.instant())).isPresent()) {
      throw ValidationFailed.of("resumesAt", "must be in the future");
    }
    Subscription subscription = owned.alive(account, id);
    CollectionPause wanted = new CollectionPause(behavior.code(), until);
    if (subscription.collectionPaused().filter(wanted::equals).isPresent()
        && subscription.pausedByUser().isEmpty()) {
      return subscription;
    }
    return owned.run(
        subscription,
        account,
        CommandKind.PAUSE_COLLECTION,
        SubscriptionCommands.pause(behavior, until));
  }

  Subscription pauseByUser(AccountId account, String id, Optional<Instant> resumesAt) {
    Subscription subscription = owned.alive(account, id);
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
    return owned.run(
        subscription,
        account,
        CommandKind.PAUSE_COLLECTION,
        SubscriptionCommands.pauseByUser(new SelfPause(since, until, begun)));
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

  Subscription unpause(AccountId account, String id) {
    Subscription subscription = owned.alive(account, id);
    if (subscription.collectionPaused().isEmpty()) {
      return subscription;
    }
    Optional<SelfPause> ended = subscription
        .pausedByUser()
        .map(own -> own.endedAt(clock.instant().truncatedTo(ChronoUnit.SECONDS)));
    return owned.run(
        subscription,
        account,
        CommandKind.RESUME_COLLECTION,
        SubscriptionCommands.endOfPause(ended));
  }

  Subscription unpauseByUser(AccountId account, String id) {
    Subscription subscription = owned.alive(account, id);
    if (subscription.collectionPaused().isPresent()
        && subscription.pausedByUser().isEmpty()) {
      throw new Forbidden("An administrator paused it, and only one can end that.");
    }
    return unpause(account, id);
  }
}
