package com.tatame.billing.ledger;

import com.tatame.billing.time.TimeBounds;
import java.time.Instant;
import java.util.Optional;

/**
 * Which events are asked for; what is empty doesn't matter.
 *
 * @param subscriptionId only what happened to this subscription
 * @param type only this, such as {@code invoice.paid}
 * @param status only what became this, such as {@code paid}
 * @param eventId only what this event of the provider brought first
 * @param commandId only what this command of ours caused
 * @param from only what happened at this instant or later, by the provider's clock
 * @param until only what happened before this instant
 */
public record BillingEventFilter(
    Optional<String> subscriptionId,
    Optional<String> type,
    Optional<String> status,
    Optional<String> eventId,
    Optional<String> commandId,
    Optional<Instant> from,
    Optional<Instant> until) {
  public BillingEventFilter {
    TimeBounds.require("from", from);
    TimeBounds.require("to", until);
  }

  public static final BillingEventFilter ALL = new BillingEventFilter(
      Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /** By subscription, type and time. */
  public BillingEventFilter(
      Optional<String> subscriptionId,
      Optional<String> type,
      Optional<Instant> from,
      Optional<Instant> until) {
    this(subscriptionId, type, Optional.empty(), Optional.empty(), Optional.empty(), from, until);
  }

  /** Only what became this, such as {@code past_due}. */
  public BillingEventFilter withStatus(String wanted) {
    return new BillingEventFilter(
        subscriptionId, type, Optional.of(wanted), eventId, commandId, from, until);
  }

  /** Only what this event of the provider brought first. */
  public BillingEventFilter causedByEvent(String wanted) {
    return new BillingEventFilter(
        subscriptionId, type, status, Optional.of(wanted), commandId, from, until);
  }

  /** Only what this command of ours caused. */
  public BillingEventFilter causedByCommand(String wanted) {
    return new BillingEventFilter(
        subscriptionId, type, status, eventId, Optional.of(wanted), from, until);
  }
}
