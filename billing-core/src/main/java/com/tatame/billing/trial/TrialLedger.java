package com.tatame.billing.trial;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.CatalogInForce;
import com.tatame.billing.catalog.RepeatedTrials;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.Commands;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionStatus;
import com.tatame.billing.subscription.SubscriptionStore;
import com.tatame.billing.trial.Trial.Status;
import com.tatame.billing.trial.TrialStore.Entry;
import com.tatame.billing.trial.TrialStore.Mark;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Use cases: one trial a person and plan family. Who has had one is known at checkout by the account and
 * the e-mail address; the card and the tax id are only known afterwards, and tell then.
 */
public final class TrialLedger {
  private static final Logger LOG = System.getLogger(TrialLedger.class.getName());
  private static final int SLICE = 100;
  private static final Duration SOON = Duration.ofMinutes(1);

  /** How long a customer may stay unlinked before its trial is no longer checked. */
  private static final Duration UNCLAIMED = Duration.ofDays(60);

  private final CatalogInForce catalog;
  private final TrialKeys keys;
  private final TrialStore store;
  private final SubscriptionStore subscriptions;
  private final AccountEvidence evidence;
  private final Commands commands;

  public TrialLedger(
      CatalogInForce catalog,
      TrialKeys keys,
      TrialStore store,
      SubscriptionStore subscriptions,
      AccountEvidence evidence,
      Commands commands) {
    this.catalog = catalog;
    this.keys = keys;
    this.store = store;
    this.subscriptions = subscriptions;
    this.evidence = evidence;
    this.commands = commands;
  }

  /** One page, as {@link TrialStore#repeated}. */
  public List<Trial> repeated(boolean open, Optional<String> before, int limit) {
    return store.repeated(open, before, limit);
  }

  /** How many trials go on that are a person's second. */
  public long open() {
    return store.open();
  }

  /**
   * Ends a trial that is a person's second, at once; the first period is charged. Asking again for what
   * is done changes nothing.
   *
   * @throws NotFound if this trial was not found to be a person's second
   * @throws Conflict if it has ended by itself
   */
  public Trial end(String subscriptionId) {
    Trial trial = get(subscriptionId);
    if (trial.status() == Status.ALERTED) {
      endAtProvider(trial);
      store.replace(Status.ALERTED, trial.ended(commands.now()));
      trial = get(subscriptionId);
    }
    if (trial.status() != Status.ENDED) {
      throw Conflict.because("The trial has ended by itself.");
    }
    return trial;
  }

  private Trial get(String subscriptionId) {
    return store
        .find(subscriptionId)
        .filter(trial -> trial.foundAt().isPresent())
        .orElseThrow(() -> new NotFound("repeated trial", subscriptionId));
  }

  /**
   * Whether a person has had a trial of this family. What was before the ledger is found in the
   * account's own subscriptions; of one that the catalog doesn't sell any more it counts as well.
   *
   * @param emails all addresses that the person is known by
   */
  public boolean had(AccountId account, Collection<String> emails, String family) {
    boolean mirrored = subscriptions.all(account).stream()
        .filter(subscription -> subscription.trialStart().isPresent())
        .anyMatch(subscription -> family(subscription).map(family::equals).orElse(true));
    if (mirrored || keys.none()) {
      return mirrored;
    }
    List<TrialEvidence> known = new ArrayList<>(List.of(TrialEvidence.of(account)));
    emails.forEach(address -> TrialEvidence.ofEmail(address).ifPresent(known::add));
    return !store.seen(family, read(known)).isEmpty();
  }

  /**
   * Watches trials that began, and looks at those that are due.
   *
   * @param position where the last search ended
   * @return where this one ended
   */
  public Optional<String> from(Optional<String> position) {
    if (keys.none()) {
      return position;
    }
    TrialStore.Found found = store.started(position, SLICE);
    found.trials().forEach(trial -> store.watch(Trial.started(trial, commands.now())));
    for (Trial due : store.due(commands.now(), SLICE)) {
      try {
        lookAt(due);
      } catch (BillingException e) {
        LOG.log(Level.INFO, "{0} is checked again soon: {1}", due.subscriptionId(), e.code());
        store.replace(due.status(), due.checkedAgain(commands.now().plus(SOON)));
      }
    }
    return Optional.of(found.position());
  }

