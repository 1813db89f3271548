package com.tatame.billing.ledger;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.observation.Fact;
import java.time.Instant;
import java.util.Optional;

/**
 * Something that moved money or changed a subscription, recorded once for each cause.
 *
 * @param fact what happened; its key is the event's id
 * @param account whose it is: of its customer when it became known, or when that was linked later
 * @param knownAt when it became known here, by the store's clock
 */
public record BillingEvent(Fact fact, Optional<AccountId> account, Cause cause, Instant knownAt) {
  public String id() {
    return fact.key();
  }

  /** The provider's event that brought it first, if one did. */
  public Optional<String> providerEventId() {
    return cause.eventId();
  }
}
