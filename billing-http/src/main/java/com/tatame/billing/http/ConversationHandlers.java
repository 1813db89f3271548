package com.tatame.billing.http;

import static com.tatame.billing.http.Access.SIGNED_IN;
import static com.tatame.billing.http.ProblemCode.CONFLICT;
import static com.tatame.billing.http.ProblemCode.IDEMPOTENCY_KEY_REUSED;
import static com.tatame.billing.http.ProblemCode.LIMIT_REACHED;
import static com.tatame.billing.http.ProblemCode.NOT_FOUND;
import static com.tatame.billing.http.Route.Parameter.flag;
import static com.tatame.billing.http.Route.Parameter.query;
import static com.tatame.billing.http.Route.Reply.none;
import static com.tatame.billing.http.Route.Reply.pageOf;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.delete;
import static com.tatame.billing.http.Route.get;
import static com.tatame.billing.http.Route.patch;
import static com.tatame.billing.http.Route.post;
import static com.tatame.billing.http.RouteEffect.USE;

import com.tatame.billing.account.Owner;
import com.tatame.billing.apikey.Scope;
import com.tatame.billing.conversation.Conversation;
import com.tatame.billing.conversation.ConversationWindow;
import com.tatame.billing.conversation.Conversations;
import com.tatame.billing.conversation.Conversations.Saved;
import com.tatame.billing.conversation.Message;
import com.tatame.billing.conversation.MessageAuthor;
import com.tatame.billing.conversation.MessageRole;
import com.tatame.billing.conversation.NewMessage;
import com.tatame.billing.conversation.NewMessages;
import com.tatame.billing.conversation.WindowSize;
import com.tatame.billing.failure.ValidationFailed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What callers say to an assistant, and what it answers. */
final class ConversationHandlers {
  static final String SAVE = "/api/v1/chat/save";
  static final String HISTORY = "/api/v1/chat/history";
  static final String CONVERSATION = HISTORY + "/{id}";

  private static final String TAG = "Conversations";
  private static final String ID = "conversationId";
  private static final long MAX_TOKENS = 100_000_000;

  private final Conversations conversations;

  static List<Route> routes() {
    return List.of(
        post(SAVE, SIGNED_IN, USE)
            .orAnonymous()
            .orKeyWith(Scope.CHAT)
            .keepsKeysItself()
            .is(TAG, "Add messages to a conversation, or begin one with them: all of them or none")
            .takes(SaveMessages.class)
            .answers(
                reply(200, SavedAnswer.class, "They are added, or were, under the same key."),
                reply(201, SavedAnswer.class, "They begin a conversation."))
            .refuses(LIMIT_REACHED, NOT_FOUND, CONFLICT, IDEMPOTENCY_KEY_REUSED)
            .by(to -> to.get(ConversationHandlers.class)::save),
        get(HISTORY, SIGNED_IN)
            .orAnonymous()
            .orKeyWith(Scope.CHAT)
            .is(TAG, "The caller's conversations")
            .with(flag("archived", "Those in the archive; those that are not, if missing."))
            .paged()
            .answers(pageOf(ConversationAnswer.class, "The one with the latest message first."))
            .by(to -> to.get(ConversationHandlers.class)::list),
        get(CONVERSATION, SIGNED_IN)
            .orAnonymous()
            .orKeyWith(Scope.CHAT)
            .is(TAG, "The end of a conversation, as far as it is wanted")
            .with(query("lastMessages", "Most messages, 1 to 100; as limit."))
            .with(query("maxTokens", "Most tokens of all messages together."))
            .paged()
            .answers(reply(200, MessagesAnswer.class, "Its last messages, in their order."))
            .refuses(NOT_FOUND)
            .by(to -> to.get(ConversationHandlers.class)::read),
        patch(CONVERSATION, SIGNED_IN, USE)
            .orAnonymous()
            .orKeyWith(Scope.CHAT)
            .is(TAG, "Rename a conversation, or put it into the archive or back")
            .takes(ConversationChange.class)
            .answers(reply(200, ConversationAnswer.class, "As it is now."))
            .refuses(NOT_FOUND)
            .by(to -> to.get(ConversationHandlers.class)::update),
        delete(CONVERSATION, SIGNED_IN, USE)
            .orAnonymous()
            .orKeyWith(Scope.CHAT)
            .is(TAG, "Delete a conversation with all its messages; what they used stays used")
            .answers(none("It is gone."))
            .refuses(NOT_FOUND)
            .by(to -> to.get(ConversationHandlers.class)::remove));
  }

