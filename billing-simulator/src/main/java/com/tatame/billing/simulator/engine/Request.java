package com.tatame.billing.simulator.engine;

import java.util.Map;
import java.util.Optional;

/**
 * A call of Stripe's API.
 *
 * @param parameters nested maps, lists and strings, as {@link Form#decode} makes them
 * @param apiVersion the version that the answer is to have; the account's default when empty
 */
public record Request(
    String method,
    String path,
    Map<String, Object> parameters,
    Optional<String> idempotencyKey,
    Optional<String> apiVersion) {

  /** A call without idempotency key, in the account's default version. */
  public static Request of(String method, String path, Map<String, Object> parameters) {
    return new Request(method, path, parameters, Optional.empty(), Optional.empty());
  }
}
