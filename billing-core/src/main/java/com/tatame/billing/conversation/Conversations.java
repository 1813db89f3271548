package com.tatame.billing.conversation;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Owner;
import com.tatame.billing.audit.AuditAction;
import com.tatame.billing.audit.AuditChange;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.catalog.CatalogInForce;
import com.tatame.billing.conversation.AppendResult.Reason;
import com.tatame.billing.conversation.AppendResult.Refused;
import com.tatame.billing.conversation.AppendResult.Stored;
import com.tatame.billing.entitlement.Consumption;
import com.tatame.billing.entitlement.Entitlements;
import com.tatame.billing.entitlement.UsageDebit;
import com.tatame.billing.entitlement.Use;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.LimitReached;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.Unauthenticated;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.time.Clocks;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/**
 * Use cases: conversations with an assistant. Each message of a user takes a unit of {@link #FEATURE}
 * in the commit that stores it: what is refused is not stored, and what is stored is counted.
 */
public final class Conversations {
  /** The feature whose units messages take, as the catalog names it. */
  public static final String FEATURE = "ai_chat";

  private static final String CONVERSATION = "conversation";
  private static final int MAX_ROUNDS = 10;

  /** So long a visitor's conversation is kept after its last message, unless an account claims it. */
  private static final Duration VISITORS_KEPT = Duration.ofDays(90);

  private static final int PRUNED_AT_ONCE = 500;

  private final ConversationStore store;
  private final Entitlements entitlements;
  private final CatalogInForce catalog;
  private final Clocks clocks;
  private final RandomGenerator random;
  private final Optional<Duration> kept;

  /**
   * Wires the use cases.
   *
   * @param random source of ids
   * @param kept how long a conversation is kept after its last message; empty for ever
   */
  public Conversations(
      ConversationStore store,
      Entitlements entitlements,
      CatalogInForce catalog,
      Clocks clocks,
      RandomGenerator random,
      Optional<Duration> kept) {
    this.store = store;
    this.entitlements = entitlements;
    this.catalog = catalog;
    this.clocks = clocks;
    this.random = random;
    this.kept = kept;
  }

  /**
   * Messages that were added.
   *
   * @param remaining how many more the plan gives for nothing; empty for any number, or if none was a
   *     user's
   * @param again whether they were added before, under the same key
   */
  public record Saved(
      Conversation conversation, List<Message> messages, Optional<Long> remaining, boolean again) {
    public Saved {
      messages = List.copyOf(messages);
    }
  }

  /**
   * Adds messages to a conversation, or begins one with them: all of them or none. Those of users take
   * a unit each, unless they name a consumption that was made for them.
   *
   * @param author who adds them, and so which roles they may have
   * @throws ValidationFailed naming the field
   * @throws LimitReached if the plan gives no more
   * @throws NotFound if the owner has no such conversation, or no plan of the catalog has the feature
   * @throws Conflict {@code idempotency_key_reused}, or the conversation is full
   */
  public Saved save(Owner owner, NewMessages messages, MessageAuthor author) {
    messages.require(author);
    return catalog.pinned(() -> saved(owner, messages, author));
  }

  /**
   * As {@link #save} by the application's own backend, and reads what the model is told next.
   *
   * @param window how much of the conversation that is
   */
  public Appended append(Owner owner, NewMessages messages, WindowSize window) {
    Saved saved = save(owner, messages, MessageAuthor.APPLICATION);
    return new Appended(saved, window(owner, saved.conversation().id(), window));
  }

  /** As {@link #append(Owner, NewMessages, WindowSize)} with the last 20 messages. */
  public Appended append(AccountId account, NewMessages messages) {
    return append(Owner.of(account), messages, WindowSize.DEFAULT);
  }

  /** Messages that were added, and the end of the conversation with them. */
  public record Appended(Saved saved, ConversationWindow window) {}

  private Saved saved(Owner owner, NewMessages messages, MessageAuthor author) {
    String id = messages.conversationId().orElseGet(() -> nextId("conv_"));
    for (int round = 0; round < MAX_ROUNDS; round++) {
      Instant now = now();
      Optional<UsageDebit> debit = Optional.of(messages.counted())
          .filter(units -> units > 0)
          .flatMap(units -> entitlements.debit(owner.account(), use(units)));
      AppendResult result = store.append(new MessageAppend(
          owner,
          id,
          messages.conversationId().isPresent()
              ? Optional.empty()
              : Optional.of(messages.titleOrFirstWords()),
          toStore(messages.messages(), debit.map(UsageDebit::id), now),
          author == MessageAuthor.USER && messages.beginsWithAnswer(),
          FEATURE,
          messages.key(),
          messages.fingerprint(),
          debit,
          now));
      if (result instanceof Stored stored) {
        return new Saved(
            stored.conversation(),
            stored.messages(),
            remaining(owner.account(), stored),
            stored.again());
      }
      Refused refused = (Refused) result;
      if (refused.reason() != Reason.STALE) {
        throw failure(owner.account(), messages, refused);
      }
    }
    throw Entitlements.changing(owner.account());
  }

  private static Use use(long units) {
    return new Use(FEATURE, units, Optional.empty(), Optional.empty());
  }

