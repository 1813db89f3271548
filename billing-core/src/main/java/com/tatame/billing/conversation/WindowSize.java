package com.tatame.billing.conversation;

import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.failure.ValidationFailed.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * How much of the end of a conversation is wanted.
 *
 * @param messages most messages, 1 to 1,000
 * @param tokens most tokens of all of them together; empty for any number
 */
public record WindowSize(int messages, OptionalLong tokens) {
  /** Most messages of a window. */
  public static final int MAX_MESSAGES = 1_000;

  private static final long MAX_TOKENS = 100_000_000;

  /** The last 20 messages. */
  public static final WindowSize DEFAULT = new WindowSize(20, OptionalLong.empty());

  public WindowSize {
    List<FieldError> errors = new ArrayList<>();
    if (messages < 1 || messages > MAX_MESSAGES) {
      errors.add(
          new FieldError("lastMessages", "must be a whole number from 1 to " + MAX_MESSAGES));
    }
    if (tokens.isPresent() && (tokens.getAsLong() < 1 || tokens.getAsLong() > MAX_TOKENS)) {
      errors.add(new FieldError("maxTokens", "must be a whole number from 1 to " + MAX_TOKENS));
    }
    if (!errors.isEmpty()) {
      throw new ValidationFailed(errors);
    }
  }
}
