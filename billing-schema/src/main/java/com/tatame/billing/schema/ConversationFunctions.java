package com.tatame.billing.schema;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Owner;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.conversation.AppendResult;
import com.tatame.billing.conversation.Conversation;
import com.tatame.billing.conversation.ConversationStore;
import com.tatame.billing.conversation.ConversationWindow;
import com.tatame.billing.conversation.Message;
import com.tatame.billing.conversation.MessageAppend;
import com.tatame.billing.conversation.MessageRole;
import com.tatame.billing.conversation.WindowSize;
import com.tatame.billing.entitlement.Consumption;
import com.tatame.billing.entitlement.DebitResult;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** Conversations, behind their functions. */
final class ConversationFunctions implements ConversationStore {
  private static final String ID = "id";
  private static final String TITLE = "title";

  private final Functions functions;
  private final AuditFunctions audited;

  ConversationFunctions(Functions functions, AuditFunctions audited) {
    this.functions = functions;
    this.audited = audited;
  }

  /** The columns that name an owner. */
  static Row ownedBy(Owner owner) {
    return Row.empty().with("account_id", owner.account()).with("member", owner.member());
  }

  /** Whose a row is. */
  static Owner owner(Row row) {
    return new Owner(
        new AccountId(row.text("user_id")),
        row.optionalText("member").filter(member -> !member.isEmpty()));
  }

  @Override
  public AppendResult append(MessageAppend append) {
    Row answer = functions
        .row(
            "append_messages_v1",
            ownedBy(append.owner())
                .with("conversation_id", append.conversationId())
                .with(TITLE, append.newTitle())
                .with(
                    "messages",
                    append.messages().stream().map(ConversationFunctions::row).toList())
                .with("after_user", append.afterUser())
                .with("most", MAX_MESSAGES)
                .with("feature", append.feature())
                .with("key", append.key())
                .with("fingerprint", append.fingerprint())
                .with("debit", append.debit().map(UsageFunctions::row))
                .with("at", append.at()))
        .orElseThrow();
    return switch (answer.text("outcome")) {
      case "stored" -> stored(answer, append);
      case "again" ->
        new AppendResult.Stored(
            conversation(answer.optionalRow("conversation").orElseThrow()),
            answer.rows("messages").map(ConversationFunctions::message),
            Optional.empty(),
            true);
      default ->
        new AppendResult.Refused(
            AppendResult.Reason.valueOf(answer.text("outcome").toUpperCase(Locale.ROOT)),
            answer.optionalText("consumption_id"));
    };
  }

  private static AppendResult stored(Row answer, MessageAppend append) {
    long earlier = answer.number("earlier");
    Optional<Consumption> consumption = answer
        .optionalRow("drawn")
        .map(drawn -> UsageFunctions.result(drawn, append.debit().orElseThrow()))
        .map(result -> ((DebitResult.Granted) result).consumption());
    return new AppendResult.Stored(
        conversation(answer.optionalRow("conversation").orElseThrow()),
        append.messages().stream().map(message -> message.after(earlier)).toList(),
        consumption,
        false);
  }

  private static Row row(Message message) {
    return Row.empty()
        .with(ID, message.id())
        .with("position", message.position())
        .with("role", message.role())
        .with("content", message.content())
        .with("tokens", message.tokens())
        .with("metadata", Optional.of(message.metadata()).filter(metadata -> !metadata.isEmpty()))
        .with("consumption_id", message.consumptionId());
  }

  private static Message message(Row row) {
    return new Message(
        row.text(ID),
        row.number("position"),
        row.constant("role", MessageRole.class),
        row.text("content"),
        row.integer("tokens"),
        row.texts("metadata"),
        row.optionalText("consumption_id"),
        row.instant("created_at"));
  }

  private static Conversation conversation(Row row) {
    return new Conversation(
        row.text(ID),
        owner(row),
        row.text(TITLE),
        row.number("message_count"),
        row.instant("created_at"),
        row.instant("updated_at"),
        row.optionalInstant("archived_at"));
  }

  @Override
  public Optional<Conversation> find(Owner owner, String id) {
    return functions
        .row("find_conversation_v1", ownedBy(owner).with(ID, id))
        .map(ConversationFunctions::conversation);
  }

  @Override
  public List<Conversation> list(Owner owner, boolean archived, Optional<String> after, int limit) {
    Page.check(limit);
    return functions
        .rows(
            "list_conversations_v1",
            ownedBy(owner).with("archived", archived).with("after", after).with("limit", limit))
        .map(ConversationFunctions::conversation);
  }

  @Override
  public Optional<ConversationWindow> window(
      Owner owner, String id, OptionalLong before, WindowSize size) {
    Row asked = ownedBy(owner).with(ID, id).with("limit", size.messages());
    before.ifPresent(position -> asked.with("before", position));
    size.tokens().ifPresent(most -> asked.with("max_tokens", most));
    return functions
        .row("conversation_window_v1", asked)
        .map(answer -> ConversationWindow.of(
            conversation(answer.optionalRow("conversation").orElseThrow()),
            answer.rows("messages").map(ConversationFunctions::message),
            before));
  }

  @Override
  public Optional<Conversation> update(
      Owner owner, String id, Optional<String> title, Optional<Boolean> archived, Instant now) {
    return functions
        .row(
            "update_conversation_v1",
            ownedBy(owner)
                .with(ID, id)
                .with(TITLE, title)
                .with("archived", archived)
                .with("now", now))
        .map(ConversationFunctions::conversation);
  }

  @Override
  public boolean delete(Owner owner, String id, AuditEntry audit) {
    return !audited
        .call(audit, "deleted", "delete_conversation_v1", ownedBy(owner).with(ID, id))
        .path("deleted")
        .isEmpty();
  }

  @Override
  public int prune(Optional<Instant> before, Instant visitorsBefore, int limit) {
    return functions
        .call(
            "prune_conversations_v1",
            Row.empty()
                .with("before", before)
                .with("visitors_before", visitorsBefore)
                .with("limit", limit))
        .intValue();
  }
}
