package com.tatame.billing.http;

import com.tatame.billing.store.BillingStore;
import com.tatame.billing.store.StoreMode;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** Looks after the store: whether it answers, and whether it takes writes. */
final class StoreCheck {
  private final DependencyCheck check;
  private volatile StoreMode mode = StoreMode.OPEN;

  /**
   * What was seen.
   *
   * @param mode empty while it is down
   */
  record Sight(boolean up, Optional<Duration> latency, Optional<StoreMode> mode) {
    /** Whether it takes writes. */
    boolean open() {
      return mode.filter(StoreMode.OPEN::equals).isPresent();
    }
  }

  StoreCheck(BillingStore store, Duration goodFor, InstantSource wallClock) {
    this.check = new DependencyCheck(() -> mode = store.mode(), goodFor, wallClock);
  }

  Sight look() {
    DependencyCheck.Sight seen = check.look();
    return new Sight(seen.up(), seen.latency(), seen.up() ? Optional.of(mode) : Optional.empty());
  }
}
