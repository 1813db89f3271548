package com.tatame.billing.workload;

import java.time.Duration;

/**
 * A class of work. Each has a share of what all need, such as connections of the store, and a time
 * limit, so that one class that is stuck stops no other.
 */
public enum Workload {
  /** Storing what the provider sends, which it sends again if that takes long. */
  WEBHOOKS(Duration.ofMillis(1_700)),

  /** What a user may do: asked before each action of each user. */
  ENTITLEMENTS(Duration.ofSeconds(5)),

  /** The use of it, which is written. */
  CONSUMPTION(Duration.ofSeconds(5)),

  /** What else a user waits for and that changes nothing. */
  READS(Duration.ofSeconds(8)),

  /** What else a user waits for and that changes something, mostly at the provider. */
  MUTATIONS(Duration.ofSeconds(8)),

  /** What an administrator asks for, or does. */
  ADMINISTRATION(Duration.ofSeconds(15)),

  /** Work without a caller: processing of events, sending of usage, maintenance. */
  WORKERS(Duration.ofSeconds(30)),

  /** Health checks and the heartbeats of leases, which must be possible whatever else is stuck. */
  HEALTH(Duration.ofSeconds(1));

  private final Duration limit;

  Workload(Duration limit) {
    this.limit = limit;
  }

  /** How long one call of the store may take, waiting for a connection included. */
  public Duration limit() {
    return limit;
  }
}
