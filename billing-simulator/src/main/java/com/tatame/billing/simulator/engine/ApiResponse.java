package com.tatame.billing.simulator.engine;

import java.time.Instant;

/**
 * What the API answers.
 *
 * @param body JSON text
 * @param replayed whether this is the answer that the idempotency key was given before
 * @param at the simulated time of the answer
 * @param connection what becomes of it on its way
 */
public record ApiResponse(
    int status,
    String body,
    String requestId,
    boolean replayed,
    Instant at,
    Fault.Connection connection) {
  ApiResponse(int status, String body, String requestId, boolean replayed, Instant at) {
    this(status, body, requestId, replayed, at, Fault.Connection.ANSWERS);
  }

  ApiResponse over(Fault.Connection troubled) {
    return new ApiResponse(status, body, requestId, replayed, at, troubled);
  }
}
