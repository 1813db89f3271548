package com.tatame.billing.simulator;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One line of the sender's log.
 *
 * @param event the event's id
 * @param type the event's type
 * @param endpoint the endpoint's id
 * @param url where it was sent
 * @param attempt 1 for the first
 * @param status the HTTP status of the answer; empty when there was none
 * @param failure why there was no answer; empty when there was one
 * @param last whether no further attempt follows, even if this one failed
 * @param at wall time
 */
public record DeliveryAttempt(
    String event,
    String type,
    String endpoint,
    String url,
    int attempt,
    OptionalInt status,
    Optional<String> failure,
    boolean last,
    Instant at) {

  /** Whether the endpoint has acknowledged the event: any status from 200 to 299 does. */
  public boolean succeeded() {
    return status.isPresent() && status.getAsInt() / 100 == 2;
  }

  /** Whether the event stays undelivered. */
  public boolean gaveUp() {
    return last && !succeeded();
  }
}
