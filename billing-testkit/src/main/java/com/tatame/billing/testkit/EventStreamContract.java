package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.entitlement.AccountEntitlement;
import com.tatame.billing.entitlement.GrantContent;
import com.tatame.billing.failure.CursorReset;
import com.tatame.billing.ledger.AccountFacts;
import com.tatame.billing.ledger.BillingEventFilter;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.outbox.AccountState;
import com.tatame.billing.outbox.DueEntitlement;
import com.tatame.billing.outbox.EntitlementDecision;
import com.tatame.billing.outbox.EventCursor;
import com.tatame.billing.outbox.FeedFilter;
import com.tatame.billing.outbox.FeedPage;
import com.tatame.billing.outbox.PublishedEntitlement;
import com.tatame.billing.outbox.PublishedEvent;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.CommitResult;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.testkit.Commits.Linked;
import com.tatame.billing.testkit.fixture.ACustomer;
import com.tatame.billing.testkit.fixture.ASubscription;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each account's stream of ledger entries, and the feed of all of them. */
public interface EventStreamContract extends StoreUnderTest {

  @Test
  default void entriesAreNumberedInTheOrderOfTheirCommits() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);

    append(linked, fact(linked, "invoice.paid", now.plusSeconds(2)));
    append(
        linked,
        fact(linked, "refund.created", now.plusSeconds(1)),
        fact(linked, "invoice.voided", now));

    assertThat(stream(linked.account()))
        .extracting(PublishedEvent::sequence, PublishedEvent::type, PublishedEvent::late)
        .containsExactly(
            tuple(1L, "invoice.paid", false),
            tuple(2L, "invoice.voided", true),
            tuple(3L, "refund.created", true));
    assertThat(store().eventFeed().lastSequence(linked.account())).isEqualTo(3);
  }

  @Test
  default void whatAnAccountMayDoIsReadWithTheLengthOfItsStream() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    assertThat(store().usage().read(linked.account(), now).revision()).isZero();

    append(linked, fact(linked, "invoice.paid", now), fact(linked, "invoice.voided", now));

    assertThat(store().usage().read(linked.account(), now).revision()).isEqualTo(2);
  }

  @Test
  default void aFactThatIsKnownTakesNoNumber() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    Fact known = fact(linked, "invoice.paid", now);
    append(linked, known);

    append(linked, known, fact(linked, "invoice.voided", now));

    assertThat(stream(linked.account()))
        .extracting(PublishedEvent::sequence)
        .containsExactly(1L, 2L);
  }

  @Test
  default void aRefusedUnitTakesNoNumberAndItsNeighbourDoes() {
    Instant now = Ids.morning();
    Linked first = Commits.aLinkedCustomer(store(), now);
    Linked second = Commits.aLinkedCustomer(store(), now);
    Unit stale = Commits.unit(first.subject(), 99, added(fact(first, "invoice.paid", now)));
    Unit current = Commits.unit(
        second.subject(),
        Commits.version(store(), second.subject()),
        added(fact(second, "invoice.paid", now)));

    assertThat(store().projections().commit(List.of(stale, current), now))
        .containsExactly(new CommitResult.Stale(), new CommitResult.Applied());

    assertThat(stream(first.account())).isEmpty();
    assertThat(stream(second.account())).extracting(PublishedEvent::sequence).containsExactly(1L);
  }

  @Test
  default void anEntryShowsTheAccountAsItsCommitLeftIt() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    Subscription subscription =
        ASubscription.active(linked.customerId(), now).ofTier("pro").build();
    var grant = GrantStoreContract.grant(
        linked.account(), GrantStoreContract.FIVE_QUIZZES, Optional.empty());
    store().grants().add(grant, "key", "", AnAuditEntry.any());

    Commits.apply(
        store(),
        linked.subject(),
        now,
        List.of(Commits.put(subscription, now), added(fact(linked, "subscription.opened", now))));

    AccountState state = last(linked.account()).state().orElseThrow();
    GrantContent.Units units = (GrantContent.Units) grant.gift();
    assertThat(state.subscriptions())
        .containsExactly(new AccountState.SubscriptionState(
            subscription.id(),
            "active",
            Optional.of("pro"),
            subscription.interval().map(interval -> interval.code()),
            subscription.mainItem().quantity(),
            subscription.currentPeriodEnd(),
            subscription.trialEnd(),
            Optional.empty()));
    assertThat(state.grants())
        .containsExactly(new AccountState.GrantState(
            grant.id(),
            Optional.empty(),
            Optional.of(units.feature()),
            Optional.of(units.units()),
            grant.startsAt(),
            grant.expiresAt()));
  }

  @Test
  default void anEntryKeepsItsStateWhateverComesLater() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    append(linked, fact(linked, "invoice.paid", now));
    Subscription subscription =
        ASubscription.active(linked.customerId(), now).ofTier("pro").build();

    Commits.apply(store(), linked.subject(), now, List.of(Commits.put(subscription, now)));

    assertThat(last(linked.account()).state().orElseThrow().subscriptions()).isEmpty();
  }

  @Test
  default void factsOfACustomerGetTheirPlacesOnceItIsLinked() {
    Instant now = Ids.morning();
    Linked linked = new Linked(Ids.account(), Ids.next("cus"));
    append(linked, fact(linked, "invoice.paid", now.plusSeconds(5)));
    append(linked, fact(linked, "invoice.finalized", now));
    assertThat(stream(linked.account())).isEmpty();

    Commits.apply(
        store(),
        linked.subject(),
        now,
        List.of(
            Commits.put(ACustomer.of(linked.account(), linked.customerId(), now), now),
            added(AccountFacts.created(linked.account(), linked.subject(), now)),
            new Change.Link(linked.account(), linked.customerId(), now)));

    assertThat(stream(linked.account()))
        .extracting(PublishedEvent::type)
        .containsExactly("account.created", "invoice.finalized", "invoice.paid");
    assertThat(stream(linked.account()))
        .extracting(PublishedEvent::sequence)
        .containsExactly(1L, 2L, 3L);
  }

  @Test
  default void theFeedGoesOnFromItsCursorAndMissesNothing() {
    Instant now = Ids.morning();
    Optional<EventCursor> begin = endOfFeed();
    Linked first = Commits.aLinkedCustomer(store(), now);
    Linked second = Commits.aLinkedCustomer(store(), now);
    for (int i = 0; i < 3; i++) {
      append(first, fact(first, "invoice.paid", now));
      append(second, fact(second, "invoice.voided", now));
    }

    List<String> ids = new ArrayList<>();
    Optional<EventCursor> cursor = begin;
    for (int i = 0; i < 6; i++) {
      FeedPage page = store().eventFeed().page(cursor, FeedFilter.ALL, 1);
      page.events().forEach(event -> ids.add(event.account().value() + event.sequence()));
      cursor = page.next().map(EventCursor::encoded).map(EventCursor::decoded);
    }

    assertThat(ids)
        .containsExactlyInAnyOrderElementsOf(LongStream.rangeClosed(1, 3)
            .boxed()
            .flatMap(
                seq -> Stream.of(first.account().value() + seq, second.account().value() + seq))
            .toList());
    assertThat(store().eventFeed().page(cursor, FeedFilter.ALL, 10))
        .isEqualTo(new FeedPage(List.of(), cursor));
  }

  @Test
  default void theFeedIsOfOneAccountOrOfSomeTypesWhereAsked() {
    Instant now = Ids.morning();
    Optional<EventCursor> begin = endOfFeed();
    Linked first = Commits.aLinkedCustomer(store(), now);
    Linked second = Commits.aLinkedCustomer(store(), now);
    append(first, fact(first, "invoice.paid", now), fact(first, "invoice.voided", now));
    append(second, fact(second, "invoice.paid", now));

    FeedFilter ofFirst = new FeedFilter(Optional.of(first.account()), Set.of("invoice.paid"));

    assertThat(store().eventFeed().page(begin, ofFirst, 10).events())
        .extracting(PublishedEvent::account, PublishedEvent::type)
        .containsExactly(tuple(first.account(), "invoice.paid"));
  }

  @Test
  default void aCursorOfAnotherHistoryIsRefused() {
    // A database that was made as a copy of another has a history of its own.
    store().eventFeed().checkEpoch();
    Linked linked = Commits.aLinkedCustomer(store(), Ids.morning());
    append(linked, fact(linked, "invoice.paid", Ids.morning()));
    EventCursor cursor = endOfFeed().orElseThrow();
    EventCursor other = new EventCursor(
        "0000", cursor.epoch(), cursor.transaction(), cursor.account(), cursor.sequence());
    EventCursor ahead = new EventCursor(
        cursor.epochId(),
        cursor.epoch(),
        cursor.transaction() + 1_000_000_000L,
        cursor.account(),
        cursor.sequence());

    for (EventCursor lost : List.of(other, ahead)) {
      assertThatThrownBy(() -> store().eventFeed().page(Optional.of(lost), FeedFilter.ALL, 10))
          .isInstanceOf(CursorReset.class);
    }
    assertThat(store().eventFeed().checkEpoch()).isFalse();
    assertThat(store().eventFeed().page(Optional.of(cursor), FeedFilter.ALL, 10).events())
        .isEmpty();
  }

  @Test
  default void aPrunedEntryKeepsItsFactAndItsNumberAndLeavesTheFeed() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    append(linked, fact(linked, "invoice.paid", now));
    EventCursor before = endOfFeed().orElseThrow();
    append(linked, fact(linked, "invoice.voided", now));

    while (store().eventFeed().prune(Instant.parse("2999-01-01T00:00:00Z"), 100) > 0) {}

    assertThat(store().eventFeed().page(Optional.empty(), FeedFilter.ALL, 10).events())
        .isEmpty();
    assertThatThrownBy(() -> store().eventFeed().page(Optional.of(before), FeedFilter.ALL, 10))
        .isInstanceOf(CursorReset.class);
    append(linked, fact(linked, "refund.created", now));
    assertThat(last(linked.account()).sequence()).isEqualTo(3);
    assertThat(store()
            .billingEvents()
            .list(linked.account(), BillingEventFilter.ALL, Optional.empty(), 10))
        .hasSize(3);
  }

  @Test
  default void whatMayChangeAnEntitlementMarksItsAccount() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    AccountId granted = Ids.account();
    var grant =
        GrantStoreContract.grant(granted, GrantStoreContract.FIVE_QUIZZES, Optional.empty());

    Commits.apply(
        store(),
        linked.subject(),
        now,
        List.of(Commits.entitle(new AccountEntitlement(linked.account(), List.of()), now)));
    store().grants().add(grant, "key", "", AnAuditEntry.any());

    assertThat(due(now, linked.account())).isPresent();
    assertThat(due(now, granted)).isPresent();
  }

  @Test
  default void aPublishedEntitlementIsAnEntryOnce() {
    Instant now = Ids.morning();
    AccountId account = aMarkedAccount();
    DueEntitlement due = due(now, account).orElseThrow();
    EntitlementDecision decision = decision(due, Optional.of(now.plusSeconds(60)), now);

    assertThat(store().eventFeed().publish(decision)).isTrue();
    assertThat(store().eventFeed().publish(decision)).isFalse();

    assertThat(last(account).type()).isEqualTo("entitlement.changed");
    assertThat(last(account).state().orElseThrow().tier()).contains("pro");
    assertThat(store().eventFeed().lastSequence(account)).isEqualTo(1);
    assertThat(due(now.plusSeconds(59), account)).isEmpty();
    assertThat(due(now.plusSeconds(60), account).orElseThrow().published())
        .contains(decision.decided());
  }

  @Test
  default void aChangeMeanwhileIsNotOverlooked() {
    Instant now = Ids.morning();
    AccountId account = aMarkedAccount();
    DueEntitlement due = due(now, account).orElseThrow();
    store()
        .grants()
        .add(
            GrantStoreContract.grant(account, GrantStoreContract.FIVE_QUIZZES, Optional.empty()),
            "second",
            "",
            AnAuditEntry.any());

    assertThat(store().eventFeed().publish(decision(due, Optional.empty(), now)))
        .isFalse();

    assertThat(due(now, account)).isPresent();
    assertThat(store().eventFeed().lastSequence(account)).isZero();
  }

  private AccountId aMarkedAccount() {
    AccountId account = Ids.account();
    store()
        .grants()
        .add(
            GrantStoreContract.grant(account, GrantStoreContract.FIVE_QUIZZES, Optional.empty()),
            "key",
            "",
            AnAuditEntry.any());
    return account;
  }

  private static EntitlementDecision decision(
      DueEntitlement due, Optional<Instant> nextAt, Instant now) {
    PublishedEntitlement decided =
        new PublishedEntitlement("pro", List.of("sub_1"), List.of("grant_1"));
    return new EntitlementDecision(
        due,
        Long.MAX_VALUE,
        decided,
        nextAt,
        now,
        Optional.of(AccountFacts.entitlementChanged(
            due.account(),
            due.marks(),
            Optional.empty(),
            decided.tier(),
            decided.subscriptions(),
            decided.grants(),
            now)),
        AccountFacts.updated(due.account(), due.marks(), now));
  }

  private Optional<DueEntitlement> due(Instant now, AccountId account) {
    return store().eventFeed().dueEntitlements(now, 10_000).stream()
        .filter(due -> due.account().equals(account))
        .findFirst();
  }

  private Optional<EventCursor> endOfFeed() {
    Optional<EventCursor> cursor = Optional.empty();
    while (true) {
      FeedPage page = store().eventFeed().page(cursor, FeedFilter.ALL, 1000);
      cursor = page.next();
      if (page.events().isEmpty()) {
        return cursor;
      }
    }
  }

  private List<PublishedEvent> stream(AccountId account) {
    return store()
        .eventFeed()
        .page(Optional.empty(), new FeedFilter(Optional.of(account), Set.of()), 1000)
        .events();
  }

  private PublishedEvent last(AccountId account) {
    List<PublishedEvent> entries = stream(account);
    return entries.get(entries.size() - 1);
  }

  private void append(Linked linked, Fact... facts) {
    Commits.apply(
        store(),
        linked.subject(),
        Ids.morning(),
        List.of(facts).stream().map(EventStreamContract::added).toList());
  }

  private static Change added(Fact fact) {
    return new Change.Append(fact, Optional.of("evt_1"));
  }

  private static Fact fact(Linked linked, String type, Instant at) {
    return new Fact(
        Ids.next(type),
        type,
        new SubjectId(linked.customerId()),
        Optional.empty(),
        Optional.empty(),
        "some",
        at);
  }
}
