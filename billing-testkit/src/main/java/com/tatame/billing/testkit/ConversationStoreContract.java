package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Owner;
import com.tatame.billing.conversation.AppendResult;
import com.tatame.billing.conversation.AppendResult.Reason;
import com.tatame.billing.conversation.AppendResult.Refused;
import com.tatame.billing.conversation.AppendResult.Stored;
import com.tatame.billing.conversation.Conversation;
import com.tatame.billing.conversation.ConversationStore;
import com.tatame.billing.conversation.ConversationWindow;
import com.tatame.billing.conversation.Message;
import com.tatame.billing.conversation.MessageAppend;
import com.tatame.billing.conversation.MessageRole;
import com.tatame.billing.conversation.WindowSize;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Conversations: their messages in order, each its owner's alone. */
public interface ConversationStoreContract extends StoreUnderTest {
  Instant NOON = Instant.parse("2026-05-04T12:00:00.123456Z");

  @Test
  default void aConversationComesBackAsItWasBegun() {
    Owner owner = Owner.of(Ids.account());
    Message asked = new Message(
        Ids.next("msg"),
        1,
        MessageRole.USER,
        "How am I doing?\nGrüße 🙂",
        7,
        Map.of("model", "large", "locale", "de"),
        Optional.empty(),
        NOON);
    Message answered = message(2, MessageRole.ASSISTANT);

    Stored stored = stored(append(owner, Optional.of("Doing"), List.of(asked, answered)));

    Conversation begun = stored.conversation();
    assertThat(begun)
        .isEqualTo(new Conversation(begun.id(), owner, "Doing", 2, NOON, NOON, Optional.empty()));
    assertThat(stored.messages()).containsExactly(asked, answered);
    assertThat(stored.again()).isFalse();
    assertThat(store().conversations().find(owner, begun.id())).contains(begun);
    assertThat(all(owner, begun.id())).containsExactly(asked, answered);
  }

  @Test
  default void messagesAreNumberedFromWhereTheConversationWas() {
    Owner owner = Owner.of(Ids.account());
    Conversation begun = begun(store(), owner);

    Stored more = stored(store()
        .conversations()
        .append(to(
            owner,
            begun.id(),
            Optional.empty(),
            List.of(message(1, MessageRole.ASSISTANT), message(2, MessageRole.SYSTEM)),
            NOON.plusSeconds(9))));

    assertThat(more.messages()).extracting(Message::position).containsExactly(2L, 3L);
    assertThat(more.conversation().messages()).isEqualTo(3);
    assertThat(more.conversation().updatedAt()).isEqualTo(NOON.plusSeconds(9));
    assertThat(all(owner, begun.id())).extracting(Message::position).containsExactly(1L, 2L, 3L);
  }

  @Test
  default void anAnswerFollowsAMessageOfTheUser() {
    Owner owner = Owner.of(Ids.account());
    Conversation begun = begun(store(), owner);
    MessageAppend answer = answer(owner, begun.id());

    assertThat(store().conversations().append(answer)).isInstanceOf(Stored.class);
    assertThat(store().conversations().append(answer(owner, begun.id())))
        .isEqualTo(Refused.because(Reason.NOTHING_TO_ANSWER));

    assertThat(all(owner, begun.id())).hasSize(2);
  }

  @Test
  default void aKeyTakesEffectOnce() {
    Owner owner = Owner.of(Ids.account());
    MessageAppend first = keyed(owner, "conv_" + Ids.next("first"), "key", "one request");
    Stored stored = stored(store().conversations().append(first));

    Stored again = stored(store()
        .conversations()
        .append(keyed(owner, "conv_" + Ids.next("second"), "key", "one request")));

    assertThat(again.again()).isTrue();
    assertThat(again.conversation()).isEqualTo(stored.conversation());
    assertThat(again.messages()).isEqualTo(stored.messages());
    assertThat(store()
            .conversations()
            .append(keyed(owner, "conv_" + Ids.next("third"), "key", "another request")))
        .isEqualTo(Refused.because(Reason.KEY_REUSED));
    assertThat(store().conversations().list(owner, false, Optional.empty(), 101))
        .hasSize(1);
  }

