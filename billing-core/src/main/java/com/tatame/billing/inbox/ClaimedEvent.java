package com.tatame.billing.inbox;

import java.time.Instant;

/**
 * An event that a worker holds for the length of its lease.
 *
 * @param seq our own number for it, in the order of arrival
 * @param attempts how often processing it has failed so far
 * @param abandoned how often its lease ran out, because its worker died or hung
 */
public record ClaimedEvent(
    long seq,
    String id,
    String type,
    String payload,
    Instant receivedAt,
    int attempts,
    int abandoned) {}
