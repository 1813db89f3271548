package com.tatame.billing.workload;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Divides something scarce among workloads: each has places of its own, and where all of them are
 * taken only that workload waits or is refused. Thread-safe.
 */
public final class Bulkhead {
  private final Map<Workload, Semaphore> places = new EnumMap<>(Workload.class);
  private final Semaphore unassigned;

  /** A place that was taken. */
  public interface Permit extends AutoCloseable {
    /** Gives it back; once. */
    @Override
    void close();
  }

  /**
   * All places are free.
   *
   * @param places of each workload
   * @param unassigned for threads without a {@link WorkContext}
   */
  public Bulkhead(Map<Workload, Integer> places, int unassigned) {
    for (Workload workload : Workload.values()) {
      this.places.put(workload, new Semaphore(places.getOrDefault(workload, 0), true));
    }
    this.unassigned = new Semaphore(unassigned, true);
  }

  /**
   * Divides connections, or whatever a call of the store needs. A thread without a {@link WorkContext}
   * may use each of them.
   *
   * @param total with fewer than there are workloads each workload still has one place
   */
  public static Bulkhead ofConnections(int total) {
    Map<Workload, Integer> parts = new EnumMap<>(Workload.class);
    parts.put(Workload.WEBHOOKS, part(total, 4));
    parts.put(Workload.ENTITLEMENTS, part(total, 2));
    parts.put(Workload.CONSUMPTION, part(total, 2));
    parts.put(Workload.READS, part(total, 3));
    parts.put(Workload.MUTATIONS, part(total, 2));
    parts.put(Workload.ADMINISTRATION, part(total, 2));
    parts.put(Workload.WORKERS, part(total, 3));
    parts.put(Workload.HEALTH, part(total, 2));
    return new Bulkhead(parts, total);
  }

  private static int part(int total, int twentieths) {
    return Math.max(1, total * twentieths / 20);
  }

  /**
   * Takes a place for what the calling thread works for.
   *
   * @param maxWait how long to wait for one if all are taken
   * @return empty if none became free in that time
   */
  public Optional<Permit> enter(Duration maxWait) {
    Semaphore own = WorkContext.current()
        .map(context -> places.getOrDefault(context.workload(), unassigned))
        .orElse(unassigned);
    return enter(own, maxWait);
  }

  /** Takes a place of this workload if one is free. */
  public Optional<Permit> enterNow(Workload workload) {
    return enter(places.getOrDefault(workload, unassigned), Duration.ZERO);
  }

  private static Optional<Permit> enter(Semaphore places, Duration maxWait) {
    try {
      return places.tryAcquire(Math.max(0, maxWait.toNanos()), TimeUnit.NANOSECONDS)
          ? Optional.of(places::release)
          : Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** How many places of a workload are free. */
  public int free(Workload workload) {
    return places.getOrDefault(workload, unassigned).availablePermits();
  }
}
