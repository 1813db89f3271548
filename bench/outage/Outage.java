package com.tatame.billing.bench;

import java.time.Duration;
import java.util.Set;

/**
 * Something that breaks, and is mended.
 *
 * @param affected the classes of requests that need it, and may be refused meanwhile
 * @param lasts from the time it has broken
 */
record Outage(String name, Set<String> affected, Duration lasts, Step begin, Step end) {
  /** A part of it. */
  @FunctionalInterface
  interface Step {
    void run() throws Exception;
  }
}
