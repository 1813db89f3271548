package com.tatame.billing.cache;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;

/**
 * The entries of the entitlement cache in the order of their reads and refreshes, evicted ones included:
 * those that are due for a refresh come first. Thread-safe.
 */
final class RefreshQueue {
  /** Fewer entries are not worth a refresh: each is read again if it is asked about. */
  private static final int MIN_BATCH = 16;

  /** Accounts of one refresh, which a caller waits for who asked about one of them. */
  private static final int MAX_BATCH = 256;

  private final Duration ttl;
  private final Duration refreshAfter;
  private final Queue<CachedEntitlement> byAge = new ConcurrentLinkedQueue<>();

  /**
   * @param ttl of an entry
   */
  RefreshQueue(Duration ttl) {
    this.ttl = ttl;
    // Early enough for callers in the meantime to find it fresh.
    this.refreshAfter = ttl.dividedBy(2);
  }

  void add(CachedEntitlement entry) {
    byAge.add(entry);
  }

  boolean manyDue(Instant now) {
    int many = 0;
    for (CachedEntitlement next : byAge) {
      if (!isDue(next, now)) {
        return false;
      }
      if (++many == MIN_BATCH) {
        return true;
      }
    }
    return false;
  }

  /** Takes out the entries that are due, and gives those of them that are worth a refresh. */
  List<CachedEntitlement> takeDue(Instant now, Predicate<CachedEntitlement> worth) {
    List<CachedEntitlement> due = new ArrayList<>();
    for (CachedEntitlement next = byAge.peek();
        next != null && isDue(next, now) && due.size() < MAX_BATCH;
        next = byAge.peek()) {
      if (byAge.remove(next) && worth.test(next)) {
        due.add(next);
      }
    }
    return due;
  }

  /** They are read again when asked about. So this never holds more than one ttl's entries. */
  void dropExpired(Instant now) {
    for (CachedEntitlement next = byAge.peek();
        next != null && !next.within(ttl, now);
        next = byAge.peek()) {
      byAge.remove(next);
    }
  }

  private boolean isDue(CachedEntitlement entry, Instant now) {
    return !entry.within(refreshAfter, now);
  }
}
