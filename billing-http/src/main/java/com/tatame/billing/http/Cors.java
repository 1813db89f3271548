package com.tatame.billing.http;

import java.util.Collection;
import java.util.Map;
import java.util.Set;

/** Lets pages of the listed origins read answers. Tokens travel in headers, so cookies stay out. */
final class Cors {
  private static final String EXPOSED =
      "X-Request-ID, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset,"
          + " RateLimit-Policy, Location, Idempotent-Replayed";
  private static final String ALLOWED_HEADERS =
      "Authorization, Content-Type, Idempotency-Key, X-Request-ID, X-Account-Id";
  private static final String ALLOWED_ORIGIN = "Access-Control-Allow-Origin";
  private static final String MAX_AGE_SECONDS = "600";

  private final Set<String> origins;

  Cors(Collection<String> origins) {
    this.origins = Set.copyOf(origins);
  }

  /** Adds what a page needs to read this answer. */
  void apply(Exchange exchange, Map<String, String> headers) {
    if (origins.isEmpty()) {
      return;
    }
    headers.put("Vary", "Origin");
    String origin = exchange.header("Origin");
    if (origin != null && origins.contains(origin)) {
      headers.put(ALLOWED_ORIGIN, origin);
      headers.put("Access-Control-Expose-Headers", EXPOSED);
    }
  }

  /** Answers the browser's question whether it may send a request. */
  void preflight(Exchange exchange, Collection<String> methods, Map<String, String> headers) {
    String allow = String.join(", ", methods);
    headers.put("Allow", allow);
    apply(exchange, headers);
    if (headers.containsKey(ALLOWED_ORIGIN)) {
      headers.put("Access-Control-Allow-Methods", allow);
      headers.put("Access-Control-Allow-Headers", ALLOWED_HEADERS);
      headers.put("Access-Control-Max-Age", MAX_AGE_SECONDS);
    }
  }
}
