package com.tatame.billing.entitlement;

import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;

/**
 * An entitlement with what it was learnt from. Of the same state there is one entitlement, but which
 * evidence came first depends on the order in which the provider's events came.
 *
 * @param recordedAt since when it is known, by the billing clock
 * @param evidence by subscription; what was stored before it was kept has none
 */
public record RecordedEntitlement(
    AccountEntitlement entitlement, Instant recordedAt, Map<String, Evidence> evidence) {
  public RecordedEntitlement {
    evidence = Map.copyOf(evidence);
  }

  /** Without evidence. */
  public RecordedEntitlement(AccountEntitlement entitlement, Instant recordedAt) {
    this(entitlement, recordedAt, Map.of());
  }

  /** The provider's time of the newest thing that is known here. */
  public Instant effectiveAt() {
    return evidence.values().stream()
        .map(Evidence::asOf)
        .max(Comparator.naturalOrder())
        .orElse(recordedAt);
  }

  RecordedEntitlement endingAsKnown() {
    return new RecordedEntitlement(entitlement.endingAsKnown(), recordedAt, evidence);
  }

  /** The evidence of a subscription as it is here. */
  public Optional<Evidence> of(String subscriptionId) {
    return Optional.ofNullable(evidence.get(subscriptionId));
  }
}
