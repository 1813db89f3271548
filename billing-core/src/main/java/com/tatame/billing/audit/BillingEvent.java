package com.tatame.billing.audit;

import com.tatame.billing.observation.Fact;
import java.util.Optional;

/**
 * Something that moved money or changed a subscription, recorded once for each cause.
 *
 * @param fact what happened; its key is the event's id
 * @param providerEventId the provider's event that brought it first, if one did
 */
public record BillingEvent(Fact fact, Optional<String> providerEventId) {
  public String id() {
    return fact.key();
  }
}
