package com.tatame.billing.testkit;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.customer.Customer;
import com.tatame.billing.customer.CustomerLink;
import com.tatame.billing.entitlement.AccountEntitlement;
import com.tatame.billing.inbox.EventFilter;
import com.tatame.billing.inbox.EventOutcome;
import com.tatame.billing.inbox.EventStatus;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.CommitResult;
import com.tatame.billing.projection.PendingRead;
import com.tatame.billing.projection.ReadPriority;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.testkit.Commits.Held;
import com.tatame.billing.testkit.Commits.Linked;
import com.tatame.billing.testkit.fixture.ACustomer;
import com.tatame.billing.testkit.fixture.ASubscription;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** When a unit is refused, and that a refused unit leaves nothing behind. */
public interface CommitRefusalContract extends StoreUnderTest {
  /** How often two threads race for one version. */
  int ROUNDS = 1_000;

  /** As in {@link CommitContract#factsOf}. */
  List<Fact> factsOf(SubjectId subject);

  @Test
  default void aUnitThatExpectsAnotherVersionIsStaleAndChangesNothing() {
    Instant now = Ids.morning();
    SubjectId subject = Commits.aCustomer();
    Customer stored = ACustomer.ofNobody(subject.value(), now);
    Customer outdated = ACustomer.named(
        Optional.empty(), subject.value(), "old@example.com", "Old", now.minusSeconds(60));
    Commits.apply(store(), subject, now, List.of(Commits.put(stored, now)));

    for (long wrong : new long[] {0, 2}) {
      assertThat(Commits.commit(
              store(),
              Commits.unit(subject, wrong, Commits.put(outdated, now.plusSeconds(60))),
              now))
          .isEqualTo(new CommitResult.Stale());
    }

    assertThat(Commits.version(store(), subject)).isEqualTo(1);
    assertThat(Commits.known(store(), subject, stored.ref()).rows().get(stored.ref()))
        .satisfies(row -> assertThat(row.state()).contains(stored));
  }

  @Test
  default void aStaleUnitKeepsItsEventsForAnotherTry() {
    Instant now = Ids.morning();
    Held held = Commits.aHeldEvent(store(), now);
    SubjectId subject = Commits.aCustomer();
    Commits.apply(store(), subject, now, List.of());

    assertThat(Commits.commit(store(), Commits.unit(subject, 0, held), now))
        .isEqualTo(new CommitResult.Stale());

    assertThat(store().inbox().status().backlog()).isEqualTo(1);
    assertThat(Commits.commit(store(), Commits.unit(subject, 1, held), now))
        .isEqualTo(new CommitResult.Applied());
  }

  @Test
  default void theSecondOfTwoUnitsOfOneSubjectIsStale() {
    Instant now = Ids.morning();
    SubjectId subject = Commits.aCustomer();
    Subscription first = ASubscription.active(subject.value(), now).build();
    Subscription second = ASubscription.active(subject.value(), now).build();

    List<CommitResult> results = store()
        .projections()
        .commit(
            List.of(
                Commits.unit(subject, 0, Commits.put(first, now)),
                Commits.unit(subject, 0, Commits.put(second, now))),
            now);

    assertThat(results).containsExactly(new CommitResult.Applied(), new CommitResult.Stale());
    assertThat(Commits.version(store(), subject)).isEqualTo(1);
    assertThat(Commits.known(store(), subject).rows()).containsOnlyKeys(first.ref());
  }

  @Test
  default void aUnitWhoseEventAnotherClaimHoldsIsRefused() {
    Instant now = Ids.morning();
    Held slow = Commits.aHeldEvent(store(), now);
    SubjectId subject = Commits.aCustomer();
    Customer customer = ACustomer.ofNobody(subject.value(), now);
    Instant later = now.plus(Commits.LEASE).plusSeconds(1);
    var thief = Ids.claim();
    Held stolen =
        new Held(thief, store().inbox().claim(thief, 1, later, Commits.LEASE).get(0));

    assertThat(Commits.commit(
            store(), Commits.unit(subject, 0, slow, Commits.put(customer, now)), later))
        .isEqualTo(new CommitResult.LeaseLost());
    assertThat(Commits.version(store(), subject)).isZero();
    assertThat(Commits.known(store(), subject, customer.ref()).rows()).isEmpty();

    Unit other = Commits.unit(subject, 0, stolen, Commits.put(customer, now));
    assertThat(Commits.commit(store(), other, later)).isEqualTo(new CommitResult.Applied());
    assertThat(Commits.version(store(), subject)).as("one effect").isEqualTo(1);
  }

