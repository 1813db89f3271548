package com.tatame.billing.lease;

import com.tatame.billing.failure.BillingException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Extends the leases of what this process is doing, so that they can be short: what a process held that
 * died is free after {@link #LEASE}, and what takes long stays with its holder. A lease that was
 * lost all the same, such as by a process that was paused, is let go; its holder learns so when it
 * writes. Thread-safe. Has no thread: its owner calls {@link #beat}.
 */
public final class Heartbeats {
  /** How long a lease lasts without a heartbeat. */
  public static final Duration LEASE = Duration.ofSeconds(6);

  /** How often to beat. */
  public static final Duration INTERVAL = Duration.ofSeconds(2);

  private static final Logger LOG = System.getLogger(Heartbeats.class.getName());

  private final InstantSource wallClock;
  private final Set<Heartbeat> beating = ConcurrentHashMap.newKeySet();

  public Heartbeats(InstantSource wallClock) {
    this.wallClock = wallClock;
  }

  /** Something that is held for a time. */
  public interface Lease {
    /**
     * Extends it.
     *
     * @param leaseTime from now on
     * @return false if it was lost
     */
    boolean extend(Instant now, Duration leaseTime);
  }

  private static final class Heartbeat {
    private final Lease lease;
    private volatile Instant extendedAt;

    private Heartbeat(Lease lease, Instant extendedAt) {
      this.lease = lease;
      this.extendedAt = extendedAt;
    }
  }

  /** Does work under a lease that was just taken, and keeps it for as long. */
  public <T> T during(Lease lease, Supplier<T> work) {
    Heartbeat heartbeat = new Heartbeat(lease, wallClock.instant());
    beating.add(heartbeat);
    try {
      return work.get();
    } finally {
      beating.remove(heartbeat);
    }
  }

  /**
   * Extends what has been held for {@link #INTERVAL}. What can't be extended now is tried again by the
   * next call.
   *
   * @return how many leases were extended
   */
  public int beat() {
    int extended = 0;
    for (Heartbeat heartbeat : List.copyOf(beating)) {
      Instant now = wallClock.instant();
      if (heartbeat.extendedAt.plus(INTERVAL).isAfter(now)) {
        continue;
      }
      try {
        if (heartbeat.lease.extend(now, LEASE)) {
          heartbeat.extendedAt = now;
          extended++;
        } else {
          beating.remove(heartbeat);
        }
      } catch (BillingException e) {
        LOG.log(Level.INFO, "a lease could not be extended: {0}", e.code());
      }
    }
    return extended;
  }
}
