package com.tatame.billing.testkit;

import static com.tatame.billing.testkit.ConversationStoreContract.stored;
import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Owner;
import com.tatame.billing.catalog.Period;
import com.tatame.billing.conversation.AppendResult;
import com.tatame.billing.conversation.AppendResult.Reason;
import com.tatame.billing.conversation.AppendResult.Refused;
import com.tatame.billing.conversation.AppendResult.Stored;
import com.tatame.billing.conversation.Message;
import com.tatame.billing.conversation.MessageAppend;
import com.tatame.billing.conversation.MessageRole;
import com.tatame.billing.entitlement.Consumption;
import com.tatame.billing.entitlement.DebitResult;
import com.tatame.billing.entitlement.PriceBand;
import com.tatame.billing.entitlement.UsageDebit;
import com.tatame.billing.entitlement.UsageDebit.Offer;
import com.tatame.billing.entitlement.UsageRow;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What is refused is not stored, and what is stored is counted, each unit for one message. */
public interface CountedMessageContract extends StoreUnderTest {
  String CHAT = "ai_chat";
  Instant MIDDAY = Instant.parse("2026-06-15T12:00:00Z");
  Period THE_DAY =
      new Period(Instant.parse("2026-06-15T00:00:00Z"), Instant.parse("2026-06-16T00:00:00Z"));

  @Test
  default void aMessageIsCountedAsItIsStored() {
    AccountId account = Ids.account();

    Stored stored = stored(append(account, Optional.empty(), 2, 5));

    assertThat(stored.consumption()).isPresent();
    Consumption taken = stored.consumption().orElseThrow();
    assertThat(taken.amount()).isEqualTo(2);
    assertThat(taken.remaining()).contains(3L);
    assertThat(stored.messages())
        .extracting(Message::consumptionId)
        .containsOnly(Optional.of(taken.id()));
    assertThat(used(account)).isEqualTo(2);
    assertThat(store().usage().find(account, CHAT, taken.id())).contains(taken);
  }

  @Test
  default void whatThereIsNoUnitForIsNotStored() {
    AccountId account = Ids.account();
    String id = stored(append(account, Optional.empty(), 4, 5)).conversation().id();

    assertThat(append(account, Optional.of(id), 2, 5)).isEqualTo(Refused.because(Reason.DENIED));
    assertThat(append(account, Optional.empty(), 2, 5)).isEqualTo(Refused.because(Reason.DENIED));

    assertThat(used(account)).isEqualTo(4);
    assertThat(messages(account, id)).hasSize(4);
    assertThat(store().conversations().list(Owner.of(account), false, Optional.empty(), 101))
        .hasSize(1);
  }

  @Test
  default void whatIsDecidedByAnOlderEntitlementIsNotStored() {
    AccountId account = Ids.account();
    UsageDebit stale = debit(account, Ids.next("use"), CHAT, "of another time", 1, 5);

    assertThat(store().conversations().append(counted(account, Optional.empty(), 1, stale)))
        .isEqualTo(Refused.because(Reason.STALE));

    assertThat(used(account)).isZero();
    assertThat(store().conversations().list(Owner.of(account), false, Optional.empty(), 101))
        .isEmpty();
  }

  @Test
  default void whatIsRefusedForAnotherReasonIsNotCounted() {
    AccountId account = Ids.account();

    assertThat(append(account, Optional.of("conv_none"), 1, 5))
        .isEqualTo(Refused.because(Reason.NOT_FOUND));

    assertThat(used(account)).isZero();
  }

  @Test
  default void aRepeatedKeyIsNotCountedAgain() {
    AccountId account = Ids.account();
    store().conversations().append(keyed(account, "key"));

    Stored again = stored(store().conversations().append(keyed(account, "key")));

    assertThat(again.again()).isTrue();
    assertThat(used(account)).isEqualTo(1);
  }

  @Test
  default void whoDeletesAConversationIsNotGivenItsUnitsBack() {
    AccountId account = Ids.account();
    String id = stored(store().conversations().append(keyed(account, "key")))
        .conversation()
        .id();
    store().conversations().delete(Owner.of(account), id, AnAuditEntry.any());

    store().conversations().append(keyed(account, "key"));

    assertThat(used(account)).as("said again, counted again").isEqualTo(2);
  }

  @Test
  default void whatWasConsumedBeforePaysForAsManyMessages() {
    AccountId account = Ids.account();
    Consumption consumed = consume(account, CHAT, 2);

    assertThat(naming(account, consumed.id())).isInstanceOf(Stored.class);
    assertThat(naming(account, consumed.id(), consumed.id())).isEqualTo(notConsumed(consumed.id()));
    assertThat(naming(account, consumed.id())).isInstanceOf(Stored.class);
    assertThat(naming(account, consumed.id())).isEqualTo(notConsumed(consumed.id()));

    assertThat(used(account)).isEqualTo(2);
    assertThat(store().conversations().list(Owner.of(account), false, Optional.empty(), 101))
        .hasSize(2);
  }

