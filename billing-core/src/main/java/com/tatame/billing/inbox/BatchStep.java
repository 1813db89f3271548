package com.tatame.billing.inbox;

import java.util.Optional;

/**
 * One step of the worker's work on a batch. Between two steps the worker may stop for ever: what it
 * held is taken over when its lease runs out.
 */
@FunctionalInterface
public interface BatchStep {
  /** Does it, and tells what comes next; empty at the end. */
  Optional<BatchStep> run();

  /** Does this step and all that follow. */
  default void runAll() {
    Optional<BatchStep> next = run();
    while (next.isPresent()) {
      next = next.get().run();
    }
  }
}
