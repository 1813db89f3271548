package com.tatame.billing.entitlement;

import com.tatame.billing.catalog.CatalogInForce;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.ledger.AccountFacts;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.outbox.DueEntitlement;
import com.tatame.billing.outbox.EntitlementDecision;
import com.tatame.billing.outbox.EventFeedStore;
import com.tatame.billing.outbox.PublishedEntitlement;
import com.tatame.billing.time.Clocks;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Appends {@code entitlement.changed} to accounts' streams: what may have changed it marks the account
 * in its own commit, and this compares what decides now with what was published last. So changes by
 * events, grants and time alone are told alike, and one that was taken back at once is none.
 */
public final class EntitlementChanges {
  private static final Logger LOG = System.getLogger(EntitlementChanges.class.getName());
  private static final int BATCH = 100;

  private final EventFeedStore store;
  private final UsageStore usage;
  private final CatalogInForce catalog;
  private final Clocks clocks;

  /**
   * Wires it.
   *
   * @param usage without a cache
   */
  public EntitlementChanges(
      EventFeedStore store, UsageStore usage, CatalogInForce catalog, Clocks clocks) {
    this.store = store;
    this.usage = usage;
    this.catalog = catalog;
    this.clocks = clocks;
  }

  /**
   * Compares those that are due. One that can't be decided holds up no other.
   *
   * @return of how many accounts something was stored
   */
  public int publishDue() {
    Instant now = clocks.billingNow().truncatedTo(ChronoUnit.MICROS);
    int published = 0;
    for (DueEntitlement due : store.dueEntitlements(now, BATCH)) {
      published += publish(due, now) ? 1 : 0;
    }
    return published;
  }

  private boolean publish(DueEntitlement due, Instant now) {
    try {
      return catalog.pinned(() -> store.publish(decide(due, now)));
    } catch (BillingException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.log(
          Level.ERROR, "the entitlement of " + due.account().value() + " can't be published", e);
      return false;
    }
  }

  private EntitlementDecision decide(DueEntitlement due, Instant now) {
    AccountUsage given = usage.read(due.account(), now);
    EntitlementEvaluation evaluation = new EntitlementEvaluation(catalog.get(), given, now);
    PublishedEntitlement decided = new PublishedEntitlement(
        evaluation.plan().tier(),
        given.entitlement().stream()
            .flatMap(entitlement -> entitlement.sources().stream())
            .filter(source -> source.holdsAt(now))
            .map(AccountEntitlement.Source::subscriptionId)
            .toList(),
        given.grants().stream()
            .filter(grant -> grant.holdsAt(now))
            .map(Grant::id)
            .sorted()
            .toList());
    return new EntitlementDecision(
        due,
        catalog.version(),
        decided,
        nextChange(given, now),
        clocks.wallNow(),
        change(due, decided, now),
        AccountFacts.updated(due.account(), due.marks(), now));
  }

  private Optional<Fact> change(DueEntitlement due, PublishedEntitlement decided, Instant now) {
    PublishedEntitlement before = due.published()
        .orElseGet(() ->
            new PublishedEntitlement(catalog.get().defaultPlan().tier(), List.of(), List.of()));
    return decided.equals(before)
        ? Optional.empty()
        : Optional.of(AccountFacts.entitlementChanged(
            due.account(),
            due.marks(),
            due.published().map(PublishedEntitlement::tier),
            decided.tier(),
            decided.subscriptions(),
            decided.grants(),
            now));
  }

  private static Optional<Instant> nextChange(AccountUsage given, Instant now) {
    Stream<Instant> sources = given.entitlement().stream()
        .flatMap(entitlement -> entitlement.sources().stream())
        .flatMap(source -> source.graceUntil().stream());
    Stream<Instant> grants = given.grants().stream()
        .flatMap(grant -> Stream.concat(Stream.of(grant.startsAt()), grant.expiresAt().stream()));
    return Stream.concat(sources, grants).filter(now::isBefore).min(Comparator.naturalOrder());
  }
}
