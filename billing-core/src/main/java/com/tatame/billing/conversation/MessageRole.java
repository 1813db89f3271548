package com.tatame.billing.conversation;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Who speaks in a message, by the names that language models use. The stored name must never change. */
public enum MessageRole {
  /** The person. */
  USER,
  /** The model. */
  ASSISTANT,
  /** The application, in what it tells the model beforehand. */
  SYSTEM,
  /** A program that the model has called. */
  TOOL;

  /** The name on the wire. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The role of this name, if there is one. */
  public static Optional<MessageRole> of(String code) {
    return Arrays.stream(values()).filter(role -> role.code().equals(code)).findFirst();
  }

  /** All names on the wire. */
  public static List<String> codes() {
    return Arrays.stream(values()).map(MessageRole::code).toList();
  }
}
