package com.tatame.billing.outbox;

import java.time.Instant;
import java.util.Optional;

/**
 * How a subscriber is doing.
 *
 * @param failures in a row, of whatever accounts
 * @param failingSince when the first of them was
 * @param waiting accounts with entries that it has not received, without the blocked ones
 * @param retrying of these, accounts whose next entry has failed
 * @param blocked accounts whose next entry was given up
 * @param oldest when the oldest entry was appended that it has not received, but for the blocked ones
 */
public record SubscriberStatus(
    String name,
    SubscriberStore.Kind kind,
    Instant createdAt,
    int failures,
    Optional<Instant> failingSince,
    long waiting,
    long retrying,
    long blocked,
    Optional<Instant> oldest) {}
