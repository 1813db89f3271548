package com.tatame.billing.subscription;

import com.tatame.billing.catalog.BillingInterval;
import java.time.Instant;
import java.util.Optional;

/**
 * What a subscription will sell from a later period on.
 *
 * @param tier of the catalog; empty for a price that it doesn't sell
 * @param quantity 0 where it will be paid for by its use
 * @param at when it takes effect
 */
public record ScheduledChange(
    Optional<String> tier,
    Optional<BillingInterval> interval,
    String priceId,
    long quantity,
    Instant at) {}
