package com.tatame.billing.conversation;

import com.tatame.billing.failure.ValidationFailed.FieldError;
import com.tatame.billing.text.StorableText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A message that is to be added to a conversation.
 *
 * @param tokens how much of a model's context it takes; estimated if empty
 * @param metadata of the application's own; at most 20 entries
 * @param consumptionId of units that were consumed for a user's message before; it then takes no
 *     other. Empty if it takes its own
 */
public record NewMessage(
    MessageRole role,
    String content,
    Optional<Integer> tokens,
    Map<String, String> metadata,
    Optional<String> consumptionId) {
  /** Most characters of a message. */
  public static final int MAX_CONTENT_LENGTH = 32_000;

  /** Most tokens that a message may be said to have. */
  public static final int MAX_TOKENS = 1_000_000;

  private static final int MAX_METADATA = 20;
  private static final int MAX_METADATA_KEY = 40;
  private static final int MAX_METADATA_VALUE = 500;
  private static final int CHARACTERS_OF_A_TOKEN = 4;

  public NewMessage {
    metadata = Map.copyOf(metadata);
  }

  /** What a person says. */
  public static NewMessage ofUser(String content) {
    return new NewMessage(MessageRole.USER, content, Optional.empty(), Map.of(), Optional.empty());
  }

  /** What the model answers. */
  public static NewMessage ofAssistant(String content) {
    return new NewMessage(
        MessageRole.ASSISTANT, content, Optional.empty(), Map.of(), Optional.empty());
  }

  /** Whether it takes a unit of the plan. */
  boolean counted() {
    return role == MessageRole.USER && consumptionId.isEmpty();
  }

  /** As it is said; else one for every four characters begun, as is usual for English. */
  int tokensOrEstimate() {
    int characters = content.codePointCount(0, content.length());
    return tokens.orElse((characters + CHARACTERS_OF_A_TOKEN - 1) / CHARACTERS_OF_A_TOKEN);
  }

  /** What is wrong with it, in fields that begin with this. */
  List<FieldError> mistakes(String field) {
    List<FieldError> errors = new ArrayList<>();
    if (content.isBlank() || content.length() > MAX_CONTENT_LENGTH || !StorableText.is(content)) {
      errors.add(new FieldError(
          field + ".content", "must be a text of 1 to " + MAX_CONTENT_LENGTH + " characters"));
    }
    if (tokens.filter(number -> number < 0 || number > MAX_TOKENS).isPresent()) {
      errors.add(
          new FieldError(field + ".tokens", "must be a whole number from 0 to " + MAX_TOKENS));
    }
    if (metadata.size() > MAX_METADATA
        || !metadata.entrySet().stream().allMatch(NewMessage::fits)) {
      errors.add(new FieldError(
          field + ".metadata",
          "must have at most " + MAX_METADATA + " entries, with names of 1 to " + MAX_METADATA_KEY
              + " and values of at most " + MAX_METADATA_VALUE + " characters"));
    }
    if (consumptionId.isPresent() && role != MessageRole.USER) {
      errors.add(new FieldError(
          field + ".consumptionId", "is for messages of the role user, which alone are counted"));
    }
    return errors;
  }

  private static boolean fits(Map.Entry<String, String> entry) {
    return !entry.getKey().isEmpty()
        && entry.getKey().length() <= MAX_METADATA_KEY
        && entry.getValue().length() <= MAX_METADATA_VALUE
        && StorableText.is(entry.getKey())
        && StorableText.is(entry.getValue());
  }

  /** Without what is said, which is private. */
  @Override
  public String toString() {
    return "NewMessage[role=" + role + "]";
  }
}
