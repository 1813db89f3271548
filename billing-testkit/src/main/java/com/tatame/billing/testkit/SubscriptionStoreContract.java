package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.observation.Observation.Source;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.Change;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionSchedule;
import com.tatame.billing.subscription.SubscriptionStatus;
import com.tatame.billing.subscription.SubscriptionStore;
import com.tatame.billing.testkit.Commits.Linked;
import com.tatame.billing.testkit.fixture.ASubscription;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Subscriptions as their account sees them, and no other account. */
public interface SubscriptionStoreContract extends StoreUnderTest {

  @Test
  default void subscriptionsAreListedFromTheNewestToTheOldestAndThenById() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    Subscription first = active(linked, now);
    Subscription second = active(linked, now);
    Subscription newest = active(linked, now.plusSeconds(1));
    Subscription oldest = active(linked, now.minusSeconds(1));
    put(linked.subject(), now, second, oldest, newest, first);

    assertThat(list(linked, Optional.empty(), 101)).containsExactly(newest, first, second, oldest);
  }

  @Test
  default void subscriptionsArePaged() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    List<Subscription> all = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      all.add(active(linked, now.minusSeconds(i / 2)));
    }
    put(linked.subject(), now, all.toArray(Subscription[]::new));

    List<Subscription> paged = new ArrayList<>();
    Optional<String> after = Optional.empty();
    for (int page = 0; page < 3; page++) {
      List<Subscription> next =
          store().subscriptions().list(linked.account(), Optional.empty(), after, 2);
      paged.addAll(next);
      after = Optional.of(next.get(next.size() - 1).id());
    }

    assertThat(paged).containsExactlyElementsOf(all);
    assertThat(store().subscriptions().list(linked.account(), Optional.empty(), after, 2))
        .isEmpty();
  }

  @Test
  default void allSubscriptionsAreThereHoweverManyPagesTheyFill() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    List<Subscription> all = new ArrayList<>();
    for (int i = 0; i < 2 * SubscriptionStore.LARGEST_PAGE; i++) {
      all.add(active(linked, now.minusSeconds(i / 2)));
    }
    put(linked.subject(), now, all.toArray(Subscription[]::new));

    assertThat(store().subscriptions().all(linked.account())).containsExactlyElementsOf(all);
  }

  @Test
  default void subscriptionsAreFilteredByStatusBeforeTheyArePaged() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    Subscription ended =
        ASubscription.canceled(linked.customerId(), now.minusSeconds(9)).build();
    Subscription active = active(linked, now);
    Subscription pastDue =
        ASubscription.of(linked.customerId(), SubscriptionStatus.PAST_DUE, now).build();
    put(linked.subject(), now, ended, active, pastDue);

    assertThat(list(linked, Optional.of(SubscriptionStatus.CANCELED), 1)).containsExactly(ended);
    assertThat(list(linked, Optional.of(SubscriptionStatus.PAST_DUE), 101))
        .containsExactly(pastDue);
    assertThat(list(linked, Optional.of(SubscriptionStatus.UNPAID), 101)).isEmpty();
  }

  @Test
  default void aSubscriptionIsFoundByItsAccountWithAllItsValues() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    Subscription full = ASubscription.withEverything(linked.customerId(), linked.account(), now);
    put(linked.subject(), now, full);

    assertThat(store().subscriptions().find(linked.account(), full.id())).contains(full);
    assertThat(list(linked, Optional.empty(), 1)).containsExactly(full);
  }

  @Test
  default void subscriptionOfAnotherAccountIsNotFound() {
    Instant now = Ids.morning();
    Linked owner = Commits.aLinkedCustomer(store(), now);
    Linked other = Commits.aLinkedCustomer(store(), now);
    Subscription owned = active(owner, now);
    put(owner.subject(), now, owned);

    assertThat(store().subscriptions().find(other.account(), owned.id())).isEmpty();
    assertThat(list(other, Optional.empty(), 101)).isEmpty();
    assertThat(store().subscriptions().find(Ids.account(), owned.id())).isEmpty();
    assertThat(store().subscriptions().find(owner.account(), owned.id())).contains(owned);
  }

  @Test
  default void theLinkDecidesWhoseItIsAndNotWhatTheSubscriptionNames() {
    Instant now = Ids.morning();
    Linked owner = Commits.aLinkedCustomer(store(), now);
    Linked named = Commits.aLinkedCustomer(store(), now);
    Subscription subscription =
        ASubscription.active(owner.customerId(), now).madeFor(named.account()).build();
    put(owner.subject(), now, subscription);

    assertThat(list(owner, Optional.empty(), 101)).containsExactly(subscription);
    assertThat(list(named, Optional.empty(), 101)).isEmpty();
    assertThat(store().subscriptions().find(named.account(), subscription.id())).isEmpty();
  }

  @Test
  default void aSubscriptionOfAnUnlinkedCustomerIsNobodys() {
    Instant now = Ids.morning();
    SubjectId subject = Commits.aCustomer();
    var account = Ids.account();
    Subscription subscription =
        ASubscription.active(subject.value(), now).madeFor(account).build();
    put(subject, now, subscription);

    assertThat(store().subscriptions().find(account, subscription.id())).isEmpty();
  }

  @Test
  default void aSubscriptionThatIsGoneAtTheProviderIsNotFound() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    Subscription gone = active(linked, now);
    put(linked.subject(), now, gone);

    Commits.apply(
        store(),
        linked.subject(),
        now,
        List.of(new Change.Tombstone(gone.ref(), now.plusSeconds(1), Source.READ)));

    assertThat(store().subscriptions().find(linked.account(), gone.id())).isEmpty();
    assertThat(list(linked, Optional.empty(), 101)).isEmpty();
  }

  @Test
  default void whatIsScheduledIsListedUntilItIsOver() {
    Instant now = Ids.morning();
    Linked owner = Commits.aLinkedCustomer(store(), now);
    Linked other = Commits.aLinkedCustomer(store(), now);
    SubscriptionSchedule running = schedule(owner, SubscriptionSchedule.Status.ACTIVE, now);
    SubscriptionSchedule newer =
        schedule(owner, SubscriptionSchedule.Status.NOT_STARTED, now.plusSeconds(1));
    SubscriptionSchedule over = schedule(owner, SubscriptionSchedule.Status.RELEASED, now);
    Commits.apply(
        store(),
        owner.subject(),
        now,
        List.of(Commits.put(running, now), Commits.put(newer, now), Commits.put(over, now)));

    assertThat(store().subscriptions().schedules(owner.account())).containsExactly(newer, running);
    assertThat(store().subscriptions().schedules(other.account())).isEmpty();
    assertThat(store().subscriptions().schedules(Ids.account())).isEmpty();
  }

  private static SubscriptionSchedule schedule(
      Linked linked, SubscriptionSchedule.Status status, Instant createdAt) {
    Instant then = createdAt.plusSeconds(3600);
    return new SubscriptionSchedule(
        Ids.next("sub_sched"),
        linked.customerId(),
        Optional.of(Ids.next("sub")),
        status,
        "release",
        List.of(new SubscriptionSchedule.Phase(
            createdAt, then, List.of(new SubscriptionSchedule.Item("price_1", Optional.of(2L))))),
        createdAt,
        Optional.empty(),
        status == SubscriptionSchedule.Status.RELEASED ? Optional.of(then) : Optional.empty(),
        Optional.empty());
  }

  private static Subscription active(Linked linked, Instant createdAt) {
    return ASubscription.active(linked.customerId(), createdAt)
        .madeFor(linked.account())
        .build();
  }

  private void put(SubjectId subject, Instant now, Subscription... subscriptions) {
    List<Change> changes = new ArrayList<>();
    for (Subscription subscription : subscriptions) {
      changes.add(Commits.put(subscription, now));
    }
    Commits.apply(store(), subject, now, changes);
  }

  private List<Subscription> list(Linked linked, Optional<SubscriptionStatus> status, int limit) {
    return store().subscriptions().list(linked.account(), status, Optional.empty(), limit);
  }
}
