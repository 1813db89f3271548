package com.tatame.billing.entitlement;

import com.tatame.billing.account.AccountId;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything that an account may and may not do at one instant.
 *
 * @param tier in force
 * @param source the subscription that gives it; empty for the default plan, or if a grant does
 * @param grant the grant that gives it, being better than what the subscriptions give
 * @param features every feature that any plan of the catalog has
 */
public record EntitlementReport(
    AccountId account,
    String tier,
    Optional<AccountEntitlement.Source> source,
    Optional<Grant> grant,
    SortedMap<String, Decision> features) {
  public EntitlementReport {
    features = Collections.unmodifiableSortedMap(new TreeMap<>(features));
  }
}
