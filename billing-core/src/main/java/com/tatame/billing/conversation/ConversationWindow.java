package com.tatame.billing.conversation;

import java.util.List;

/**
 * The end of a conversation.
 *
 * @param messages the last ones, in their order
 * @param earlier whether there are earlier ones
 */
public record ConversationWindow(
    Conversation conversation, List<Message> messages, boolean earlier) {
  public ConversationWindow {
    messages = List.copyOf(messages);
  }
}