  @Test
  default void aUnitIsRefusedOnceTheLeaseOfItsClaimHasRunOut() {
    Instant now = Ids.morning();
    Held slow = Commits.aHeldEvent(store(), now);
    SubjectId subject = Commits.aCustomer();

    assertThat(Commits.commit(
            store(), Commits.unit(subject, 0, slow), now.plus(Commits.LEASE).plusSeconds(1)))
        .isEqualTo(new CommitResult.LeaseLost());

    assertThat(Commits.version(store(), subject)).isZero();
    assertThat(store().inbox().status().backlog()).isEqualTo(1);
  }

  @Test
  default void aUnitWithAClaimThatNeverWasIsRefused() {
    Instant now = Ids.morning();
    Held held = Commits.aHeldEvent(store(), now);
    store()
        .inbox()
        .settle(held.claim(), List.of(new EventOutcome.Release(held.event().seq())), now);

    for (Held forged : List.of(new Held(Ids.claim(), held.event()), held)) {
      assertThat(Commits.commit(store(), Commits.unit(Commits.aCustomer(), 0, forged), now))
          .isEqualTo(new CommitResult.LeaseLost());
    }

    assertThat(store().inbox().status().backlog()).isEqualTo(1);
  }

  @Test
  default void oneLostEventRefusesTheWholeUnitAndKeepsItsOthers() {
    Instant now = Ids.morning();
    List<Held> held = Commits.heldEvents(store(), 2, now);
    SubjectId subject = Commits.aCustomer();
    Customer customer = ACustomer.ofNobody(subject.value(), now);
    long lost = held.get(0).event().seq();
    long kept = held.get(1).event().seq();
    store().inbox().settle(held.get(0).claim(), List.of(new EventOutcome.Release(lost)), now);

    Unit unit = new Unit(
        subject,
        0,
        Optional.of(held.get(0).claim()),
        Set.of(lost, kept),
        List.of(Commits.put(customer, now)));
    assertThat(Commits.commit(store(), unit, now)).isEqualTo(new CommitResult.LeaseLost());

    assertThat(Commits.known(store(), subject, customer.ref()).rows()).isEmpty();
    assertThat(Commits.commit(store(), Commits.unit(subject, 0, held.get(1)), now))
        .isEqualTo(new CommitResult.Applied());
  }

  @Test
  default void aUnitThatIsRepeatedBecauseItsAnswerWasLostIsNotAppliedTwice() {
    Instant now = Ids.morning();
    Held held = Commits.aHeldEvent(store(), now);
    SubjectId subject = Commits.aCustomer();
    Unit unit =
        Commits.unit(subject, 0, held, Commits.put(ACustomer.ofNobody(subject.value(), now), now));
    Commits.commit(store(), unit, now);

    assertThat(Commits.commit(store(), unit, now))
        .isIn(new CommitResult.LeaseLost(), new CommitResult.Stale());

    assertThat(Commits.version(store(), subject)).isEqualTo(1);
  }

