package com.tatame.billing.subscription;

import java.time.Instant;
import java.util.Optional;

/**
 * Another price or quantity for one item of a subscription, as the provider is asked for it.
 *
 * @param itemId which of its items; without it the provider would add a second one
 * @param quantity 0 for a metered price
 * @param prorationDate a whole second up to which the old price counts; empty for the provider's now
 */
public record SubscriptionChange(
    String subscriptionId,
    String itemId,
    String priceId,
    long quantity,
    ChangePolicy policy,
    Optional<Instant> prorationDate) {

  /** The same change under another policy. */
  public SubscriptionChange with(ChangePolicy other) {
    return new SubscriptionChange(subscriptionId, itemId, priceId, quantity, other, prorationDate);
  }

  /** Whether the subscription sells that already. */
  public boolean holds(Subscription subscription) {
    return subscription.items().stream()
        .anyMatch(item -> item.id().equals(itemId)
            && item.priceId().equals(priceId)
            && item.quantity() == quantity);
  }
}
