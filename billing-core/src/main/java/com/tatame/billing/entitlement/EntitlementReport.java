package com.tatame.billing.entitlement;

import com.tatame.billing.account.AccountId;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Everything that an account may and may not do at one instant.
 *
 * @param tier in force
 * @param source the subscription that gives it; empty for the default plan, or if a grant does
 * @param grant the grant that gives it, being better than what the subscriptions give
 * @param features every feature that any plan of the catalog has
 * @param unknown those that are missing, because consumption of that time is past its retention
 * @param revision an entry of the account's stream up to which everything is taken into account here
 * @param staleSince when it was read, by wall time, if the store is down since; empty for a report as
 *     of now
 */
public record EntitlementReport(
    AccountId account,
    String tier,
    Optional<AccountEntitlement.Source> source,
    Optional<Grant> grant,
    SortedMap<String, Decision> features,
    SortedSet<String> unknown,
    long revision,
    Optional<Instant> staleSince) {
  /** Of which everything is known. */
  EntitlementReport(
      AccountId account,
      String tier,
      Optional<AccountEntitlement.Source> source,
      Optional<Grant> grant,
      SortedMap<String, Decision> features,
      long revision,
      Optional<Instant> staleSince) {
    this(
        account, tier, source, grant, features, Collections.emptySortedSet(), revision, staleSince);
  }

  public EntitlementReport {
    features = Collections.unmodifiableSortedMap(new TreeMap<>(features));
    unknown = Collections.unmodifiableSortedSet(new TreeSet<>(unknown));
  }

  EntitlementReport without(SortedSet<String> notRemembered) {
    SortedMap<String, Decision> left = new TreeMap<>(features);
    left.keySet().removeAll(notRemembered);
    return new EntitlementReport(
        account, tier, source, grant, left, notRemembered, revision, staleSince);
  }
}
