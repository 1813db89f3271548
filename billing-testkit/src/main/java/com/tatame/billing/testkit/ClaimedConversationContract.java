package com.tatame.billing.testkit;

import static com.tatame.billing.testkit.ConversationStoreContract.begun;
import static com.tatame.billing.testkit.ConversationStoreContract.message;
import static com.tatame.billing.testkit.ConversationStoreContract.stored;
import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Owner;
import com.tatame.billing.anonymous.AnonymousSession;
import com.tatame.billing.conversation.AppendResult;
import com.tatame.billing.conversation.AppendResult.Reason;
import com.tatame.billing.conversation.AppendResult.Refused;
import com.tatame.billing.conversation.AppendResult.Stored;
import com.tatame.billing.conversation.Conversation;
import com.tatame.billing.conversation.MessageAppend;
import com.tatame.billing.conversation.MessageRole;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a visitor said goes on as the claimer's, all of it and once. */
public interface ClaimedConversationContract extends StoreUnderTest {
  @Test
  default void whatAVisitorSaidGoesOnAsTheClaimers() {
    AnonymousSession session = someVisitor();
    Conversation said = begun(store(), Owner.of(session.account()));
    Owner claimer = new Owner(Ids.account(), Optional.of("ada"));
    Conversation own = begun(store(), claimer);

    claim(session, claimer);
    claim(session, Owner.of(Ids.account()));

    assertThat(store().conversations().list(claimer, false, Optional.empty(), 101))
        .extracting(Conversation::id)
        .containsExactlyInAnyOrder(said.id(), own.id());
    assertThat(ConversationStoreContract.all(store(), claimer, said.id())).hasSize(1);
    assertThat(store().conversations().find(Owner.of(session.account()), said.id()))
        .isEmpty();
    assertThat(store().conversations().find(Owner.of(claimer.account()), said.id()))
        .as("of another member")
        .isEmpty();
    assertThat(append(claimer, said.id(), Optional.empty())).isInstanceOf(Stored.class);
  }

  @Test
  default void aVisitorWhoHasSignedInSaysNothingMore() {
    AnonymousSession session = someVisitor();
    Owner visitor = Owner.of(session.account());
    String id = begun(store(), visitor).id();
    claim(session, Owner.of(Ids.account()));

    assertThat(append(visitor, id, Optional.empty())).isEqualTo(Refused.because(Reason.CLAIMED));
    assertThat(append(visitor, Ids.next("conv"), Optional.of("Title")))
        .isEqualTo(Refused.because(Reason.CLAIMED));
  }

  @Test
  default void theClaimerRepeatsWhatTheVisitorSent() {
    AnonymousSession session = someVisitor();
    Owner claimer = Owner.of(Ids.account());
    MessageAppend asked = keyed(Owner.of(session.account()), "key");
    Stored before = stored(store().conversations().append(asked));
    claim(session, claimer);

    Stored again = stored(store().conversations().append(keyed(claimer, "key")));

    assertThat(again.again()).isTrue();
    assertThat(again.conversation().id()).isEqualTo(before.conversation().id());
  }

  @Test
  default void aKeyOfTheClaimersStaysWhatItStandsForThere() {
    AnonymousSession session = someVisitor();
    Owner claimer = Owner.of(Ids.account());
    store().conversations().append(keyed(Owner.of(session.account()), "key"));
    Stored own = stored(store().conversations().append(keyed(claimer, "key")));

    claim(session, claimer);

    Stored again = stored(store().conversations().append(keyed(claimer, "key")));
    assertThat(again.conversation().id()).isEqualTo(own.conversation().id());
    assertThat(store().conversations().list(claimer, false, Optional.empty(), 101))
        .hasSize(2);
  }

  @Test
  default void nothingIsLostWhereAVisitorSignsInWhileSayingMuch() throws Exception {
    Owner claimer = Owner.of(Ids.account());
    ExecutorService threads = Executors.newFixedThreadPool(8);
    int stored = 0;
    try {
      List<Future<AppendResult>> said = new ArrayList<>();
      List<Future<?>> claims = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        AnonymousSession session = someVisitor();
        Owner visitor = Owner.of(session.account());
        for (int j = 0; j < 4; j++) {
          said.add(threads.submit(() -> append(visitor, Ids.next("conv"), Optional.of("Title"))));
        }
        claims.add(threads.submit(() -> claim(session, claimer)));
      }
      for (Future<AppendResult> one : said) {
        stored += one.get(60, TimeUnit.SECONDS) instanceof Stored ? 1 : 0;
      }
      for (Future<?> one : claims) {
        one.get(60, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(store().conversations().list(claimer, false, Optional.empty(), 101))
        .hasSize(stored);
  }

  private AnonymousSession someVisitor() {
    AnonymousSession session = new AnonymousSession(
        new AccountId(Ids.next("anonymous:")),
        ConversationStoreContract.NOON,
        ConversationStoreContract.NOON.plus(Duration.ofDays(30)),
        Optional.empty(),
        Optional.empty());
    store().anonymousSessions().add(session, "hash_of_" + session.account());
    return session;
  }

  private void claim(AnonymousSession session, Owner by) {
    store()
        .anonymousSessions()
        .claim(
            "hash_of_" + session.account(), by, ConversationStoreContract.NOON, AnAuditEntry.any());
  }

  private AppendResult append(Owner owner, String id, Optional<String> newTitle) {
    return store().conversations().append(said(owner, id, newTitle, Optional.empty()));
  }

  private static MessageAppend keyed(Owner owner, String key) {
    return said(owner, Ids.next("conv"), Optional.of("Title"), Optional.of(key));
  }

  private static MessageAppend said(
      Owner owner, String id, Optional<String> newTitle, Optional<String> key) {
    return new MessageAppend(
        owner,
        id,
        newTitle,
        List.of(message(1, MessageRole.USER)),
        false,
        "ai_chat",
        key,
        "a request",
        Optional.empty(),
        ConversationStoreContract.NOON);
  }
}
