package com.tatame.billing.conversation;

import com.tatame.billing.account.Owner;
import java.time.Instant;
import java.util.Optional;

/**
 * A thread of messages. All instants are by the billing clock.
 *
 * @param messages how many it has; they are numbered from 1 without gaps
 * @param updatedAt when the last message was added
 */
public record Conversation(
    String id,
    Owner owner,
    String title,
    long messages,
    Instant createdAt,
    Instant updatedAt,
    Optional<Instant> archivedAt) {
  /** Most characters of a title. */
  public static final int MAX_TITLE_LENGTH = 200;

  /** Without its title, which is personal. */
  @Override
  public String toString() {
    return "Conversation[id=" + id + ", messages=" + messages + "]";
  }
}
