package com.tatame.billing.supabase;

import java.time.Duration;
import java.util.concurrent.Semaphore;

/** How a prober waits whose next probe a test decides about. */
final class HeldProbes {
  private final Semaphore allowed = new Semaphore(0);

  void pause(Duration ignored) {
    allowed.acquireUninterruptibly();
  }

  /** Lets it ask once more. */
  void allowOne() {
    allowed.release();
  }
}