  private void lookAt(Trial trial) {
    Instant now = commands.now();
    Optional<Subscription> subscription =
        trial.account().flatMap(account -> subscriptions.find(account, trial.subscriptionId()));
    if (subscription.isEmpty()) {
      boolean abandoned = trial.startedAt().plus(UNCLAIMED).isBefore(now);
      store.replace(
          trial.status(), abandoned ? trial.over() : trial.checkedAgain(trial.nextCheck(now)));
      return;
    }
    Optional<String> family = family(subscription.get());
    if (family.isEmpty()) {
      store.replace(trial.status(), trial.over());
      return;
    }
    Trial known = trial.of(family.get());
    List<String> repeats = write(known, trial.account().orElseThrow());
    boolean goesOn = subscription.get().status() == SubscriptionStatus.TRIALING;
    if (!repeats.isEmpty() && (goesOn || known.status() == Status.ALERTED)) {
      known = repeating(known, repeats, now);
      if (goesOn && catalog.get().policies().repeatedTrials() == RepeatedTrials.END_NOW) {
        endAtProvider(known);
        store.replace(trial.status(), known.ended(commands.now()));
        return;
      }
    }
    store.replace(
        trial.status(), goesOn ? known.checkedAgain(known.nextCheck(now)) : finished(known, now));
  }

  // The process that ended it may have died before it stored that.
  private Trial finished(Trial trial, Instant now) {
    boolean byUs = commands
        .lastSucceeded(trial.account().orElseThrow(), CommandKind.END_TRIAL, trial.subscriptionId())
        .isPresent();
    return byUs ? trial.ended(now) : trial.over();
  }

  private static Trial repeating(Trial trial, List<String> repeats, Instant now) {
    if (trial.status() != Status.ALERTED) {
      LOG.log(
          Level.WARNING,
          "{0} is a second trial of family {1}, by {2}",
          trial.subscriptionId(),
          trial.family().orElse(""),
          String.join(", ", repeats));
    }
    return trial.repeating(repeats, now);
  }

  private void endAtProvider(Trial trial) {
    commands.run(Command.planned(
        commands.nextId(),
        trial.account().orElseThrow(),
        CommandKind.END_TRIAL,
        trial.subscriptionId(),
        TrialCommands.params(trial),
        commands.now()));
  }

  // What is written before it is compared can't be missed by two that are looked at together: the
  // later trial of the two is the second one, whichever is looked at last.
  private List<String> write(Trial trial, AccountId account) {
    String family = trial.family().orElseThrow();
    List<TrialEvidence> known = evidence.of(account);
    store.record(
        family,
        trial.subscriptionId(),
        trial.startedAt(),
        known.stream().map(keys::written).toList());
    return store.seen(family, read(known)).stream()
        .filter(entry -> isBefore(entry, trial))
        .map(entry -> entry.mark().kind())
        .distinct()
        .sorted()
        .toList();
  }

  private static boolean isBefore(Entry entry, Trial trial) {
    int byTime = entry.startedAt().compareTo(trial.startedAt());
    return byTime < 0
        || (byTime == 0 && entry.subscriptionId().compareTo(trial.subscriptionId()) < 0);
  }

  private List<Mark> read(List<TrialEvidence> evidence) {
    return evidence.stream()
        .flatMap(each -> keys.read(each).stream())
        .distinct()
        .toList();
  }

  private Optional<String> family(Subscription subscription) {
    return catalog
        .get()
        .offer(subscription.mainItem().priceId(), subscription.mainItem().lookupKey())
        .map(offer -> offer.plan().family());
  }
}
