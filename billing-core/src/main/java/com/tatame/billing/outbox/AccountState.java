package com.tatame.billing.outbox;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An account right after an entry of its stream, as it was committed with it.
 *
 * @param tier as the account's last {@code entitlement.changed} said; empty before the first
 * @param subscriptions those that have not ended, by id
 * @param grants those that were not revoked and had not expired, by id
 */
public record AccountState(
    Optional<String> tier, List<SubscriptionState> subscriptions, List<GrantState> grants) {
  public AccountState {
    subscriptions = List.copyOf(subscriptions);
    grants = List.copyOf(grants);
  }

  /**
   * A subscription that has not ended.
   *
   * @param tier empty if the catalog doesn't sell what it is for
   * @param interval {@code monthly} or {@code yearly}; empty as the tier is
   * @param quantity of the item that names the plan
   * @param endsAt when it ends, if that is set already
   */
  public record SubscriptionState(
      String id,
      String status,
      Optional<String> tier,
      Optional<String> interval,
      long quantity,
      Instant currentPeriodEnd,
      Optional<Instant> trialEnd,
      Optional<Instant> endsAt) {}

  /**
   * A grant.
   *
   * @param tier of a plan that was granted
   * @param feature whose units were granted, or that was switched on
   * @param units how many were granted, used or not
   */
  public record GrantState(
      String id,
      Optional<String> tier,
      Optional<String> feature,
      Optional<Long> units,
      Instant startsAt,
      Optional<Instant> expiresAt) {}
}
