package com.tatame.billing.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that only moves when it is told to. Thread-safe. */
public final class SettableClock implements InstantSource {
  private Instant now;

  public SettableClock(Instant start) {
    this.now = start;
  }

  @Override
  public synchronized Instant instant() {
    return now;
  }

  /** Moves to this instant, back in time, too. */
  public synchronized void set(Instant instant) {
    now = instant;
  }

  /**
   * Moves on.
   *
   * @return the new time
   */
  public synchronized Instant advance(Duration step) {
    now = now.plus(step);
    return now;
  }
}
