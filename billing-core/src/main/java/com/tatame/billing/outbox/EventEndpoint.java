package com.tatame.billing.outbox;

import java.net.URI;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * An address that receives entries by HTTP.
 *
 * @param id also its name as a subscriber
 * @param types that it receives; empty for all
 * @param active whether it is sent anything
 * @param secret sealed; it signs
 * @param previous sealed; it signs, too, until it expires
 */
public record EventEndpoint(
    String id,
    URI url,
    Optional<String> description,
    Set<String> types,
    boolean active,
    Instant createdAt,
    String secret,
    Optional<PreviousSecret> previous) {
  /** A secret that was replaced, and still signs for a while. */
  public record PreviousSecret(String secret, Instant expiresAt) {}

  public EventEndpoint {
    types = Set.copyOf(types);
  }

  boolean wants(String type) {
    return types.isEmpty() || types.contains(type);
  }
}
