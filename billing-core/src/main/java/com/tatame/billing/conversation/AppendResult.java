package com.tatame.billing.conversation;

import com.tatame.billing.entitlement.Consumption;
import java.util.List;
import java.util.Optional;

/** What became of a {@link MessageAppend}. */
public sealed interface AppendResult {
  /**
   * The messages are stored.
   *
   * @param conversation as it is then
   * @param messages that were added
   * @param consumption of the units that they took; empty if they took none, or were added before
   * @param again whether that was done before, under the same key
   */
  record Stored(
      Conversation conversation,
      List<Message> messages,
      Optional<Consumption> consumption,
      boolean again)
      implements AppendResult {
    public Stored {
      messages = List.copyOf(messages);
    }
  }

  /**
   * Nothing is stored, and nothing is used.
   *
   * @param consumptionId the one that can't be named, for that reason
   */
  record Refused(Reason reason, Optional<String> consumptionId) implements AppendResult {
    /** For no consumption in particular. */
    public static Refused because(Reason reason) {
      return new Refused(reason, Optional.empty());
    }
  }

  /** Why nothing was stored. */
  enum Reason {
    /** No place has as many units. */
    DENIED,
    /** The entitlement has changed: load it and ask again. */
    STALE,
    /** The key stands for something else. */
    KEY_REUSED,
    /** The owner has no such conversation. */
    NOT_FOUND,
    /** The last message is no user's, so there is nothing to answer. */
    NOTHING_TO_ANSWER,
    /** The conversation would have more than {@link ConversationStore#MAX_MESSAGES}. */
    FULL,
    /** The account has no such consumption, or its units were given back or paid for other messages. */
    NOT_CONSUMED,
    /** The visitor has signed in meanwhile, and goes on as the account. */
    CLAIMED
  }
}
