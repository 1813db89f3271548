package com.tatame.billing.checkin;

import com.tatame.billing.account.Owner;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a user noted once.
 *
 * @param kind of the application's own, such as {@code mood}
 * @param occurredAt what time it is about
 * @param answers by question: each a {@link String}, {@link BigDecimal}, {@link Boolean} or a list of
 *     these
 * @param score of the application's own, by which check-ins of a kind are compared
 * @param createdAt when it was noted, by the billing clock
 */
public record CheckIn(
    String id,
    Owner owner,
    String kind,
    Instant occurredAt,
    Map<String, Object> answers,
    Optional<BigDecimal> score,
    Optional<String> note,
    Instant createdAt) {
  public CheckIn {
    Map<String, Object> plain = new HashMap<>();
    answers.forEach((question, answer) -> plain.put(question, plain(answer)));
    answers = Map.copyOf(plain);
    score = score.map(CheckIn::plain);
  }

  // So that 1.50 and 1.5 are one number, whichever way a store keeps it.
  private static Object plain(Object answer) {
    if (answer instanceof List<?> list) {
      return list.stream().map(each -> plain((Object) each)).toList();
    }
    return answer instanceof BigDecimal number ? plain(number) : answer;
  }

  static BigDecimal plain(BigDecimal number) {
    BigDecimal stripped = number.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
  }

  /** Whether it notes the same, whenever that was written down. */
  boolean notesAs(CheckIn other) {
    return kind.equals(other.kind)
        && occurredAt.equals(other.occurredAt)
        && answers.equals(other.answers)
        && score.equals(other.score)
        && note.equals(other.note);
  }

  /** Without what it says, which is private. */
  @Override
  public String toString() {
    return "CheckIn[id=" + id + "]";
  }
}
