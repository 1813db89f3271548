package com.tatame.billing.testkit.simulator.engine;

/**
 * An outage on request.
 *
 * @param route what the request must begin with, for example {@code POST /v1/customers}
 * @param status what is answered instead, for example 429 or 500
 * @param when whether the request is carried out, and what its idempotency key remembers
 */
public record Fault(String route, int status, When when) {
  public enum When {
    /** Nothing is done and nothing is remembered. */
    BEFORE,
    /** It is done, but the failure is what the key remembers. */
    AFTER,
    /** It is done and remembered, but the answer is lost on the way. */
    LOST
  }

  boolean hits(String method, String path) {
    return (method + " " + path).startsWith(route);
  }
}
