package com.tatame.billing.checkin;

import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.failure.ValidationFailed.FieldError;
import com.tatame.billing.text.StorableText;
import com.tatame.billing.time.TimeBounds;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a user notes.
 *
 * @param kind lower-case letters, digits and underscores, at most 40
 * @param occurredAt what time it is about, not ahead of now; empty for now
 * @param answers by question, at most 100: each a {@link String} of at most 4,000 characters, {@link
 *     BigDecimal}, {@link Boolean} or a list of at most 100 of these
 * @param score with at most four decimal places
 * @param note at most 4,000 characters
 * @param key under which it is noted once, as long as it is kept; empty if it is never repeated
 */
public record NewCheckIn(
    String kind,
    Optional<Instant> occurredAt,
    Map<String, Object> answers,
    Optional<BigDecimal> score,
    Optional<String> note,
    Optional<String> key) {
  private static final Pattern KIND = Pattern.compile("[a-z0-9_]{1,40}");
  private static final int MAX_ANSWERS = 100;
  private static final int MAX_QUESTION_LENGTH = 100;
  private static final int MAX_TEXT_LENGTH = 4_000;
  private static final int MAX_PRECISION = 13;
  private static final int MAX_SCALE = 4;

  /** How far a device's clock may be ahead. */
  private static final Duration AHEAD = Duration.ofMinutes(5);

  public NewCheckIn {
    answers = Map.copyOf(answers);
  }

  /** Whether a text can be the name of a kind. */
  static boolean isKind(String text) {
    return KIND.matcher(text).matches();
  }

  static FieldError badKind() {
    return new FieldError(
        "kind", "must have 1 to 40 lower-case letters, digits and underscores, such as mood");
  }

  /**
   * Whether it can be kept.
   *
   * @throws ValidationFailed naming each field that can't be used
   */
  void require(Instant now) {
    List<FieldError> errors = new ArrayList<>();
    if (!isKind(kind)) {
      errors.add(badKind());
    }
    occurredAt.ifPresent(at -> {
      TimeBounds.require("occurredAt", at);
      if (at.isAfter(now.plus(AHEAD))) {
        errors.add(new FieldError("occurredAt", "must not lie ahead"));
      }
    });
    if (answers.size() > MAX_ANSWERS || !answers.entrySet().stream().allMatch(NewCheckIn::fits)) {
      errors.add(new FieldError(
          "answers",
          "must be at most " + MAX_ANSWERS + " texts of at most " + MAX_TEXT_LENGTH
              + " characters, numbers, true or false, or lists of these, each by a question of 1 to "
              + MAX_QUESTION_LENGTH + " characters"));
    }
    if (score.filter(number -> !fits(number)).isPresent()) {
      errors.add(new FieldError(
          "score", "must be a number of at most 9 digits and " + MAX_SCALE + " decimal places"));
    }
    if (note.filter(text -> !fits(text)).isPresent()) {
      errors.add(new FieldError("note", "must have at most " + MAX_TEXT_LENGTH + " characters"));
    }
    if (!errors.isEmpty()) {
      throw new ValidationFailed(errors);
    }
  }

  private static boolean fits(Map.Entry<String, Object> answer) {
    return !answer.getKey().isBlank()
        && answer.getKey().length() <= MAX_QUESTION_LENGTH
        && StorableText.is(answer.getKey())
        && (answer.getValue() instanceof List<?> list
            ? list.size() <= MAX_ANSWERS && list.stream().allMatch(NewCheckIn::fitsAlone)
            : fitsAlone(answer.getValue()));
  }

  private static boolean fitsAlone(Object value) {
    return value instanceof Boolean
        || (value instanceof String text && fits(text))
        || (value instanceof BigDecimal number && fits(number));
  }

  private static boolean fits(String text) {
    return text.length() <= MAX_TEXT_LENGTH && StorableText.is(text);
  }

  private static boolean fits(BigDecimal number) {
    BigDecimal plain = number.stripTrailingZeros();
    return plain.scale() <= MAX_SCALE
        && (long) plain.precision() - plain.scale() <= MAX_PRECISION - MAX_SCALE;
  }

  /** Without what it says, which is private. */
  @Override
  public String toString() {
    return "NewCheckIn[kind=" + kind + "]";
  }
}
