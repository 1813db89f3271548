package com.tatame.billing.schema;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Caches for a second that a database takes no writes, so that what follows from it (new connections,
 * another look) is done once a second and not for each write that is refused. Thread-safe.
 */
public final class ReadOnlyCache {
  /** How long it is good for. */
  public static final Duration TTL = Duration.ofSeconds(1);

  /** What a database says to a write while it is read-only. */
  private static final String READ_ONLY = "25006";

  private record Sighting(long at) {}

  private final LongSupplier nanoTime;
  private final AtomicReference<@Nullable Sighting> last = new AtomicReference<>();

  /**
   * Empty.
   *
   * @param nanoTime a clock of nanoseconds that never goes back, such as {@code System::nanoTime}
   */
  public ReadOnlyCache(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Whether this SQLSTATE says that the database takes no writes. */
  public static boolean isReadOnly(Optional<String> sqlState) {
    return sqlState.filter(READ_ONLY::equals).isPresent();
  }

  /** Whether it was seen to be read-only within the last second. */
  public boolean fresh() {
    return fresh(last.get(), nanoTime.getAsLong());
  }

  /**
   * Notes that it was seen to be read-only.
   *
   * @return whether that was not cached yet; true for one of several callers
   */
  public boolean note() {
    Sighting before = last.get();
    long now = nanoTime.getAsLong();
    return !fresh(before, now) && last.compareAndSet(before, new Sighting(now));
  }

  private static boolean fresh(@Nullable Sighting sighting, long now) {
    return sighting != null && now - sighting.at < TTL.toNanos();
  }
}
