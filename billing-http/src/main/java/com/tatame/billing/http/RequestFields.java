package com.tatame.billing.http;

import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.time.TimeBounds;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.regex.Pattern;

/** Reads the values of query parameters and body fields. */
final class RequestFields {
  // Years of more digits can be parsed, but neither stored nor sent on.
  private static final Pattern FOUR_DIGIT_YEAR = Pattern.compile("\\d{4}-.*");

  private RequestFields() {}

  /**
   * A time with its offset, such as {@code 2026-01-31T09:00:00Z}.
   *
   * @throws ValidationFailed naming the field, if it is none or outside of {@link TimeBounds}
   */
  static Instant time(String field, String text) {
    if (FOUR_DIGIT_YEAR.matcher(text).matches()) {
      try {
        return TimeBounds.require(field, OffsetDateTime.parse(text).toInstant());
      } catch (DateTimeException e) {
        throw badTime(field);
      }
    }
    throw badTime(field);
  }

  private static ValidationFailed badTime(String field) {
    return ValidationFailed.of(field, "must be a time such as 2026-01-31T09:00:00Z");
  }
}
