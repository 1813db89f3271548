package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Owner;
import com.tatame.billing.catalog.CatalogInForce;
import com.tatame.billing.catalog.Feature;
import com.tatame.billing.catalog.Window;
import com.tatame.billing.checkin.CheckInFilter;
import com.tatame.billing.checkin.CheckIns;
import com.tatame.billing.checkin.NewCheckIn;
import com.tatame.billing.conversation.Conversations;
import com.tatame.billing.conversation.Conversations.Appended;
import com.tatame.billing.conversation.Message;
import com.tatame.billing.conversation.MessageAuthor;
import com.tatame.billing.conversation.MessageRole;
import com.tatame.billing.conversation.NewMessage;
import com.tatame.billing.conversation.NewMessages;
import com.tatame.billing.conversation.WindowSize;
import com.tatame.billing.entitlement.Entitlements;
import com.tatame.billing.failure.LimitReached;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.testkit.InMemoryBillingStore;
import com.tatame.billing.testkit.SettableClock;
import com.tatame.billing.testkit.fixture.ACatalog;
import com.tatame.billing.time.Clocks;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What an application's backend does with conversations and check-ins. */
class ConversationStoryTest {
  private static final AccountId ADA = new AccountId("user_ada");
  private static final Owner OF_ADA = Owner.of(ADA);
  private static final Duration A_DAY = Duration.ofDays(1);

  private final InMemoryBillingStore store = new InMemoryBillingStore();
  private final SettableClock clock = new SettableClock(Instant.parse("2026-03-15T12:00:00Z"));

  private Conversations selling(Feature chat) {
    return keeping(chat, Optional.empty());
  }

  private Conversations keeping(Feature chat, Optional<Duration> kept) {
    CatalogInForce catalog =
        new CatalogInForce(ACatalog.withFreeFeatures(Map.of(Conversations.FEATURE, chat)));
    Random random = new Random(7);
    return new Conversations(
        store.conversations(),
        new Entitlements(store.usage(), catalog.get(), clock, random),
        catalog,
        new Clocks(clock, clock),
        random,
        kept);
  }

  private static Feature twoADay() {
    return new Feature.Counter(2, new Window(Window.Kind.DAY, ZoneOffset.UTC));
  }

  @Test
  void whatIsAppendedComesWithTheWindowForTheNextPrompt() {
    Conversations conversations = selling(twoADay());
    NewMessage system =
        new NewMessage(MessageRole.SYSTEM, "Be kind.", Optional.of(5), Map.of(), Optional.empty());

    Appended begun =
        conversations.append(ADA, NewMessages.toBegin(system, NewMessage.ofUser("Hello")));
    assertThat(begun.saved().remaining()).contains(1L);
    assertThat(begun.window().messages())
        .extracting(Message::content)
        .containsExactly("Be kind.", "Hello");

    String id = begun.saved().conversation().id();
    Appended next = conversations.append(
        OF_ADA,
        NewMessages.to(id, NewMessage.ofAssistant("Hi"), NewMessage.ofUser("How are you?")),
        new WindowSize(3, OptionalLong.of(4)));
    assertThat(next.window().messages())
        .as("the last three have 2 + 1 + 3 tokens")
        .extracting(Message::content)
        .containsExactly("Hi", "How are you?");
    assertThat(next.window().earlier()).isTrue();
    assertThat(next.saved().remaining()).contains(0L);
  }

  @Test
  void whatIsRefusedTodayIsSaidTomorrow() {
    Conversations conversations = selling(twoADay());
    NewMessages hello = NewMessages.toBegin(NewMessage.ofUser("Hello"));
    conversations.append(ADA, hello);
    conversations.append(ADA, hello);

    assertThatThrownBy(() -> conversations.append(ADA, hello))
        .isInstanceOfSatisfying(
            LimitReached.class,
            refusal -> assertThat(refusal.reached().resetsAt())
                .contains(Instant.parse("2026-03-16T00:00:00Z")));
    assertThat(conversations.list(OF_ADA, false, Optional.empty(), 10)).hasSize(2);

    clock.advance(A_DAY);
    assertThat(conversations.append(ADA, hello).saved().remaining()).contains(1L);
  }

