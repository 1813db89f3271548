package com.tatame.billing.stripe;

import java.time.Duration;

/** Waits between two attempts of a call. */
@FunctionalInterface
public interface Pause {
  /**
   * Returns once the time is over.
   *
   * @throws InterruptedException if the thread is to stop; the call is then given up
   */
  void pause(Duration time) throws InterruptedException;

  /** Blocks the calling thread. */
  static Pause blocking() {
    return time -> Thread.sleep(time.toMillis());
  }
}
