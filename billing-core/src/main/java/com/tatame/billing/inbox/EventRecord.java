package com.tatame.billing.inbox;

import java.time.Instant;
import java.util.Optional;

/**
 * A stored event as people look at it.
 *
 * @param attempts failed attempts so far
 * @param error of the last failed attempt, or why it was ignored
 */
public record EventRecord(
    String id,
    String type,
    EventStatus status,
    int attempts,
    Optional<Instant> nextAttemptAt,
    Optional<String> error,
    boolean live,
    Optional<String> apiVersion,
    Optional<String> lane,
    Instant receivedAt,
    Optional<Instant> processedAt) {}
