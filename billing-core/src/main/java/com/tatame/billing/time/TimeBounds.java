package com.tatame.billing.time;

import com.tatame.billing.failure.ValidationFailed;
import java.time.Instant;
import java.util.Optional;

/**
 * The range of instants that are accepted from outside: from 2000-01-01 to before 2200-01-01, UTC.
 * What lies beyond is a mistake or an attack, and not every store, provider and client can hold it.
 */
public final class TimeBounds {
  /** The first accepted instant. */
  public static final Instant MIN = Instant.parse("2000-01-01T00:00:00Z");

  /** The first instant that is refused again. */
  public static final Instant END = Instant.parse("2200-01-01T00:00:00Z");

  private TimeBounds() {}

  /**
   * Returns the time.
   *
   * @param field that it was given in
   * @throws ValidationFailed naming the field, if it is out of bounds
   */
  public static Instant require(String field, Instant time) {
    if (time.isBefore(MIN) || !time.isBefore(END)) {
      throw ValidationFailed.of(field, "must be in the years 2000 to 2199");
    }
    return time;
  }

  /** As {@link #require(String, Instant)}, if there is a time. */
  public static Optional<Instant> require(String field, Optional<Instant> time) {
    return time.map(given -> require(field, given));
  }

  /**
   * Checks that a range of time doesn't end before it begins.
   *
   * @throws ValidationFailed naming {@code to}, if it does
   */
  public static void requireOrder(Optional<Instant> from, Optional<Instant> until) {
    if (from.isPresent() && until.isPresent() && until.get().isBefore(from.get())) {
      throw ValidationFailed.of("to", "must not be before from");
    }
  }
}
