package com.tatame.billing.entitlement;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.entitlement.AccountEntitlement.Particulars;
import com.tatame.billing.entitlement.AccountEntitlement.Source;
import com.tatame.billing.entitlement.AccountEntitlement.Withheld;
import com.tatame.billing.invoice.Invoice;
import com.tatame.billing.subscription.SelfPause;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionStatus;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which subscriptions entitle, and which of them wins. Trialing and active ones do; past due ones
 * until their grace is over; incomplete, unpaid, paused and ended ones never. Collection that an
 * administrator paused changes nothing; one that its user paused entitles until the renewal with which
 * the pause begins, and again from the first period that is paid. The highest rank wins, then what is paid, then the newer one.
 */
public final class EntitlementRule {
  private final Catalog catalog;

  public EntitlementRule(Catalog catalog) {
    this.catalog = catalog;
  }

  /** Derives the entitlement from the whole set of the account's subscriptions and open invoices. */
  public AccountEntitlement derive(
      AccountId account, Collection<Subscription> subscriptions, Collection<Invoice> invoices) {
    Comparator<Subscription> precedence = Comparator.comparingInt(
            (Subscription s) -> plan(s).map(Plan::rank).orElse(0))
        .reversed()
        .thenComparing(s -> s.status() == SubscriptionStatus.PAST_DUE)
        .thenComparing(Comparator.comparing(Subscription::createdAt).reversed())
        .thenComparing(Subscription::id);
    return new AccountEntitlement(
        account,
        subscriptions.stream()
            .filter(this::entitles)
            .sorted(precedence)
            .map(subscription -> source(subscription, invoices))
            .toList(),
        withheld(subscriptions));
  }

  private boolean entitles(Subscription subscription) {
    return subscription.status().entitles()
        && plan(subscription).isPresent()
        && !subscription.skippedByUser();
  }

  private List<Withheld> withheld(Collection<Subscription> subscriptions) {
    List<Subscription> others = subscriptions.stream()
        .filter(subscription -> !entitles(subscription))
        .sorted(Comparator.comparing(Subscription::createdAt)
            .reversed()
            .thenComparing(Subscription::id))
        .toList();
    Optional<Subscription> lastEnded =
        others.stream().filter(Subscription::terminal).findFirst();
    return others.stream()
        .filter(subscription ->
            !subscription.terminal() || lastEnded.filter(subscription::equals).isPresent())
        .map(subscription -> new Withheld(
            subscription.id(), subscription.tier(), subscription.status(), subscription.endedAt()))
        .toList();
  }

  private Optional<Plan> plan(Subscription subscription) {
    return subscription.tier().flatMap(catalog::plan);
  }

  private Source source(Subscription subscription, Collection<Invoice> invoices) {
    return new Source(
        subscription.id(),
        subscription.tier().orElseThrow(),
        subscription.status(),
        entitlesUntil(subscription, invoices),
        subscription.cycle(),
        Optional.of(new Particulars(
            subscription.mainItem().priceId(),
            subscription.trialEnd(),
            subscription
                .cancelAt()
                .or(() -> subscription.ends()
                    ? Optional.of(subscription.currentPeriodEnd())
                    : Optional.empty()),
            subscription.collectionPaused().isPresent()
                && subscription.pausedByUser().isEmpty())));
  }

  private Optional<Instant> entitlesUntil(Subscription subscription, Collection<Invoice> invoices) {
    Optional<Instant> grace = subscription.status() == SubscriptionStatus.PAST_DUE
        ? Optional.of(firstFailure(subscription, invoices).plus(catalog.grace()))
        : Optional.empty();
    return Stream.concat(
            grace.stream(),
            subscription
                .pausedByUser()
                .map(SelfPause::since)
                .filter(subscription.currentPeriodStart()::isBefore)
                .stream())
        .min(Comparator.naturalOrder());
  }

  // The first automatic charge follows finalization at once; until the invoice is known, the start
  // of the period that it bills stands for it.
  private static Instant firstFailure(Subscription subscription, Collection<Invoice> invoices) {
    return invoices.stream()
        .filter(Invoice::failing)
        .filter(invoice ->
            invoice.subscriptionId().filter(subscription.id()::equals).isPresent())
        .map(invoice -> invoice.finalizedAt().orElse(invoice.createdAt()))
        .min(Comparator.naturalOrder())
        .orElse(subscription.currentPeriodStart());
  }
}
