package com.tatame.billing.projection;

import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.ProviderObject;
import java.time.Instant;
import java.util.Optional;

/**
 * One mirrored row.
 *
 * @param state empty for a tombstone: the object is gone at the provider
 * @param asOf when the state was true
 * @param source what it was learnt from
 */
public record StoredObject(
    Optional<ProviderObject> state, Instant asOf, Observation.Source source) {}
