package com.tatame.billing.entitlement;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Cycle;
import com.tatame.billing.subscription.SubscriptionStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What an account's subscriptions give it: derived from all of them, never from one event. Pure
 * data; who asks brings the time.
 *
 * @param sources the subscriptions that entitle, the one that wins first
 */
public record AccountEntitlement(AccountId account, List<Source> sources) {
  /**
   * A subscription that entitles.
   *
   * @param tier of the catalog
   * @param graceUntil when a past due subscription stops to entitle; empty unless past due
   * @param cycle by which its windows begin anew; empty if it has no periods
   */
  public record Source(
      String subscriptionId,
      String tier,
      SubscriptionStatus status,
      Optional<Instant> graceUntil,
      Optional<Cycle> cycle) {
    /** Without a cycle of its own. */
    public Source(
        String subscriptionId,
        String tier,
        SubscriptionStatus status,
        Optional<Instant> graceUntil) {
      this(subscriptionId, tier, status, graceUntil, Optional.empty());
    }

    boolean holdsAt(Instant now) {
      return graceUntil.map(now::isBefore).orElse(true);
    }
  }

  public AccountEntitlement {
    sources = List.copyOf(sources);
  }

  /** The source that decides at this instant; empty when the default plan does. */
  public Optional<Source> sourceAt(Instant now) {
    for (Source source : sources) {
      if (source.holdsAt(now)) {
        return Optional.of(source);
      }
    }
    return Optional.empty();
  }
}
