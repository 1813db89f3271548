package com.tatame.billing.inbox;

import java.time.Instant;
import java.util.Optional;

/**
 * An event whose signature was checked, before it was parsed.
 *
 * @param id the provider's, the same on every delivery
 * @param lane the customer or object that it is about; only a hint that keeps related work together
 * @param apiVersion the shape of the payload
 * @param payload as received, byte for byte (UTF-8)
 */
public record ReceivedEvent(
    String id,
    String type,
    Instant createdAt,
    boolean live,
    Optional<String> providerAccount,
    Optional<String> apiVersion,
    Optional<String> lane,
    String payload) {}
