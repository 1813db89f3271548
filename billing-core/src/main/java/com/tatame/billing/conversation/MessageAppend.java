package com.tatame.billing.conversation;

import com.tatame.billing.account.Owner;
import com.tatame.billing.entitlement.UsageDebit;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Messages that a store adds to a conversation in one commit with the units that they take.
 *
 * @param conversationId of the conversation, also of one that is begun
 * @param newTitle of a conversation that is begun; empty if there must be one of this id
 * @param messages in their order, numbered from 1; those of users that take their own units name the
 *     debit's id
 * @param afterUser whether the last message that is stored must be a user's, since the first of these
 *     answers it
 * @param feature whose consumptions messages may name
 * @param key under which it takes effect once; empty if it is never repeated
 * @param fingerprint of what was asked under the key
 * @param debit of the units; empty where nothing is counted
 */
public record MessageAppend(
    Owner owner,
    String conversationId,
    Optional<String> newTitle,
    List<Message> messages,
    boolean afterUser,
    String feature,
    Optional<String> key,
    String fingerprint,
    Optional<UsageDebit> debit,
    Instant at) {
  public MessageAppend {
    messages = List.copyOf(messages);
  }

  /** Without what is said, which is private. */
  @Override
  public String toString() {
    return "MessageAppend[conversationId=" + conversationId + "]";
  }
}