  @Test
  default void aConsumptionPaysOnceAlsoIfItsMessageIsDeleted() {
    AccountId account = Ids.account();
    Consumption consumed = consume(account, CHAT, 1);
    String id = stored(naming(account, consumed.id())).conversation().id();
    store().conversations().delete(Owner.of(account), id, AnAuditEntry.any());

    assertThat(naming(account, consumed.id())).isEqualTo(notConsumed(consumed.id()));
  }

  @Test
  default void aMessagesOwnUnitsPayForNoOther() {
    AccountId account = Ids.account();
    String taken = stored(append(account, Optional.empty(), 1, 5))
        .consumption()
        .orElseThrow()
        .id();

    assertThat(naming(account, taken)).isEqualTo(notConsumed(taken));
  }

  @Test
  default void whatWasNotConsumedForItPaysForNothing() {
    AccountId account = Ids.account();
    Consumption ofAnother = consume(Ids.account(), CHAT, 1);
    Consumption ofAnotherFeature = consume(account, "quiz", 1);
    Consumption released = consume(account, CHAT, 1);
    store().usage().release(account, CHAT, released.id(), MIDDAY);

    for (Consumption no : List.of(ofAnother, ofAnotherFeature, released)) {
      assertThat(naming(account, no.id())).isEqualTo(notConsumed(no.id()));
    }
    assertThat(naming(account, "use_none")).isEqualTo(notConsumed("use_none"));
  }

  @Test
  default void noMoreAreStoredThanThereAreUnitsHoweverManyComeAtOnce() throws Exception {
    AccountId account = Ids.account();
    String id = stored(append(account, Optional.empty(), 1, 5)).conversation().id();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    int stored = 0;
    try {
      List<Future<AppendResult>> all = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        all.add(threads.submit(() -> append(account, Optional.of(id), 1, 5)));
      }
      for (Future<AppendResult> one : all) {
        stored += one.get(60, TimeUnit.SECONDS) instanceof Stored ? 1 : 0;
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(stored).isEqualTo(4);
    assertThat(used(account)).isEqualTo(5);
    assertThat(messages(account, id))
        .extracting(Message::position)
        .containsExactly(1L, 2L, 3L, 4L, 5L);
  }

  private AppendResult append(
      AccountId account, Optional<String> conversation, int messages, long limit) {
    UsageDebit debit = debit(account, Ids.next("use"), CHAT, "", messages, limit);
    return store().conversations().append(counted(account, conversation, messages, debit));
  }

  private static MessageAppend counted(
      AccountId account, Optional<String> conversation, int messages, UsageDebit debit) {
    return new MessageAppend(
        Owner.of(account),
        conversation.orElseGet(() -> Ids.next("conv")),
        conversation.isPresent() ? Optional.empty() : Optional.of("Title"),
        LongStream.rangeClosed(1, messages)
            .mapToObj(position -> ofUser(position, debit.id()))
            .toList(),
        false,
        CHAT,
        Optional.empty(),
        "a request",
        Optional.of(debit),
        MIDDAY);
  }

  private static MessageAppend keyed(AccountId account, String key) {
    MessageAppend plain =
        counted(account, Optional.empty(), 1, debit(account, Ids.next("use"), CHAT, "", 1, 5));
    return new MessageAppend(
        plain.owner(),
        plain.conversationId(),
        plain.newTitle(),
        plain.messages(),
        false,
        CHAT,
        Optional.of(key),
        "a request",
        plain.debit(),
        MIDDAY);
  }

  private AppendResult naming(AccountId account, String... consumptions) {
    List<Message> messages = new ArrayList<>();
    for (String consumption : consumptions) {
      messages.add(ofUser(messages.size() + 1, consumption));
    }
    return store()
        .conversations()
        .append(new MessageAppend(
            Owner.of(account),
            Ids.next("conv"),
            Optional.of("Title"),
            messages,
            false,
            CHAT,
            Optional.empty(),
            "a request",
            Optional.empty(),
            MIDDAY));
  }

  private static AppendResult notConsumed(String id) {
    return new Refused(Reason.NOT_CONSUMED, Optional.of(id));
  }

  private static Message ofUser(long position, String consumption) {
    return new Message(
        Ids.next("msg"),
        position,
        MessageRole.USER,
        "asked",
        1,
        Map.of(),
        Optional.of(consumption),
        MIDDAY);
  }

  private Consumption consume(AccountId account, String feature, long amount) {
    UsageDebit debit = debit(account, Ids.next("use"), feature, "", amount, 100);
    return ((DebitResult.Granted) store().usage().consume(List.of(debit)).get(0)).consumption();
  }

  private static UsageDebit debit(
      AccountId account, String id, String feature, String version, long amount, long limit) {
    return new UsageDebit(
        id,
        account,
        feature,
        id,
        "a use",
        version,
        "free",
        THE_DAY,
        List.of(new Offer(PriceBand.INCLUDED, Optional.of(limit), Optional.empty())),
        amount,
        MIDDAY,
        false,
        Map.of());
  }

  private List<Message> messages(AccountId account, String id) {
    return ConversationStoreContract.all(store(), Owner.of(account), id);
  }

  private long used(AccountId account) {
    return store().usage().read(account, MIDDAY).open().stream()
        .filter(row -> row.feature().equals(CHAT))
        .map(UsageRow::used)
        .mapToLong(tally -> tally.included())
        .sum();
  }
}
