package com.tatame.billing.outbox;

import com.tatame.billing.failure.ValidationFailed;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in the feed of all accounts' entries. What it consists of is the store's to know.
 *
 * @param epochId of the store's history: another one after a restore or a move
 * @param epoch the number of the history in which the entry was appended
 * @param transaction in which it was appended
 * @param account whose entry it is
 * @param sequence of the entry
 */
public record EventCursor(
    String epochId, int epoch, long transaction, String account, long sequence) {
  private static final Pattern FORM = Pattern.compile(
      "1\\n([0-9a-f-]{1,64})\\n([0-9]{1,9})\\n([0-9]{1,18})\\n([0-9]{1,18})\\n(.+)",
      Pattern.DOTALL);

  /** As it is written in addresses and answers. */
  public String encoded() {
    String text = String.join(
        "\n",
        "1",
        epochId,
        Integer.toString(epoch),
        Long.toString(transaction),
        Long.toString(sequence),
        account);
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads one that {@link #encoded} has written.
   *
   * @throws ValidationFailed naming {@code after} if it is none
   */
  public static EventCursor decoded(String text) {
    return decode(text)
        .orElseThrow(() -> ValidationFailed.of("after", "is no cursor that this server gave"));
  }

  private static Optional<EventCursor> decode(String text) {
    try {
      Matcher parts =
          FORM.matcher(new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8));
      return parts.matches()
          ? Optional.of(new EventCursor(
              parts.group(1),
              Integer.parseInt(parts.group(2)),
              Long.parseLong(parts.group(3)),
              parts.group(5),
              Long.parseLong(parts.group(4))))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