  @Test
  default void aKeyOfOneOwnerIsNoKeyOfAnothers() {
    AccountId organization = Ids.account();
    List<Owner> owners = List.of(
        Owner.of(organization),
        new Owner(organization, Optional.of("ada")),
        new Owner(organization, Optional.of("bob")),
        new Owner(organization, Optional.of("bob:a")));
    for (Owner owner : owners) {
      // As if the last were the key of another, written together with its owner's name.
      for (String key : List.of("key", "a:key")) {
        MessageAppend keyed = keyed(owner, Ids.next("conv"), key, "one request");
        Stored stored = stored(store().conversations().append(keyed));
        assertThat(stored.again()).as(owner + " " + key).isFalse();
        assertThat(stored(store().conversations().append(keyed)).conversation())
            .isEqualTo(stored.conversation());
      }
    }
  }

  @Test
  default void whatAnotherOwnerSaidIsNotFoundByAnything() {
    AccountId organization = Ids.account();
    Owner ada = new Owner(organization, Optional.of("ada"));
    Conversation hers = begun(store(), ada);
    for (Owner other : List.of(
        new Owner(organization, Optional.of("bob")),
        Owner.of(organization),
        Owner.of(Ids.account()),
        new Owner(Ids.account(), Optional.of("ada")))) {
      ConversationStore conversations = store().conversations();
      assertThat(conversations.find(other, hers.id())).isEmpty();
      assertThat(conversations.list(other, false, Optional.empty(), 101)).isEmpty();
      assertThat(conversations.list(other, false, Optional.of(hers.id()), 101)).isEmpty();
      assertThat(conversations.window(other, hers.id(), OptionalLong.empty(), WindowSize.DEFAULT))
          .isEmpty();
      assertThat(
              conversations.update(other, hers.id(), Optional.of("mine"), Optional.of(true), NOON))
          .isEmpty();
      assertThat(conversations.delete(other, hers.id(), AnAuditEntry.any())).isFalse();
      assertThat(conversations.append(answer(other, hers.id())))
          .isEqualTo(Refused.because(Reason.NOT_FOUND));
    }
    assertThat(store().conversations().find(ada, hers.id())).contains(hers);
    assertThat(all(ada, hers.id())).hasSize(1);
  }

  @Test
  default void theWindowIsTheEndAsFarAsItFits() {
    Owner owner = Owner.of(Ids.account());
    List<Message> said = new ArrayList<>();
    for (int i = 1; i <= 8; i++) {
      said.add(new Message(
          Ids.next("msg"),
          i,
          MessageRole.USER,
          "message " + i,
          i * 10,
          Map.of(),
          Optional.empty(),
          NOON));
    }
    String id = stored(append(owner, Optional.of("Long"), said)).conversation().id();

    assertThat(window(owner, id, OptionalLong.empty(), 3, OptionalLong.empty()))
        .containsExactly(6, 7, 8);
    assertThat(window(owner, id, OptionalLong.of(6), 3, OptionalLong.empty()))
        .containsExactly(3, 4, 5);
    assertThat(window(owner, id, OptionalLong.of(1), 3, OptionalLong.empty())).isEmpty();
    assertThat(window(owner, id, OptionalLong.empty(), 101, OptionalLong.of(150)))
        .as("80 + 70")
        .containsExactly(7, 8);
    assertThat(window(owner, id, OptionalLong.empty(), 101, OptionalLong.of(149)))
        .containsExactly(8);
    assertThat(window(owner, id, OptionalLong.empty(), 101, OptionalLong.of(79)))
        .isEmpty();
    assertThat(window(owner, id, OptionalLong.of(5), 2, OptionalLong.of(100)))
        .containsExactly(3, 4);
    assertThat(window(owner, id, OptionalLong.empty(), 101, OptionalLong.empty()))
        .containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
  }

  private List<Integer> window(
      Owner owner, String id, OptionalLong before, int limit, OptionalLong tokens) {
    ConversationWindow window = store()
        .conversations()
        .window(owner, id, before, new WindowSize(limit, tokens))
        .orElseThrow();
    List<Integer> positions =
        window.messages().stream().map(message -> (int) message.position()).toList();
    assertThat(window.conversation())
        .isEqualTo(store().conversations().find(owner, id).orElseThrow());
    assertThat(window.earlier())
        .as("whether there is more before " + positions)
        .isEqualTo(positions.isEmpty() ? before.orElse(9) > 1 : positions.get(0) > 1);
    return positions;
  }

