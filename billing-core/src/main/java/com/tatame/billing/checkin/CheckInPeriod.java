package com.tatame.billing.checkin;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Optional;

/**
 * The check-ins of one kind in a week or a month.
 *
 * @param start the first day; weeks begin on Monday, as in ISO 8601
 * @param count how many there are
 * @param scores of those that have one; empty if none has
 */
public record CheckInPeriod(LocalDate start, long count, Optional<Scores> scores) {
  /** How long a period is. */
  public enum Length {
    WEEK,
    MONTH;

    /** The name on the wire. */
    public String code() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Scores in short.
   *
   * @param average rounded half-up to four decimal places
   */
  public record Scores(BigDecimal average, BigDecimal minimum, BigDecimal maximum) {
    /** Decimal places of an average. */
    public static final int SCALE = 4;

    public Scores {
      average = CheckIn.plain(average);
      minimum = CheckIn.plain(minimum);
      maximum = CheckIn.plain(maximum);
    }
  }
}
