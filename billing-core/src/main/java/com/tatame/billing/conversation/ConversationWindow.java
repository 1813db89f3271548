package com.tatame.billing.conversation;

import java.util.List;
import java.util.OptionalLong;

/**
 * The end of a conversation, or of what is before a position.
 *
 * @param messages the last ones, in their order
 * @param earlier whether there are earlier ones
 */
public record ConversationWindow(
    Conversation conversation, List<Message> messages, boolean earlier) {
  public ConversationWindow {
    messages = List.copyOf(messages);
  }

  /**
   * What was read of a conversation.
   *
   * @param messages the last ones before the position, as many as were wanted
   */
  public static ConversationWindow of(
      Conversation conversation, List<Message> messages, OptionalLong before) {
    long first = messages.isEmpty()
        ? Math.min(before.orElse(Long.MAX_VALUE), conversation.messages() + 1)
        : messages.get(0).position();
    return new ConversationWindow(conversation, messages, first > 1);
  }
}