  @Test
  default void aViolatedConstraintRefusesTheWholeUnitAndNotItsNeighbours() {
    Instant now = Ids.morning();
    Sweep.pendingReads(store());
    Linked taken = Commits.aLinkedCustomer(store(), now);
    Held held = Commits.aHeldEvent(store(), now);
    SubjectId before = Commits.aCustomer();
    SubjectId poisoned = Commits.aCustomer();
    SubjectId after = Commits.aCustomer();
    Customer customer = ACustomer.of(taken.account(), poisoned.value(), now);
    Subscription subscription = ASubscription.active(poisoned.value(), now).build();
    Unit refused = Commits.unit(
        poisoned,
        0,
        held,
        Commits.put(customer, now),
        Commits.put(subscription, now),
        new Change.Append(subscription.facts().get(0), Optional.of(held.event().id())),
        new Change.RequireRead(subscription.ref(), ReadPriority.ROUTINE, now),
        Commits.entitle(entitlement(taken.account()), now),
        new Change.Link(taken.account(), poisoned.value(), now));

    List<CommitResult> results = store()
        .projections()
        .commit(
            List.of(
                Commits.unit(before, 0, Commits.put(ACustomer.ofNobody(before.value(), now), now)),
                refused,
                Commits.unit(after, 0, Commits.put(ACustomer.ofNobody(after.value(), now), now))),
            now);

    assertThat(results).hasSize(3);
    assertThat(results.get(0)).isEqualTo(new CommitResult.Applied());
    assertThat(results.get(1)).isInstanceOf(CommitResult.Rejected.class);
    assertThat(results.get(2)).isEqualTo(new CommitResult.Applied());
    assertThat(Commits.version(store(), before)).isEqualTo(1);
    assertThat(Commits.version(store(), after)).isEqualTo(1);
    assertThat(Commits.version(store(), poisoned)).isZero();
    assertThat(
            Commits.known(store(), poisoned, customer.ref(), subscription.ref()).rows())
        .isEmpty();
    assertThat(factsOf(poisoned)).isEmpty();
    assertThat(store().projections().pendingReads(10))
        .extracting(PendingRead::subject)
        .doesNotContain(poisoned);
    assertThat(store().usage().read(taken.account(), now).entitlement()).isEmpty();
    assertThat(store().customers().find(taken.account()))
        .map(CustomerLink::customerId)
        .contains(taken.customerId());
    assertThat(
            store().inbox().events(EventFilter.ALL, Optional.empty(), 1).get(0).status())
        .as("the claim still holds the event, to settle it")
        .isEqualTo(EventStatus.PROCESSING);
    assertThat(store()
            .inbox()
            .settle(
                held.claim(), List.of(new EventOutcome.Dead(held.event().seq(), "refused")), now))
        .isEmpty();
  }

  @Test
  default void aSecondAccountForACustomerIsRefused() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    AccountId second = Ids.account();
    long version = Commits.version(store(), linked.subject());

    assertThat(Commits.commit(
            store(),
            Commits.unit(
                linked.subject(), version, new Change.Link(second, linked.customerId(), now)),
            now))
        .isInstanceOf(CommitResult.Rejected.class);

    assertThat(store().customers().find(second)).isEmpty();
    assertThat(Commits.version(store(), linked.subject())).isEqualTo(version);
    assertThat(Commits.known(store(), linked.subject()).linked()).contains(linked.account());
  }

  @Test
  default void ofTwoUnitsThatLinkOneAccountInOneBatchOneIsApplied() {
    Instant now = Ids.morning();
    AccountId account = Ids.account();
    SubjectId one = Commits.aCustomer();
    SubjectId two = Commits.aCustomer();

    List<CommitResult> results = store()
        .projections()
        .commit(
            List.of(
                Commits.unit(one, 0, new Change.Link(account, one.value(), now)),
                Commits.unit(two, 0, new Change.Link(account, two.value(), now))),
            now);

    assertThat(results.get(0)).isEqualTo(new CommitResult.Applied());
    assertThat(results.get(1)).isInstanceOf(CommitResult.Rejected.class);
    assertThat(Commits.version(store(), two)).isZero();
  }

  @Test
  default void ofTwoThreadsThatExpectOneVersionExactlyOneIsApplied() throws Exception {
    Instant now = Ids.morning();
    SubjectId subject = Commits.aCustomer();
    Customer customer = ACustomer.ofNobody(subject.value(), now);
    CyclicBarrier together = new CyclicBarrier(2);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    Callable<List<CommitResult>> racer = () -> {
      List<CommitResult> results = new ArrayList<>();
      for (long round = 0; round < ROUNDS; round++) {
        together.await(60, SECONDS);
        results.add(
            Commits.commit(store(), Commits.unit(subject, round, Commits.put(customer, now)), now));
      }
      return results;
    };
    try {
      Future<List<CommitResult>> left = threads.submit(racer);
      Future<List<CommitResult>> right = threads.submit(racer);
      List<CommitResult> lefts = left.get(120, SECONDS);
      List<CommitResult> rights = right.get(120, SECONDS);
      for (int round = 0; round < ROUNDS; round++) {
        assertThat(List.of(lefts.get(round), rights.get(round)))
            .as("round %d", round)
            .containsExactlyInAnyOrder(new CommitResult.Applied(), new CommitResult.Stale());
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(Commits.version(store(), subject)).isEqualTo(ROUNDS);
  }

  private static AccountEntitlement entitlement(AccountId account) {
    return new AccountEntitlement(account, List.of());
  }
}
