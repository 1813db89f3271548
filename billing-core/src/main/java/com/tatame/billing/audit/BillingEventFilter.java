package com.tatame.billing.audit;

import com.tatame.billing.time.TimeBounds;
import java.time.Instant;
import java.util.Optional;

/**
 * Which events are asked for; what is empty doesn't matter.
 *
 * @param subscriptionId only what happened to this subscription
 * @param type only this, such as {@code invoice.paid}
 * @param from only what happened at this instant or later, by the provider's clock
 * @param until only what happened before this instant
 */
public record BillingEventFilter(
    Optional<String> subscriptionId,
    Optional<String> type,
    Optional<Instant> from,
    Optional<Instant> until) {
  public BillingEventFilter {
    TimeBounds.require("from", from);
    TimeBounds.require("to", until);
  }

  public static final BillingEventFilter ALL = new BillingEventFilter(
      Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
}
