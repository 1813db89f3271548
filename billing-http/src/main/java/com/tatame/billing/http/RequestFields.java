package com.tatame.billing.http;

import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.time.TimeBounds;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the values of query parameters and body fields. */
final class RequestFields {
  private static final String KEY_HEADER = "Idempotency-Key";
  private static final int MAX_LENGTH = 255;
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

  static Optional<String> text(String field, @Nullable String value) {
    if (value != null && value.length() > MAX_LENGTH) {
      throw ValidationFailed.of(field, "must have at most " + MAX_LENGTH + " characters");
    }
    return Optional.ofNullable(value).filter(text -> !text.isBlank());
  }

  /**
   * A whole number from 1 on.
   *
   * @throws ValidationFailed naming the field, if it is none or larger than the largest
   */
  static long wholeNumber(String field, String text, long largest) {
    if (!text.matches("\\d{1,18}") || Long.parseLong(text) < 1 || Long.parseLong(text) > largest) {
      throw ValidationFailed.of(field, "must be a whole number from 1 to " + largest);
    }
    return Long.parseLong(text);
  }

  /** Texts by name; none if they are missing. */
  static Map<String, String> texts(String field, @Nullable Map<String, @Nullable String> sent) {
    Map<String, String> texts = new HashMap<>();
    if (sent != null) {
      sent.forEach((name, text) -> {
        if (text == null) {
          throw ValidationFailed.of(field + "." + name, "must be a text");
        }
        texts.put(name, text);
      });
    }
    return texts;
  }

  static Optional<String> email(String field, @Nullable String value) {
    Optional<String> email = text(field, value);
    if (email.filter(address -> !address.matches("[^\\s@]+@[^\\s@]+")).isPresent()) {
      throw ValidationFailed.of(field, "must be an e-mail address");
    }
    return email;
  }

  /** The key under which a request takes effect once, from its body or its header. */
  static Optional<String> idempotencyKey(Call call, @Nullable String inBody) {
    Optional<String> header = Optional.of(call.header(KEY_HEADER)).filter(text -> !text.isEmpty());
    Optional<String> body = Optional.ofNullable(inBody);
    if (header.isPresent() && body.isPresent() && !header.equals(body)) {
      throw ValidationFailed.of("idempotencyKey", "differs from the header " + KEY_HEADER);
    }
    Optional<String> key = body.isPresent() ? body : header;
    if (key.filter(text -> !InputRules.idempotencyKey(text)).isPresent()) {
      throw ValidationFailed.of(
          body.isPresent() ? "idempotencyKey" : KEY_HEADER,
          "must have 1 to 255 printable ASCII characters");
    }
    return key.map(named -> CallerKeys.kept(call.principal(), named));
  }
}
