package com.tatame.billing.inbox;

import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.projection.ReadPriority;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;

/**
 * How many reads the provider is asked for: so many a second and kind of object, since providers
 * limit each endpoint by itself, and no more than a second's worth at once. When it runs low, what is
 * left is kept for the reads that matter more. Thread-safe.
 */
public final class ReadBudget {
  private final InstantSource wallClock;
  private final int perSecond;
  private final Map<ObjectKind, Bucket> buckets = new EnumMap<>(ObjectKind.class);

  /**
   * Makes a full budget.
   *
   * @param perSecond for each kind of object; 0 allows none at all
   */
  public ReadBudget(int perSecond, InstantSource wallClock) {
    if (perSecond < 0) {
      throw new IllegalArgumentException("perSecond must not be negative");
    }
    this.wallClock = wallClock;
    this.perSecond = perSecond;
  }

  /** Takes one read if there is one for what is that urgent. */
  public synchronized boolean tryTake(ObjectKind kind, ReadPriority priority) {
    return perSecond > 0
        && buckets
            .computeIfAbsent(kind, first -> new Bucket())
            .tryTake(reserve(priority), wallClock.instant());
  }

  // Of a budget of one or two a second nothing can be kept.
  private long reserve(ReadPriority priority) {
    return switch (priority) {
      case AMBIGUOUS -> 0;
      case ENTITLING -> perSecond / 5;
      case ROUTINE -> perSecond / 2;
    };
  }

  private final class Bucket {
    private long tokens = perSecond;
    private Instant filledAt = wallClock.instant();

    boolean tryTake(long reserve, Instant now) {
      long nanosPerRead = Duration.ofSeconds(1).toNanos() / perSecond;
      long earned = Duration.between(filledAt, now).toNanos() / nanosPerRead;
      if (earned > 0) {
        tokens = Math.min(perSecond, tokens + earned);
        filledAt = filledAt.plusNanos(earned * nanosPerRead);
      }
      boolean enough = tokens > Math.min(reserve, perSecond - 1);
      tokens -= enough ? 1 : 0;
      return enough;
    }
  }
}
