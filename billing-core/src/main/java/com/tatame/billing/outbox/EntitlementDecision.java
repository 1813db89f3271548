package com.tatame.billing.outbox;

import com.tatame.billing.observation.Fact;
import java.time.Instant;
import java.util.Optional;

/**
 * What came of comparing an account's entitlement with what was published of it.
 *
 * @param due as it was found
 * @param catalogVersion of the catalog that decided
 * @param decided what is published now
 * @param nextAt when time alone may change it, by the billing clock
 * @param now wall time
 * @param change the entry of the stream; empty if nothing changed
 * @param update the entry if nothing changed, but the stream's last entry shows another state
 */
public record EntitlementDecision(
    DueEntitlement due,
    long catalogVersion,
    PublishedEntitlement decided,
    Optional<Instant> nextAt,
    Instant now,
    Optional<Fact> change,
    Fact update) {}
