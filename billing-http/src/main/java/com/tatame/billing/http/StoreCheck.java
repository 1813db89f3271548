package com.tatame.billing.http;

import com.tatame.billing.store.BillingStore;
import com.tatame.billing.store.StoreMode;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** Checks the store: whether it answers, and whether it takes writes. */
final class StoreCheck {
  private final DependencyCheck check;
  private volatile StoreMode mode = StoreMode.OPEN;

  /**
   * The result of a check.
   *
   * @param mode empty while it is down
   */
  record Result(boolean up, Optional<Duration> latency, Optional<StoreMode> mode) {
    /** Whether it takes writes. */
    boolean open() {
      return mode.filter(StoreMode.OPEN::equals).isPresent();
    }
  }

  StoreCheck(BillingStore store, Duration ttl, InstantSource wallClock) {
    this.check = new DependencyCheck(() -> mode = store.mode(), ttl, wallClock);
  }

  Result check() {
    DependencyCheck.Result result = check.check();
    return new Result(
        result.up(), result.latency(), result.up() ? Optional.of(mode) : Optional.empty());
  }
}
