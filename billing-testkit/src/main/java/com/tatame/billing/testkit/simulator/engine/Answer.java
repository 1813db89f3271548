package com.tatame.billing.testkit.simulator.engine;

import java.time.Instant;

/**
 * What the API answers.
 *
 * @param body JSON text
 * @param replayed whether this is the answer that the idempotency key was given before
 * @param at the simulated time of the answer
 */
public record Answer(int status, String body, String requestId, boolean replayed, Instant at) {}