  private List<Message> toStore(List<NewMessage> messages, Optional<String> debitId, Instant now) {
    List<Message> all = new ArrayList<>();
    for (NewMessage message : messages) {
      all.add(new Message(
          nextId("msg_"),
          all.size() + 1L,
          message.role(),
          message.content(),
          message.tokensOrEstimate(),
          message.metadata(),
          message.counted() ? debitId : message.consumptionId(),
          now));
    }
    return all;
  }

  private Optional<Long> remaining(AccountId account, Stored stored) {
    if (stored.consumption().isPresent()) {
      return stored.consumption().flatMap(Consumption::remaining);
    }
    boolean counted =
        stored.messages().stream().anyMatch(message -> message.consumptionId().isPresent());
    return counted
        ? entitlements
            .check(account, FEATURE)
            .allowance()
            .flatMap(allowance -> allowance.remaining())
        : Optional.empty();
  }

  private BillingException failure(AccountId account, NewMessages messages, Refused refused) {
    return switch (refused.reason()) {
      case DENIED -> entitlements.refusal(account, use(messages.counted()));
      case KEY_REUSED -> Conflict.idempotencyKeyReused();
      case NOT_FOUND -> new NotFound(CONVERSATION, messages.conversationId().orElseThrow());
      case NOTHING_TO_ANSWER ->
        new ValidationFailed(List.of(NewMessages.answersNothing("messages[0]")));
      case FULL ->
        Conflict.because("A conversation has at most " + ConversationStore.MAX_MESSAGES
            + " messages. Begin a new one.");
      case NOT_CONSUMED ->
        ValidationFailed.of(
            field(messages, refused.consumptionId()),
            "is no consumption of " + FEATURE + " of which a unit is left for this message");
      case CLAIMED ->
        new Unauthenticated(
            "The anonymous session was claimed; go on as the account that claimed it.");
      case STALE -> throw new IllegalStateException("asked again instead");
    };
  }

  private static String field(NewMessages messages, Optional<String> consumptionId) {
    for (int i = 0; i < messages.messages().size(); i++) {
      if (messages.messages().get(i).consumptionId().equals(consumptionId)) {
        return "messages[" + i + "].consumptionId";
      }
    }
    return "messages";
  }

  /**
   * One conversation, without its messages.
   *
   * @throws NotFound if the owner has none of this id
   */
  public Conversation get(Owner owner, String id) {
    return store.find(owner, id).orElseThrow(() -> new NotFound(CONVERSATION, id));
  }

  /** Conversations, one page as {@link ConversationStore#list}. */
  public List<Conversation> list(Owner owner, boolean archived, Optional<String> after, int limit) {
    return store.list(owner, archived, after, limit);
  }

  /**
   * The end of a conversation: its last messages, as many as fit.
   *
   * @throws NotFound if the owner has none of this id
   */
  public ConversationWindow window(Owner owner, String id, WindowSize size) {
    return window(owner, id, OptionalLong.empty(), size);
  }

  /**
   * The end of what is before a position, to read backwards.
   *
   * @param before the position; empty for the end of the conversation
   * @throws NotFound if the owner has none of this id
   */
  public ConversationWindow window(Owner owner, String id, OptionalLong before, WindowSize size) {
    return store.window(owner, id, before, size).orElseThrow(() -> new NotFound(CONVERSATION, id));
  }

  /**
   * Renames a conversation, or puts it into the archive or back; what is empty stays.
   *
   * @throws NotFound if the owner has none of this id
   * @throws ValidationFailed if the title is blank or too long
   */
  public Conversation update(
      Owner owner, String id, Optional<String> title, Optional<Boolean> archived) {
    List<ValidationFailed.FieldError> mistakes =
        title.map(NewMessages::titleMistakes).orElse(List.of());
    if (!mistakes.isEmpty()) {
      throw new ValidationFailed(mistakes);
    }
    return store
        .update(owner, id, title.map(String::strip), archived, now())
        .orElseThrow(() -> new NotFound(CONVERSATION, id));
  }

  /**
   * Deletes a conversation with all its messages. Units that they took stay used.
   *
   * @throws NotFound if the owner has none of this id
   */
  public void delete(Owner owner, String id) {
    AuditEntry audit = AuditEntry.of(
        clocks.wallNow(),
        AuditAction.DELETE_CONVERSATION.code(),
        Optional.of(owner.account()),
        id,
        AuditChange.deleted(Map.of("id", id)));
    if (!store.delete(owner, id, audit)) {
      throw new NotFound(CONVERSATION, id);
    }
  }

  /** Prunes conversations whose last message is older than its retention. */
  public void prune() {
    Instant now = now();
    Optional<Instant> before = kept.map(now::minus);
    int pruned;
    do {
      pruned = store.prune(before, now.minus(VISITORS_KEPT), PRUNED_AT_ONCE);
    } while (pruned == PRUNED_AT_ONCE);
  }

  private String nextId(String prefix) {
    HexFormat hex = HexFormat.of();
    return prefix + hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
  }

  private Instant now() {
    return clocks.billingNow().truncatedTo(ChronoUnit.MICROS);
  }
}
