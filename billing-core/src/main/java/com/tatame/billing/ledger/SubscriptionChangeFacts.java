package com.tatame.billing.ledger;

import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.observation.SubscriptionTerms;
import com.tatame.billing.observation.TermsChange;
import com.tatame.billing.subscription.SubscriptionStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one event says that changed of a subscription, as facts keyed by the event and by what
 * changed. It depends on the event alone, so the facts are equal for any order of events.
 */
final class SubscriptionChangeFacts {
  private final String subscriptionId;
  private final SubjectId subject;
  private final String eventId;
  private final Instant at;
  private final TermsChange change;
  private final List<Fact> facts = new ArrayList<>();

  private SubscriptionChangeFacts(
      String subscriptionId, SubjectId subject, String eventId, Instant at, TermsChange change) {
    this.subscriptionId = subscriptionId;
    this.subject = subject;
    this.eventId = eventId;
    this.at = at;
    this.change = change;
  }

  /**
   * The facts of one event.
   *
   * @param at the event's time, by the provider's clock; that of the creation without {@code from}
   * @param change without {@code from} for the event of its creation
   */
  static List<Fact> of(
      String subscriptionId, SubjectId subject, String eventId, Instant at, TermsChange change) {
    SubscriptionChangeFacts told =
        new SubscriptionChangeFacts(subscriptionId, subject, eventId, at, change);
    change.from().ifPresentOrElse(told::compare, told::open);
    return List.copyOf(told.facts);
  }

  /** There is one beginning, however many events bring it. */
  private void open() {
    add(subscriptionId + ":opened", "opened");
  }

  private void compare(SubscriptionTerms from) {
    SubscriptionTerms to = change.to();
    if (!from.status().equals(to.status())) {
      status(from.status(), to.status()).ifPresent(what -> changed("status", what));
    }
    items(from, to);
    if (!from.endsAt().equals(to.endsAt())) {
      changed(
          "cancellation",
          to.endsAt().isPresent() ? "cancellation_scheduled" : "cancellation_revoked");
    }
    if (!from.pausedCollection().equals(to.pausedCollection())) {
      changed(
          "collection",
          to.pausedCollection().isPresent() ? "collection_paused" : "collection_resumed");
    }
    if (!from.discounts().equals(to.discounts())) {
      changed("discounts", "discounts_changed");
    }
  }

  /** The end itself is stated by the subscription, whichever event brings it. */
  private static Optional<String> status(String from, String to) {
    Optional<SubscriptionStatus> before = SubscriptionStatus.of(from);
    Optional<SubscriptionStatus> after = SubscriptionStatus.of(to);
    if (after.isEmpty()) {
      return Optional.of("status_changed");
    }
    return switch (after.get()) {
      case CANCELED -> Optional.empty();
      case PAST_DUE, UNPAID, PAUSED -> Optional.of(to);
      case INCOMPLETE_EXPIRED -> Optional.of("expired");
      case ACTIVE ->
        Optional.of(before.map(SubscriptionChangeFacts::activation).orElse("activated"));
      case TRIALING ->
        Optional.of(
            before.filter(SubscriptionStatus.PAUSED::equals).isPresent()
                ? "unpaused"
                : "activated");
      case INCOMPLETE -> Optional.of("status_changed");
    };
  }

  private static String activation(SubscriptionStatus from) {
    return switch (from) {
      case TRIALING -> "trial_converted";
      case PAST_DUE, UNPAID -> "recovered";
      case PAUSED -> "unpaused";
      default -> "activated";
    };
  }

  private void items(SubscriptionTerms from, SubscriptionTerms to) {
    SubscriptionTerms.Item before = from.mainItem();
    SubscriptionTerms.Item after = to.mainItem();
    boolean samePlan = before.productId().equals(after.productId());
    boolean sameInterval = before.recursLike(after);
    if (!samePlan) {
      changed("plan", "plan_changed");
    }
    if (!sameInterval) {
      changed("interval", "interval_changed");
    }
    if (samePlan && sameInterval && !before.priceId().equals(after.priceId())) {
      changed("price", "price_changed");
    }
    if (before.quantity() != after.quantity()) {
      changed("quantity", "quantity_changed");
    }
    if (!furtherItems(from).equals(furtherItems(to))) {
      changed("items", "items_changed");
    }
  }

  private static List<SubscriptionTerms.Item> furtherItems(SubscriptionTerms terms) {
    return terms.items().subList(1, terms.items().size());
  }

  private void changed(String field, String what) {
    add(eventId + ":" + field, what);
  }

  private void add(String key, String what) {
    facts.add(new Fact(
            key,
            "subscription." + what,
            subject,
            Optional.of(subscriptionId),
            Optional.empty(),
            change.to().status(),
            at)
        .with(change));
  }
}
