package com.tatame.billing.inbox;

import java.time.Duration;

/**
 * Receives the outcome of events, for metrics, traces and error reports. Called by many threads; it
 * must not throw.
 */
public interface InboxListener {
  /** Ignores everything. */
  InboxListener NONE = new InboxListener() {};

  /** That many events, new ones and duplicates, were stored in one commit. */
  default void stored(int events) {}

  /**
   * A worker processes a batch of events. Whatever it asks of store and provider on the way, and
   * each {@link #attempted}, happens within.
   *
   * @param batch to be run once, on this thread; what it throws belongs to the worker
   */
  default void batch(Runnable batch) {
    batch.run();
  }

  /**
   * An attempt to process an event has ended.
   *
   * @param status where it stands now: processed, ignored, retrying or dead
   * @param sinceReceived in wall time
   */
  default void attempted(EventStatus status, Duration sinceReceived) {}

  /** That many events had never arrived and were fetched from the provider's list. */
  default void caughtUp(int events) {}

  /** A worker met an unexpected failure. It is logged all the same. */
  default void unexpected(RuntimeException failure) {}
}
