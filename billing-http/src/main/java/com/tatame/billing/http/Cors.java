package com.tatame.billing.http;

import io.javalin.http.Context;
import java.util.Collection;
import java.util.Set;

/** Lets pages of the listed origins read answers. Tokens travel in headers, so cookies stay out. */
final class Cors {
  private static final String EXPOSED =
      "X-Request-ID, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset,"
          + " RateLimit-Policy, Location, Idempotent-Replayed";
  private static final String ALLOWED_HEADERS =
      "Authorization, Content-Type, Idempotency-Key, X-Request-ID, X-Account-Id";
  private static final String MAX_AGE_SECONDS = "600";

  private final Set<String> origins;

  Cors(Collection<String> origins) {
    this.origins = Set.copyOf(origins);
  }

  /** Adds what a page needs to read this answer. */
  void apply(Context context) {
    if (origins.isEmpty()) {
      return;
    }
    context.res().addHeader("Vary", "Origin");
    String origin = context.header("Origin");
    if (origin != null && origins.contains(origin)) {
      context.header("Access-Control-Allow-Origin", origin);
      context.header("Access-Control-Expose-Headers", EXPOSED);
    }
  }

  /** Answers the browser's question whether it may send a request. */
  void preflight(Context context, Collection<String> methods) {
    String allow = String.join(", ", methods);
    context.status(204).header("Allow", allow);
    apply(context);
    if (context.res().getHeader("Access-Control-Allow-Origin") != null) {
      context.header("Access-Control-Allow-Methods", allow);
      context.header("Access-Control-Allow-Headers", ALLOWED_HEADERS);
      context.header("Access-Control-Max-Age", MAX_AGE_SECONDS);
    }
  }
}
