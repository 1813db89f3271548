package com.tatame.billing.schedule;

import java.time.Duration;
import java.util.Optional;

/**
 * Something to be done now and then.
 *
 * @param interval between the end of one turn and the next
 */
public record Task(String name, Duration interval, Work work) {
  /** One turn of a task. */
  @FunctionalInterface
  public interface Work {
    /**
     * Does it.
     *
     * @param position where the last turn ended; empty at the first
     * @return where this one ended
     * @throws com.tatame.billing.failure.BillingException if it could not be done now
     */
    Optional<String> from(Optional<String> position);
  }
}
