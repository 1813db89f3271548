package com.tatame.billing.entitlement;

import com.tatame.billing.catalog.Period;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an account used of a feature in one window.
 *
 * @param period of the window as it was when the units were used
 */
public record UsageRow(String feature, Period period, UsageTally used) {
  private static final Pattern ID = Pattern.compile("([a-z0-9_]+)@(\\d{1,12})-(\\d{1,12})");

  // February is as good a month as March.
  private static final Duration SAME = Duration.ofDays(4);

  /** Names it among the account's: {@code quiz@1767225600-1769904000}, seconds of its window. */
  public String id() {
    return feature + "@" + period.start().getEpochSecond() + "-" + period.end().getEpochSecond();
  }

  /** The row of this id, as far as the id tells; empty if it is none. */
  public static Optional<UsageRow> of(String id) {
    Matcher parts = ID.matcher(id);
    if (!parts.matches()) {
      return Optional.empty();
    }
    Instant start = Instant.ofEpochSecond(Long.parseLong(parts.group(2)));
    Instant end = Instant.ofEpochSecond(Long.parseLong(parts.group(3)));
    return start.isBefore(end) && !end.isAfter(Period.LIFETIME.end())
        ? Optional.of(new UsageRow(parts.group(1), new Period(start, end), UsageTally.NONE))
        : Optional.empty();
  }

  /**
   * Whether the units of this row count against a limit that holds for a period. They do until their
   * own window ends, so that a plan that changes, or an anchor that moves, gives no user back what was
   * used. What was counted in longer windows does not count in shorter ones: a month's use is no
   * day's.
   */
  boolean countsIn(Period current, Instant now) {
    return period.equals(current) || (period.contains(now) && !longerThan(current));
  }

  private boolean longerThan(Period other) {
    return Duration.between(period.start(), period.end())
            .compareTo(Duration.between(other.start(), other.end()).plus(SAME))
        > 0;
  }
}
