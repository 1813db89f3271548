package com.tatame.billing.time;

import java.time.Instant;
import java.time.InstantSource;

/**
 * The two clocks of billing, which differ only where the provider's test clocks are used.
 *
 * @param billing by which periods, trials and quotes begin and end
 * @param wall by which leases, retries and retention are counted
 */
public record Clocks(InstantSource billing, InstantSource wall) {
  /** The present instant of the billing clock. */
  public Instant billingNow() {
    return billing.instant();
  }

  /** The present wall time. */
  public Instant wallNow() {
    return wall.instant();
  }
}
