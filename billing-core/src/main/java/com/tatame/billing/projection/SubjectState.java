package com.tatame.billing.projection;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.entitlement.AccountEntitlement;
import com.tatame.billing.entitlement.RecordedEntitlement;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.SubjectId;
import java.util.Map;
import java.util.Optional;

/**
 * What is stored about one subject, with the version that a commit must find unchanged.
 *
 * @param version 0 for a subject that was never seen
 * @param rows the objects asked for, and for a customer also all its subscriptions and its open
 *     invoices
 * @param linked the account whose customer the subject is
 * @param customerOf for each account asked for that has a customer: which
 * @param recorded the entitlement of the linked account
 */
public record SubjectState(
    SubjectId subject,
    long version,
    Map<ObjectRef, StoredObject> rows,
    Optional<AccountId> linked,
    Map<AccountId, String> customerOf,
    Optional<RecordedEntitlement> recorded) {
  public SubjectState {
    rows = Map.copyOf(rows);
    customerOf = Map.copyOf(customerOf);
  }

  /** What the linked account's subscriptions give it. */
  public Optional<AccountEntitlement> entitlement() {
    return recorded.map(RecordedEntitlement::entitlement);
  }

  /** A subject that was never seen. */
  public static SubjectState nothing(SubjectId subject) {
    return new SubjectState(subject, 0, Map.of(), Optional.empty(), Map.of(), Optional.empty());
  }
}
