package com.tatame.billing.command;

import java.time.Duration;

/** How a caller waits. Production sleeps; a simulation lets its driver run others meanwhile. */
@FunctionalInterface
public interface Pause {
  void pause(Duration duration);

  /**
   * Blocks the calling thread. An interrupt ends the pause early and stays pending.
   */
  static Pause blocking() {
    return duration -> {
      try {
        Thread.sleep(duration.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    };
  }
}
