package com.tatame.billing.entitlement;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.entitlement.AccountEntitlement.Source;
import com.tatame.billing.invoice.Invoice;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionStatus;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/**
 * Which subscriptions entitle, and which of them wins. Trialing and active ones do; past due ones
 * until their grace is over; incomplete, unpaid, paused and ended ones never. Paused collection
 * changes nothing. The highest rank wins, then what is paid, then the newer one.
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
            .filter(subscription -> subscription.status().entitles())
            .filter(subscription -> plan(subscription).isPresent())
            .sorted(precedence)
            .map(subscription -> source(subscription, invoices))
            .toList());
  }

  private Optional<Plan> plan(Subscription subscription) {
    return subscription.tier().flatMap(catalog::plan);
  }

  private Source source(Subscription subscription, Collection<Invoice> invoices) {
    return new Source(
        subscription.id(),
        subscription.tier().orElseThrow(),
        subscription.status(),
        subscription.status() == SubscriptionStatus.PAST_DUE
            ? Optional.of(firstFailure(subscription, invoices).plus(catalog.grace()))
            : Optional.empty(),
        subscription.cycle());
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
