package com.tatame.billing.conversation;

import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.failure.ValidationFailed.FieldError;
import com.tatame.billing.text.Sha256;
import com.tatame.billing.text.StorableText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Messages that are to be added to a conversation, all of them or none.
 *
 * @param conversationId of the conversation; empty to begin one
 * @param title of a new conversation; its first words if empty
 * @param messages 1 to 50, in their order
 * @param key under which they are added once, as long as the conversation is kept; empty if it is
 *     never repeated
 */
public record NewMessages(
    Optional<String> conversationId,
    Optional<String> title,
    List<NewMessage> messages,
    Optional<String> key) {
  /** Most messages that are added at once. */
  public static final int MAX_MESSAGES = 50;

  private static final int MAX_KEY_LENGTH = 512;
  private static final int FIRST_WORDS = 60;

  public NewMessages {
    messages = List.copyOf(messages);
  }

  /** To begin a conversation with. */
  public static NewMessages toBegin(NewMessage... messages) {
    return new NewMessages(Optional.empty(), Optional.empty(), List.of(messages), Optional.empty());
  }

  /** To go on with. */
  public static NewMessages to(String conversationId, NewMessage... messages) {
    return new NewMessages(
        Optional.of(conversationId), Optional.empty(), List.of(messages), Optional.empty());
  }

  /** The same, once under this key. */
  public NewMessages once(String idempotencyKey) {
    return new NewMessages(conversationId, title, messages, Optional.of(idempotencyKey));
  }

  /**
   * Whether an author may add these.
   *
   * @throws ValidationFailed naming each field that can't be used
   */
  void require(MessageAuthor author) {
    List<FieldError> errors = new ArrayList<>();
    if (messages.isEmpty() || messages.size() > MAX_MESSAGES) {
      errors.add(new FieldError("messages", "must be 1 to " + MAX_MESSAGES + " messages"));
    }
    if (title.isPresent() && conversationId.isPresent()) {
      errors.add(new FieldError("title", "is for a new conversation; an older one is renamed"));
    }
    title.ifPresent(text -> errors.addAll(titleMistakes(text)));
    if (key.filter(text -> text.length() > MAX_KEY_LENGTH || text.isBlank()).isPresent()) {
      errors.add(
          new FieldError("idempotencyKey", "must have 1 to " + MAX_KEY_LENGTH + " characters"));
    }
    for (int i = 0; i < messages.size(); i++) {
      String field = "messages[" + i + "]";
      errors.addAll(messages.get(i).mistakes(field));
      if (author == MessageAuthor.USER) {
        errors.addAll(userMistakes(field, i));
      }
    }
    if (!errors.isEmpty()) {
      throw new ValidationFailed(errors);
    }
  }

  private List<FieldError> userMistakes(String field, int index) {
    NewMessage message = messages.get(index);
    if (message.role() == MessageRole.SYSTEM || message.role() == MessageRole.TOOL) {
      return List.of(new FieldError(
          field + ".role", "must be user or assistant; the others are for API keys"));
    }
    if (message.tokens().isPresent()) {
      return List.of(new FieldError(
          field + ".tokens", "are for API keys to tell; without them they are estimated"));
    }
    // The first follows what is stored, which the store looks at.
    boolean answersNothing = message.role() == MessageRole.ASSISTANT
        && (index == 0
            ? conversationId.isEmpty()
            : messages.get(index - 1).role() != MessageRole.USER);
    return answersNothing ? List.of(answersNothing(field)) : List.of();
  }

  static FieldError answersNothing(String field) {
    return new FieldError(field + ".role", "assistant must follow a message of the role user");
  }

  static List<FieldError> titleMistakes(String title) {
    return title.isBlank()
            || title.length() > Conversation.MAX_TITLE_LENGTH
            || !StorableText.is(title)
        ? List.of(new FieldError(
            "title", "must be a text of 1 to " + Conversation.MAX_TITLE_LENGTH + " characters"))
        : List.of();
  }

  /** How many units they take. */
  int counted() {
    return (int) messages.stream().filter(NewMessage::counted).count();
  }

  /** Whether the first of them is an answer to what was said before. */
  boolean beginsWithAnswer() {
    return messages.get(0).role() == MessageRole.ASSISTANT;
  }

  /** As it is given; else the first words of what the user says first, cut between two words. */
  String titleOrFirstWords() {
    return title.map(String::strip).orElseGet(() -> {
      String said = messages.stream()
          .filter(message -> message.role() == MessageRole.USER)
          .findFirst()
          .orElse(messages.get(0))
          .content()
          .strip()
          .replaceAll("\\s+", " ");
      if (said.length() <= FIRST_WORDS) {
        return said;
      }
      int end = said.lastIndexOf(' ', FIRST_WORDS);
      int cut = end > 0 ? end : FIRST_WORDS;
      if (Character.isHighSurrogate(said.charAt(cut - 1))) {
        cut--;
      }
      return said.substring(0, cut) + "…";
    });
  }

  /** What tells two requests under one key apart, and tells nothing of what they say. */
  String fingerprint() {
    StringBuilder all = new StringBuilder();
    add(all, conversationId.orElse(""));
    add(all, title.orElse(""));
    for (NewMessage message : messages) {
      add(all, message.role().code());
      add(all, message.content());
      add(all, message.tokens().map(String::valueOf).orElse(""));
      add(all, message.consumptionId().orElse(""));
      add(all, new TreeMap<>(message.metadata()).toString());
    }
    return Sha256.hex(all.toString());
  }

  // With its length, so that no two lists of parts are one text.
  private static void add(StringBuilder all, String part) {
    all.append(part.length()).append(':').append(part);
  }
}