  /** As an earlier application asked to delete one. */
  static final Route.Parameter NAMED = query(ID, "The conversation; required.");

  ConversationHandlers(Conversations conversations) {
    this.conversations = conversations;
  }

  record SaveMessages(
      @Doc("The conversation; a new one if missing.") @Nullable
      String conversationId,

      @Doc("Of a new conversation; its first words if missing.") @Nullable
      String title,

      @Doc("In their order, 1 to 50.") List<MessageToSave> messages,

      @Doc("Under it, these are added once; the header Idempotency-Key says the same.") @Nullable
      String idempotencyKey) {}

  record MessageToSave(
      @Doc(
          value = "Who speaks. API keys may send all; others user, and one assistant after each.",
          oneOf = {"user", "assistant", "system", "tool"})
      String role,

      @Doc(value = "At most 32,000 characters.", example = "How do I sleep better?")
      String content,

      @Doc("How much of a model's context it takes, as API keys may tell; else estimated.")
      @Nullable
      Integer tokens,

      @Doc("Texts by name, kept with it.") @Nullable Map<String, String> metadata,

      @Doc("Of a unit that was consumed for a user's message before; it then takes no other.")
      @Nullable
      String consumptionId) {}

  record SavedAnswer(
      @Doc(value = "The conversation's.", example = "conv_5d1a")
      String conversationId,

      @Doc("Of the messages, in their order.") List<String> messageIds,

      @Doc("How many more messages cost nothing; null where there is no limit.") @Nullable
      Long remaining) {}

  record ConversationAnswer(
      @Doc(value = "Names it.", example = "conv_5d1a") String id,
      @Doc("As given, or its first words.") String title,
      @Doc("How many messages it has.") long messageCount,
      Instant createdAt,
      @Doc("When the last message was added.") Instant updatedAt,
      @Doc("Null unless it is in the archive.") @Nullable Instant archivedAt) {
    static ConversationAnswer of(Conversation conversation) {
      return new ConversationAnswer(
          conversation.id(),
          conversation.title(),
          conversation.messages(),
          conversation.createdAt(),
          conversation.updatedAt(),
          conversation.archivedAt().orElse(null));
    }
  }

  record MessagesAnswer(
      @Doc(value = "Names it.", example = "conv_5d1a") String id,
      @Doc("As given, or its first words.") String title,
      @Doc("How many messages it has.") long messageCount,
      Instant createdAt,
      @Doc("When the last message was added.") Instant updatedAt,
      @Doc("Null unless it is in the archive.") @Nullable Instant archivedAt,
      @Doc("The last ones, in their order.") List<MessageAnswer> messages,
      @Doc("Whether there are earlier ones.") boolean hasMore,

      @Doc("To read those before these; null if there are none.") @Nullable
      String nextCursor) {
    static MessagesAnswer of(ConversationWindow window) {
      Conversation conversation = window.conversation();
      Optional<Long> first = window.messages().stream().findFirst().map(Message::position);
      return new MessagesAnswer(
          conversation.id(),
          conversation.title(),
          conversation.messages(),
          conversation.createdAt(),
          conversation.updatedAt(),
          conversation.archivedAt().orElse(null),
          window.messages().stream().map(MessageAnswer::of).toList(),
          window.earlier(),
          first
              .filter(position -> window.earlier())
              .map(position -> PageRequest.cursor(position.toString()))
              .orElse(null));
    }
  }

  record MessageAnswer(
      @Doc(value = "Names it.", example = "msg_7be0") String id,
      @Doc("In the conversation, from 1 without gaps.") long position,

      @Doc(
          value = "Who speaks.",
          oneOf = {"user", "assistant", "system", "tool"})
      String role,

      String content,

      @Doc("How much of a model's context it takes, told or estimated.")
      int tokens,

      Map<String, String> metadata,

      @Doc("Of the units that it took, of a user's message; else null.") @Nullable
      String consumptionId,

      Instant createdAt) {
    static MessageAnswer of(Message message) {
      return new MessageAnswer(
          message.id(),
          message.position(),
          message.role().code(),
          message.content(),
          message.tokens(),
          message.metadata(),
          message.consumptionId().orElse(null),
          message.createdAt());
    }
  }

