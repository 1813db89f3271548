package com.tatame.billing.entitlement;

import com.tatame.billing.observation.Observation;
import java.time.Instant;
import java.util.Optional;

/**
 * What made a subscription what it is known as.
 *
 * @param eventId the provider's event; empty for a read, or the answer to a command of ours
 * @param from an event's copy, or the provider's own answer
 * @param asOf when it was true, by the provider's clock
 * @param recordedAt when it became known, by the billing clock
 */
public record Evidence(
    Optional<String> eventId, Observation.Source from, Instant asOf, Instant recordedAt) {}
