package com.tatame.billing.catalog;

import com.tatame.billing.observation.WireName;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * The time in which units are counted before they are counted anew. Computed whenever it is asked
 * for: nothing has to run for it to end.
 *
 * @param kind how long it is, and where it begins
 * @param zone whose days and months are meant; of no meaning where the subscription decides
 */
public record Window(Kind kind, ZoneId zone) {
  /** Lengths of windows. */
  public enum Kind implements WireName {
    DAY,
    CALENDAR_MONTH,
    /** From the subscription's day of the month, also where it is billed by the year. */
    SUBSCRIPTION_MONTH,
    /** What one invoice of the subscription covers. */
    BILLING_PERIOD,
    LIFETIME
  }

  /** The zone's name, such as {@code UTC}; empty where the subscription decides. */
  public Optional<String> zoneName() {
    return kind == Kind.DAY || kind == Kind.CALENDAR_MONTH
        ? Optional.of(zone.equals(ZoneOffset.UTC) ? "UTC" : zone.getId())
        : Optional.empty();
  }

  /**
   * The window that an instant lies in.
   *
   * @param cycle of the subscription; without one, the month of the calendar stands for what it
   *     would decide
   */
  public Period at(Instant instant, Optional<Cycle> cycle) {
    return switch (kind) {
      case DAY -> day(instant);
      case CALENDAR_MONTH -> calendarMonth(instant);
      case SUBSCRIPTION_MONTH ->
        cycle.map(c -> c.month(instant)).orElseGet(() -> calendarMonth(instant));
      case BILLING_PERIOD ->
        cycle.map(c -> c.billingPeriod(instant)).orElseGet(() -> calendarMonth(instant));
      case LIFETIME -> Period.LIFETIME;
    };
  }

  private Period day(Instant instant) {
    LocalDate day = instant.atZone(zone).toLocalDate();
    return new Period(startOf(day), startOf(day.plusDays(1)));
  }

  private Period calendarMonth(Instant instant) {
    LocalDate first = instant.atZone(zone).toLocalDate().withDayOfMonth(1);
    return new Period(startOf(first), startOf(first.plusMonths(1)));
  }

  // A day may begin later than midnight, or have two of them: the first instant counts.
  private Instant startOf(LocalDate day) {
    return day.atStartOfDay(zone).toInstant();
  }
}