  record ConversationChange(
      @Doc("Stays as it is if missing.") @Nullable String title,

      @Doc("Whether it is in the archive; stays as it is if missing.") @Nullable
      Boolean archived) {}

  Answer save(Call call) {
    SaveMessages body = call.body(SaveMessages.class);
    Saved saved = conversations.save(
        owner(call),
        new NewMessages(
            id(body.conversationId()),
            Optional.ofNullable(body.title()),
            messages(body.messages()),
            RequestFields.idempotencyKey(call, body.idempotencyKey())),
        call.principal().isApiKey() ? MessageAuthor.APPLICATION : MessageAuthor.USER);
    SavedAnswer answer = new SavedAnswer(
        saved.conversation().id(),
        saved.messages().stream().map(Message::id).toList(),
        saved.remaining().orElse(null));
    Answer kept = body.conversationId() == null
        ? Answer.created(HISTORY + "/" + answer.conversationId(), answer)
        : Answer.ok(answer);
    return saved.again() ? kept.with("Idempotent-Replayed", "true") : kept;
  }

  private static Owner owner(Call call) {
    return Owner.of(call.principal());
  }

  private static Optional<String> id(@Nullable String conversationId) {
    if (conversationId != null && !InputRules.id(conversationId)) {
      throw ValidationFailed.of(ID, "is not the id of a conversation");
    }
    return Optional.ofNullable(conversationId);
  }

  // A missing field of the body is null here, whatever its type says.
  @SuppressWarnings("ConstantValue")
  private static List<NewMessage> messages(@Nullable List<MessageToSave> messages) {
    if (messages == null) {
      throw ValidationFailed.of("messages", "are required");
    }
    List<NewMessage> all = new ArrayList<>();
    for (MessageToSave message : messages) {
      String field = "messages[" + all.size() + "]";
      if (message == null || message.content() == null) {
        throw ValidationFailed.of(field + ".content", "is required");
      }
      all.add(new NewMessage(
          role(field, message.role()),
          message.content(),
          Optional.ofNullable(message.tokens()),
          RequestFields.texts(field + ".metadata", message.metadata()),
          RequestFields.text(field + ".consumptionId", message.consumptionId())));
    }
    return all;
  }

  private static MessageRole role(String field, @Nullable String role) {
    return Optional.ofNullable(role)
        .flatMap(MessageRole::of)
        .orElseThrow(() -> ValidationFailed.of(
            field + ".role", "must be one of " + String.join(", ", MessageRole.codes())));
  }

  Answer list(Call call) {
    PageRequest page = call.page();
    return Answer.ok(page.render(
        conversations.list(
            owner(call), call.flag("archived").orElse(false), page.after(), page.lookahead()),
        Conversation::id,
        ConversationAnswer::of));
  }

  Answer read(Call call) {
    PageRequest page = call.page();
    int messages = call.query("lastMessages")
        .map(text -> (int) RequestFields.wholeNumber("lastMessages", text, PageRequest.MAX_LIMIT))
        .orElse(page.limit());
    OptionalLong tokens = call.query("maxTokens")
        .map(text -> OptionalLong.of(RequestFields.wholeNumber("maxTokens", text, MAX_TOKENS)))
        .orElse(OptionalLong.empty());
    OptionalLong before = page.after()
        .map(position -> OptionalLong.of(position(position)))
        .orElse(OptionalLong.empty());
    return Answer.ok(MessagesAnswer.of(conversations.window(
        owner(call), call.id("id"), before, new WindowSize(messages, tokens))));
  }

  private static long position(String text) {
    if (!text.matches("[1-9]\\d{0,9}")) {
      throw PageRequest.badCursor();
    }
    return Long.parseLong(text);
  }

  Answer update(Call call) {
    ConversationChange change = call.body(ConversationChange.class);
    return Answer.ok(ConversationAnswer.of(conversations.update(
        owner(call),
        call.id("id"),
        Optional.ofNullable(change.title()),
        Optional.ofNullable(change.archived()))));
  }

  Answer remove(Call call) {
    conversations.delete(owner(call), call.id("id"));
    return Answer.noContent();
  }

  /** One conversation, and never all of them. */
  Answer removeNamed(Call call) {
    String id = call.query(ID)
        .filter(InputRules::id)
        .orElseThrow(() -> ValidationFailed.of(ID, "is required: the conversation to delete"));
    conversations.delete(owner(call), id);
    return Answer.noContent();
  }
}