  @Test
  void aFlagCountsNothingAndMayBeOff() {
    NewMessages hello = NewMessages.toBegin(NewMessage.ofUser("Hello"));

    Appended said = selling(new Feature.Flag(true)).append(ADA, hello);
    assertThat(said.saved().remaining()).isEmpty();
    assertThat(said.saved().messages())
        .extracting(Message::consumptionId)
        .containsExactly(Optional.empty());

    assertThatThrownBy(() -> selling(new Feature.Flag(false)).append(ADA, hello))
        .isInstanceOf(LimitReached.class);
    assertThat(store.conversations().list(OF_ADA, false, Optional.empty(), 10)).hasSize(1);
  }

  @Test
  void whatBelongsToAnotherIsNotFound() {
    Conversations conversations = selling(twoADay());
    String id = conversations
        .append(ADA, NewMessages.toBegin(NewMessage.ofUser("Hello")))
        .saved()
        .conversation()
        .id();
    Owner other = Owner.of(new AccountId("user_bob"));

    assertThatThrownBy(() -> conversations.get(other, id)).isInstanceOf(NotFound.class);
    assertThatThrownBy(() -> conversations.window(other, id, WindowSize.DEFAULT))
        .isInstanceOf(NotFound.class);
    assertThatThrownBy(() -> conversations.save(
            other, NewMessages.to(id, NewMessage.ofUser("Hello")), MessageAuthor.USER))
        .isInstanceOf(NotFound.class);
    assertThatThrownBy(() -> conversations.delete(other, id)).isInstanceOf(NotFound.class);
    assertThat(conversations.get(OF_ADA, id).messages()).isEqualTo(1);
  }

  @Test
  void conversationsAreKeptForTheirTimeAndThoseOfVisitorsForNinetyDays() {
    Feature any = new Feature.Flag(true);
    Owner visitor = Owner.of(new AccountId("anonymous:1"));
    Conversations forEver = selling(any);
    NewMessages hello = NewMessages.toBegin(NewMessage.ofUser("Hello"));
    forEver.append(ADA, hello);
    forEver.append(visitor, hello, WindowSize.DEFAULT);

    clock.advance(Duration.ofDays(90));
    forEver.prune();
    assertThat(forEver.list(visitor, false, Optional.empty(), 10)).hasSize(1);
    clock.advance(Duration.ofSeconds(1));
    forEver.prune();
    assertThat(forEver.list(visitor, false, Optional.empty(), 10)).isEmpty();
    assertThat(forEver.list(OF_ADA, false, Optional.empty(), 10)).hasSize(1);

    keeping(any, Optional.of(Duration.ofDays(91))).prune();
    assertThat(forEver.list(OF_ADA, false, Optional.empty(), 10)).hasSize(1);
    keeping(any, Optional.of(Duration.ofDays(90))).prune();
    assertThat(forEver.list(OF_ADA, false, Optional.empty(), 10)).isEmpty();
  }

  @Test
  void aRepeatedCheckInIsKnownAlsoWhereTheClockStandsStill() {
    CheckIns checkIns = checkIns(Optional.empty());
    NewCheckIn mood = new NewCheckIn(
        "mood",
        Optional.empty(),
        Map.of("slept", true),
        Optional.empty(),
        Optional.empty(),
        Optional.of("key"));

    CheckIns.Noted first = checkIns.add(OF_ADA, mood);
    CheckIns.Noted again = checkIns.add(OF_ADA, mood);

    assertThat(first.again()).isFalse();
    assertThat(again).isEqualTo(new CheckIns.Noted(first.checkIn(), true));
    clock.advance(A_DAY);
    assertThat(checkIns.add(OF_ADA, mood)).isEqualTo(again);
  }

  @Test
  void checkInsAreKeptForTheirTime() {
    NewCheckIn mood = new NewCheckIn(
        "mood", Optional.empty(), Map.of(), Optional.empty(), Optional.empty(), Optional.empty());
    checkIns(Optional.empty()).add(OF_ADA, mood);
    clock.advance(Duration.ofDays(10));

    checkIns(Optional.empty()).prune();
    checkIns(Optional.of(Duration.ofDays(10))).prune();
    assertThat(noted()).isEqualTo(1);
    checkIns(Optional.of(Duration.ofDays(9))).prune();
    assertThat(noted()).isZero();
  }

  private int noted() {
    return store
        .checkIns()
        .list(OF_ADA, CheckInFilter.ALL, Optional.empty(), 10)
        .size();
  }

  private CheckIns checkIns(Optional<Duration> kept) {
    return new CheckIns(store.checkIns(), new Clocks(clock, clock), new Random(7), kept);
  }
}
