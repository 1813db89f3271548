package com.tatame.billing.entitlement;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.subscription.SubscriptionStatus;
import java.time.Instant;
import java.util.Optional;

/**
 * What an account's subscriptions give it: derived from all of them, never from one event.
 *
 * @param tier while {@code source} holds
 * @param source the subscription that wins; empty when none entitles
 */
public record AccountEntitlement(AccountId account, String tier, Optional<Source> source) {
  /**
   * The subscription behind an entitlement.
   *
   * @param graceUntil when a past due subscription stops to entitle; empty unless past due
   */
  public record Source(
      String subscriptionId, SubscriptionStatus status, Optional<Instant> graceUntil) {}
}
