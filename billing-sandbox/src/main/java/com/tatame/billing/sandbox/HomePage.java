package com.tatame.billing.sandbox;

import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.inbox.EventRecord;
import com.tatame.billing.subscription.Subscription;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the start page shows. No user is signed in where {@code user} is empty.
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
    List<ItemRow> items,
    Optional<Notice> notice) {

  /** Who is signed in, and what is theirs. */
  public record User(
      String name,
      String accountId,
      Optional<String> customerId,
      List<SubscriptionCard> subscriptions,
      Rights rights,
      Money money,
      List<EventRow> events) {

    /** Whether a plan can't be bought now because one is held already. */
    public boolean subscribed() {
      return subscriptions.stream()
          .anyMatch(card -> card.subscription().status().live());
    }

    /** The subscription that another plan would take the place of. */
    public Optional<SubscriptionCard> changeable() {
      return subscriptions.stream()
          .filter(card -> switch (card.subscription().status()) {
            case TRIALING, ACTIVE, PAST_DUE -> true;
            default -> false;
          })
          .findFirst();
    }
  }

  /**
   * What the user may do.
   *
   * @param graceUntil until when it holds although a payment failed
   */
  public record Rights(String planName, Optional<Instant> graceUntil, List<FeatureRow> features) {}

  /**
   * One feature.
   *
   * @param standing in words, such as {@code 3 of 10 used}
   * @param gauge how full it is; empty where nothing is limited
   * @param usable whether a unit can be used here; what is used by buying can't
   */
  public record FeatureRow(
      String name,
      String label,
      String standing,
      boolean allowed,
      Optional<Gauge> gauge,
      boolean usable) {}

  /** So much of so much. */
  public record Gauge(long used, long limit) {}

  /** What the user paid, or owes. */
  public record Money(List<InvoiceRow> invoices, List<PurchaseRow> purchases) {}

  /**
   * An invoice.
   *
   * @param page where it can be looked at and paid; empty while the provider can't be asked
   */
  public record InvoiceRow(
      String id, String number, Instant at, String amount, String status, Optional<String> page) {}

  /** Something that was bought once. */
  public record PurchaseRow(String name, Instant at, String price, String status) {}

  /**
   * A plan of the catalog.
   *
   * @param free whether it is what everybody has
   */
  public record PlanCard(Plan plan, List<Offer> offers, boolean free) {}

  /**
   * One price of a plan.
   *
   * @param held whether the user has exactly that
   */
  public record Offer(BillingInterval interval, String label, boolean held) {}

  /** Something that is bought once. */
  public record ItemRow(String id, String name, String kind, String price, boolean owned) {}

  /**
   * A subscription with its plan's name and price in words.
   *
   * @param outlook what comes next, in a sentence
   * @param scheduled what it changes to and when, in a sentence
   * @param open the invoice that is owed for it
   */
  public record SubscriptionCard(
      Subscription subscription,
      String title,
      String price,
      String outlook,
      Optional<String> scheduled,
      Optional<InvoiceRow> open) {
    public boolean canCancel() {
      return !subscription.terminal() && !subscription.cancelAtPeriodEnd();
    }

    public boolean canResume() {
      return !subscription.terminal() && subscription.cancelAtPeriodEnd();
    }
  }

  /**
   * A webhook.
   *
   * @param facts what it brought to be recorded, in words
   */
  public record EventRow(EventRecord event, List<String> facts) {}

  /**
   * A webhook with all that is known of it.
   *
   * @param changes what it says that changed, as {@code field: before → after}
   * @param payload pretty-printed; empty once it was pruned
   */
  public record EventDetails(
      EventRecord event, List<String> facts, List<String> changes, String payload) {}

  /**
   * What a change would cost.
   *
   * @param title what the subscription would sell, such as {@code Pro, yearly}
   * @param later whether it would take effect with the next period
   */
  public record QuoteView(
      String id,
      String subscriptionId,
      String tier,
      BillingInterval interval,
      String title,
      boolean later,
      Figures figures) {}

  /**
   * The amounts of a quote, as people read them.
   *
   * @param nextInvoice empty if there is none
   */
  public record Figures(
      String dueNow, Optional<String> nextInvoice, Instant renewal, List<QuoteLine> lines) {}

  /** A line of the invoice. */
  public record QuoteLine(String description, String amount) {}

  /** Something that just happened. */
  public record Notice(boolean good, String text) {}
}
