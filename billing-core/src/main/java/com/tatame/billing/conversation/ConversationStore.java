package com.tatame.billing.conversation;

import com.tatame.billing.account.Owner;
import com.tatame.billing.audit.AuditEntry;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Port: conversations and their messages, each its owner's alone. */
public interface ConversationStore {
  /** Most messages that a conversation may have. */
  int MAX_MESSAGES = 10_000;

  /**
   * Adds messages and takes their units in one commit. However many there are at a time, the messages
   * of a conversation are numbered without gaps, no limit is exceeded, and a key takes effect once.
   */
  AppendResult append(MessageAppend append);

  /** A conversation; empty if the owner has none of this id. */
  Optional<Conversation> find(Owner owner, String id);

  /**
   * Conversations.
   *
   * @param archived whether those that are archived, or those that are not
   * @param after the id of the last one before the page; empty for the first page
   * @param limit 1 to 101
   * @return those with the latest message first, then by id
   */
  List<Conversation> list(Owner owner, boolean archived, Optional<String> after, int limit);

  /**
   * The end of a conversation, or of what is before a position.
   *
   * @param before only messages of earlier positions
   * @param size how much of it: older messages are left out
   * @return empty if the owner has no such conversation
   */
  Optional<ConversationWindow> window(Owner owner, String id, OptionalLong before, WindowSize size);

  /**
   * Renames or archives a conversation; what is empty stays.
   *
   * @return it as it is then; empty if the owner has none of this id
   */
  Optional<Conversation> update(
      Owner owner, String id, Optional<String> title, Optional<Boolean> archived, Instant now);

  /**
   * Deletes a conversation with all its messages. Units that they took stay used.
   *
   * @param audit written in the same commit, if there was one
   * @return whether the owner had one of this id
   */
  boolean delete(Owner owner, String id, AuditEntry audit);

  /**
   * Prunes conversations without a message since, the oldest first.
   *
   * @param before of accounts; empty for none
   * @param visitorsBefore of visitors who never signed in
   * @param limit most of them
   * @return how many
   */
  int prune(Optional<Instant> before, Instant visitorsBefore, int limit);
}
