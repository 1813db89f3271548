package com.tatame.billing.conversation;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A message of a conversation.
 *
 * @param position in its conversation, from 1 without gaps
 * @param tokens how much of a model's context it takes: as the application says, else estimated
 * @param consumptionId of the units that a user's message took; empty where nothing is counted
 * @param createdAt by the billing clock
 */
public record Message(
    String id,
    long position,
    MessageRole role,
    String content,
    int tokens,
    Map<String, String> metadata,
    Optional<String> consumptionId,
    Instant createdAt) {
  public Message {
    metadata = Map.copyOf(metadata);
  }

  /** So many positions later. */
  public Message after(long earlier) {
    return new Message(
        id, position + earlier, role, content, tokens, metadata, consumptionId, createdAt);
  }

  /** Without what was said, which is private. */
  @Override
  public String toString() {
    return "Message[id=" + id + ", position=" + position + ", role=" + role + "]";
  }
}
