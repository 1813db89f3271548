package com.tatame.billing.sandbox;

import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.entitlement.EntitlementReport;
import com.tatame.billing.inbox.EventRecord;
import com.tatame.billing.subscription.Subscription;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the start page shows. Nobody is signed in where {@code user} is empty.
 *
 * @param csrf goes into every form
 * @param now by the billing clock
 */
public record HomePage(
    String csrf,
    Instant now,
    Optional<User> user,
    List<String> users,
    List<PlanCard> plans,
    Optional<Notice> notice) {

  /** Who is signed in, and what is theirs. */
  public record User(
      String name,
      String accountId,
      Optional<String> customerId,
      List<SubscriptionCard> subscriptions,
      EntitlementReport entitlements,
      String tierName,
      List<EventRecord> events) {

    /** Whether a plan can't be bought now because one is held already. */
    public boolean subscribed() {
      return subscriptions.stream()
          .anyMatch(card -> card.subscription().status().live());
    }
  }

  /** A plan for sale. */
  public record PlanCard(Plan plan, List<Offer> offers) {}

  /** One price of a plan. */
  public record Offer(BillingInterval interval, String label) {}

  /** A subscription with its plan's name and price in words. */
  public record SubscriptionCard(Subscription subscription, String title, String price) {
    public boolean canCancel() {
      return !subscription.terminal() && !subscription.cancelAtPeriodEnd();
    }

    public boolean canResume() {
      return !subscription.terminal() && subscription.cancelAtPeriodEnd();
    }
  }

  /** Something that just happened. */
  public record Notice(boolean good, String text) {}
}
