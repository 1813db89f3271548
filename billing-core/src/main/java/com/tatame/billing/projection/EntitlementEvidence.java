package com.tatame.billing.projection;

import com.tatame.billing.entitlement.AccountEntitlement;
import com.tatame.billing.entitlement.Evidence;
import com.tatame.billing.entitlement.RecordedEntitlement;
import com.tatame.billing.invoice.Invoice;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.ProviderObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Collects in one fold which observation made each subscription what it is. */
final class EntitlementEvidence {
  private final Optional<RecordedEntitlement> before;
  private final Instant recordedAt;
  private final Map<String, Observation> observations = new HashMap<>();
  private final Map<String, Observation> invoiceObservations = new HashMap<>();
  private Optional<Observation> last = Optional.empty();

  /** Never before what was known already, whatever the clocks of several nodes say. */
  EntitlementEvidence(Optional<RecordedEntitlement> before, Instant now) {
    Instant precise = now.truncatedTo(ChronoUnit.MICROS);
    this.before = before;
    this.recordedAt =
        before.map(RecordedEntitlement::recordedAt).filter(precise::isBefore).orElse(precise);
  }

  /** An observation changes its object's row. */
  void observe(Observation seen, Optional<ProviderObject> state) {
    last = Optional.of(seen);
    observations.put(seen.object().id(), seen);
    state
        .flatMap(object ->
            object instanceof Invoice invoice ? invoice.subscriptionId() : Optional.empty())
        .ifPresent(subscription -> invoiceObservations.put(subscription, seen));
  }

  /** A subscription that is as it was keeps its evidence. */
  RecordedEntitlement of(AccountEntitlement derived) {
    Map<String, Object> known = before
        .map(RecordedEntitlement::entitlement)
        .map(EntitlementEvidence::subscriptions)
        .orElse(Map.of());
    Map<String, Evidence> evidence = new HashMap<>();
    subscriptions(derived).forEach((id, subscription) -> {
      Optional<Evidence> kept = before
          .flatMap(recorded -> recorded.of(id))
          .filter(same -> Objects.equals(known.get(id), subscription));
      kept.or(() -> ofThisFold(id)).ifPresent(of -> evidence.put(id, of));
    });
    return new RecordedEntitlement(derived, recordedAt, evidence);
  }

  // An open invoice decides how long the grace is. And with the customer's link come subscriptions
  // that were known before.
  private Optional<Evidence> ofThisFold(String subscription) {
    return Optional.ofNullable(observations.get(subscription))
        .or(() -> Optional.ofNullable(invoiceObservations.get(subscription)))
        .or(() -> last)
        .map(seen -> new Evidence(seen.eventId(), seen.source(), seen.asOf(), recordedAt));
  }

  private static Map<String, Object> subscriptions(AccountEntitlement entitlement) {
    Map<String, Object> all = new HashMap<>();
    entitlement.sources().forEach(source -> all.put(source.subscriptionId(), source));
    entitlement.withheld().forEach(withheld -> all.put(withheld.subscriptionId(), withheld));
    return all;
  }
}