  @Test
  default void thoseWithTheLatestMessageAreListedFirst() {
    Owner owner = Owner.of(Ids.account());
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      String id = Ids.next("conv");
      // Two of one instant, which their ids tell apart.
      Instant at = NOON.plusSeconds(i / 2);
      ids.add(id);
      store()
          .conversations()
          .append(to(owner, id, Optional.of("Title"), List.of(message(1, MessageRole.USER)), at));
    }
    begun(store(), Owner.of(Ids.account()));

    List<String> listed = new ArrayList<>();
    Optional<String> after = Optional.empty();
    do {
      List<Conversation> page = store().conversations().list(owner, false, after, 2);
      page.forEach(each -> listed.add(each.id()));
      after = page.stream().map(Conversation::id).reduce((first, last) -> last);
    } while (after.isPresent());

    assertThat(listed).containsExactly(ids.get(4), ids.get(2), ids.get(3), ids.get(0), ids.get(1));

    store().conversations().append(answer(owner, ids.get(0), NOON.plusSeconds(60)));
    assertThat(store().conversations().list(owner, false, Optional.empty(), 1))
        .extracting(Conversation::id)
        .containsExactly(ids.get(0));
  }

  @Test
  default void anArchivedConversationIsListedApartAndComesBack() {
    Owner owner = Owner.of(Ids.account());
    String kept = begun(store(), owner).id();
    String away = begun(store(), owner).id();

    Conversation archived =
        update(owner, away, Optional.empty(), Optional.of(true), NOON.plusSeconds(5));
    assertThat(archived.archivedAt()).contains(NOON.plusSeconds(5));
    assertThat(archived.title()).isEqualTo("Title");
    assertThat(update(owner, away, Optional.of("Old"), Optional.of(true), NOON.plusSeconds(6)))
        .as("it stays archived since then")
        .extracting(Conversation::title, Conversation::archivedAt)
        .containsExactly("Old", Optional.of(NOON.plusSeconds(5)));
    assertThat(listed(owner, false)).containsExactly(kept);
    assertThat(listed(owner, true)).containsExactly(away);

    update(owner, away, Optional.empty(), Optional.of(false), NOON.plusSeconds(7));
    assertThat(listed(owner, false)).containsExactlyInAnyOrder(kept, away);
    assertThat(listed(owner, true)).isEmpty();
  }

  private Conversation update(
      Owner owner, String id, Optional<String> title, Optional<Boolean> archived, Instant now) {
    return store().conversations().update(owner, id, title, archived, now).orElseThrow();
  }

  private List<String> listed(Owner owner, boolean archived) {
    return store().conversations().list(owner, archived, Optional.empty(), 101).stream()
        .map(Conversation::id)
        .toList();
  }

  @Test
  default void aDeletedConversationIsGoneWithItsMessages() {
    Owner owner = Owner.of(Ids.account());
    String other = begun(store(), owner).id();
    MessageAppend keyed = keyed(owner, Ids.next("conv"), "key", "a request");
    String id = stored(store().conversations().append(keyed)).conversation().id();

    assertThat(store().conversations().delete(owner, id, AnAuditEntry.any())).isTrue();
    assertThat(store().conversations().delete(owner, id, AnAuditEntry.any())).isFalse();

    assertThat(store().conversations().find(owner, id)).isEmpty();
    assertThat(all(owner, id)).isEmpty();
    assertThat(all(owner, other)).hasSize(1);
    assertThat(store().conversations().append(answer(owner, id)))
        .isEqualTo(Refused.because(Reason.NOT_FOUND));
    assertThat(stored(store().conversations().append(keyed)).again())
        .as("its keys are gone, too")
        .isFalse();
  }

  @Test
  default void aConversationHasAnEnd() {
    Owner owner = Owner.of(Ids.account());
    List<Message> half = LongStream.rangeClosed(1, ConversationStore.MAX_MESSAGES - 1)
        .mapToObj(position -> message(position, MessageRole.ASSISTANT))
        .toList();
    String id = stored(append(owner, Optional.of("Long"), half)).conversation().id();

    assertThat(append(owner, id, message(1, MessageRole.USER), message(2, MessageRole.USER)))
        .isEqualTo(Refused.because(Reason.FULL));
    assertThat(append(owner, id, message(1, MessageRole.USER))).isInstanceOf(Stored.class);
    assertThat(append(owner, id, message(1, MessageRole.USER)))
        .isEqualTo(Refused.because(Reason.FULL));
  }

  private AppendResult append(Owner owner, String id, Message... messages) {
    return store().conversations().append(to(owner, id, Optional.empty(), List.of(messages), NOON));
  }

  @Test
  default void whatIsTooOldIsPrunedThatOfVisitorsSooner() {
    // Long before all that other tests say.
    Instant old = Instant.parse("2005-01-01T00:00:00Z");
    Owner user = Owner.of(Ids.account());
    Owner visitor = Owner.of(new AccountId(Ids.next("anonymous:")));
    for (Owner owner : List.of(user, visitor)) {
      for (int day = 0; day < 2; day++) {
        String id = Ids.next("conv");
        Instant at = old.plus(Duration.ofDays(day));
        store()
            .conversations()
            .append(to(owner, id, Optional.of("Title"), List.of(message(1, MessageRole.USER)), at));
      }
    }

    assertThat(store().conversations().prune(Optional.empty(), old.plusSeconds(1), 10))
        .isEqualTo(1);
    assertThat(listed(visitor, false)).hasSize(1);
    assertThat(listed(user, false)).hasSize(2);
    assertThat(store()
            .conversations()
            .prune(Optional.of(old.plus(Duration.ofDays(2))), old.plus(Duration.ofDays(2)), 2))
        .isEqualTo(2);
    assertThat(store()
            .conversations()
            .prune(Optional.of(old.plus(Duration.ofDays(2))), old.plus(Duration.ofDays(2)), 2))
        .isEqualTo(1);
    assertThat(listed(visitor, false)).isEmpty();
    assertThat(listed(user, false)).isEmpty();
  }

  private List<Message> all(Owner owner, String id) {
    return all(store(), owner, id);
  }

  /** All messages of a conversation; none if the owner has no such conversation. */
  static List<Message> all(BillingStore store, Owner owner, String id) {
    return store
        .conversations()
        .window(
            owner,
            id,
            OptionalLong.empty(),
            new WindowSize(WindowSize.MAX_MESSAGES, OptionalLong.empty()))
        .map(ConversationWindow::messages)
        .orElse(List.of());
  }

  private AppendResult append(Owner owner, Optional<String> title, List<Message> messages) {
    return store().conversations().append(to(owner, Ids.next("conv"), title, messages, NOON));
  }

  /** A conversation of one message of its user, who is not counted. */
  static Conversation begun(BillingStore store, Owner owner) {
    return stored(store
            .conversations()
            .append(to(
                owner,
                Ids.next("conv"),
                Optional.of("Title"),
                List.of(message(1, MessageRole.USER)),
                NOON)))
        .conversation();
  }

  static Stored stored(AppendResult result) {
    assertThat(result).isInstanceOf(Stored.class);
    return (Stored) result;
  }

  static Message message(long position, MessageRole role) {
    return new Message(
        Ids.next("msg"), position, role, "said", 1, Map.of(), Optional.empty(), NOON);
  }

  private static MessageAppend answer(Owner owner, String id) {
    return answer(owner, id, NOON);
  }

  private static MessageAppend answer(Owner owner, String id, Instant at) {
    MessageAppend plain =
        to(owner, id, Optional.empty(), List.of(message(1, MessageRole.ASSISTANT)), at);
    return new MessageAppend(
        owner,
        id,
        Optional.empty(),
        plain.messages(),
        true,
        plain.feature(),
        Optional.empty(),
        plain.fingerprint(),
        Optional.empty(),
        at);
  }

  private static MessageAppend to(
      Owner owner, String id, Optional<String> newTitle, List<Message> messages, Instant at) {
    return new MessageAppend(
        owner,
        id,
        newTitle,
        messages,
        false,
        "ai_chat",
        Optional.empty(),
        "a request",
        Optional.empty(),
        at);
  }

  private static MessageAppend keyed(Owner owner, String id, String key, String fingerprint) {
    return new MessageAppend(
        owner,
        id,
        Optional.of("Title"),
        List.of(message(1, MessageRole.USER), message(2, MessageRole.ASSISTANT)),
        false,
        "ai_chat",
        Optional.of(key),
        fingerprint,
        Optional.empty(),
        NOON);
  }
}
