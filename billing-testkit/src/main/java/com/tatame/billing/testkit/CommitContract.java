package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.customer.Customer;
import com.tatame.billing.inbox.EventFilter;
import com.tatame.billing.inbox.EventRecord;
import com.tatame.billing.inbox.EventStatus;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation.Source;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.CommitResult;
import com.tatame.billing.projection.StoredObject;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionStatus;
import com.tatame.billing.testkit.Commits.Held;
import com.tatame.billing.testkit.fixture.ACheckoutSession;
import com.tatame.billing.testkit.fixture.ACustomer;
import com.tatame.billing.testkit.fixture.APrice;
import com.tatame.billing.testkit.fixture.AProduct;
import com.tatame.billing.testkit.fixture.ASubscription;
import com.tatame.billing.testkit.fixture.AnInvoice;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What an applied unit leaves behind. */
public interface CommitContract extends StoreUnderTest {

  /** The facts stored about a subject, in any order; the port itself only appends them. */
  List<Fact> factsOf(SubjectId subject);

  @Test
  default void anAppliedUnitRaisesTheVersionAndShowsItsRows() {
    Instant now = Ids.morning();
    SubjectId subject = Commits.aCustomer();
    Subscription subscription = ASubscription.trialing(subject.value(), now).build();
    assertThat(Commits.version(store(), subject)).isZero();

    CommitResult result =
        Commits.commit(store(), Commits.unit(subject, 0, Commits.put(subscription, now)), now);

    assertThat(result).isEqualTo(new CommitResult.Applied());
    assertThat(Commits.known(store(), subject).version()).isEqualTo(1);
    assertThat(Commits.known(store(), subject).rows())
        .isEqualTo(Map.of(
            subscription.ref(), new StoredObject(Optional.of(subscription), now, Source.READ)));
  }

  @Test
  default void anAppliedUnitEndsItsEvents() {
    Instant now = Ids.morning();
    Held held = Commits.aHeldEvent(store(), now);
    SubjectId subject = Commits.aCustomer();
    Instant later = now.plusSeconds(2);

    CommitResult result = Commits.commit(
        store(),
        Commits.unit(subject, 0, held, Commits.put(ACustomer.ofNobody(subject.value(), now), now)),
        later);

    assertThat(result).isEqualTo(new CommitResult.Applied());
    EventRecord event =
        store().inbox().events(EventFilter.ALL, Optional.empty(), 1).get(0);
    assertThat(event.id()).isEqualTo(held.event().id());
    assertThat(event.status()).isEqualTo(EventStatus.PROCESSED);
    assertThat(event.processedAt()).contains(later);
    assertThat(store().inbox().status().backlog()).isZero();
  }

  @Test
  default void aUnitWithoutChangesStillRaisesTheVersionAndEndsItsEvents() {
    Instant now = Ids.morning();
    Held held = Commits.aHeldEvent(store(), now);
    SubjectId subject = Commits.aCustomer();

    assertThat(Commits.commit(store(), Commits.unit(subject, 0, held), now))
        .isEqualTo(new CommitResult.Applied());

    assertThat(Commits.version(store(), subject)).isEqualTo(1);
    assertThat(store().inbox().status().backlog()).isZero();
  }

  @Test
  default void aPutReplacesTheRowWhole() {
    Instant now = Ids.morning();
    SubjectId subject = Commits.aCustomer();
    Subscription full = ASubscription.withEverything(subject.value(), Ids.account(), now);
    Subscription bare = ASubscription.of(subject.value(), SubscriptionStatus.ACTIVE, now)
        .withId(full.id())
        .build();
    Commits.apply(store(), subject, now, List.of(Commits.put(full, now)));

    Change.Put replacement = new Change.Put(bare, now.plusSeconds(9), Source.SNAPSHOT);
    Commits.apply(store(), subject, now, List.of(replacement));

    assertThat(Commits.known(store(), subject).rows())
        .containsEntry(
            bare.ref(), new StoredObject(Optional.of(bare), now.plusSeconds(9), Source.SNAPSHOT));
  }

  @Test
  default void everyKindOfObjectComesBackAsItWas() {
    Instant now = Ids.morning();
    SubjectId subject = Commits.aCustomer();
    Customer customer = ACustomer.of(Ids.account(), subject.value(), now);
    Subscription subscription =
        ASubscription.withEverything(subject.value(), Ids.account(), now.plusNanos(1_000));
    CheckoutSession session = ACheckoutSession.open(Ids.account(), subject.value(), now);
    List<ProviderObject> objects = List.of(
        customer,
        subscription,
        AnInvoice.withEverything(subject.value(), subscription.id(), now.plusNanos(999_000)),
        session);
    Commits.apply(
        store(),
        subject,
        now,
        objects.stream().<Change>map(o -> Commits.put(o, now)).toList());
    List<ProviderObject> sold = List.of(
        AProduct.archived(now),
        APrice.of("prod_1", now).withLookupKey("pro_monthly").build());
    Commits.store(store(), now, sold.toArray(ProviderObject[]::new));

    ObjectRef[] refs = objects.stream().map(ProviderObject::ref).toArray(ObjectRef[]::new);
    assertThat(Commits.known(store(), subject, refs).rows().values())
        .extracting(row -> row.state().orElseThrow())
        .containsExactlyInAnyOrderElementsOf(objects);
    for (ProviderObject object : sold) {
      assertThat(Commits.known(store(), object.subject(), object.ref()).rows())
          .containsEntry(object.ref(), new StoredObject(Optional.of(object), now, Source.READ));
    }
  }

  @Test
  default void instantsKeepTheirMicroseconds() {
    SubjectId subject = Commits.aCustomer();
    Instant createdAt = Instant.parse("2026-10-25T00:59:59.999999Z");
    Instant asOf = Instant.parse("2026-03-29T01:00:00.000001Z");
    Customer customer = ACustomer.ofNobody(subject.value(), createdAt);

    Commits.apply(store(), subject, asOf, List.of(Commits.put(customer, asOf)));

    StoredObject row = Commits.known(store(), subject, customer.ref()).rows().get(customer.ref());
    assertThat(row).isEqualTo(new StoredObject(Optional.of(customer), asOf, Source.READ));
  }

  @Test
  default void aBuriedObjectLeavesATombstone() {
    Instant now = Ids.morning();
    SubjectId subject = Commits.aCustomer();
    Customer customer = ACustomer.ofNobody(subject.value(), now);
    Commits.apply(store(), subject, now, List.of(Commits.put(customer, now)));

    Instant later = now.plusSeconds(9);
    Commits.apply(
        store(),
        subject,
        later,
        List.of(new Change.Tombstone(customer.ref(), later, Source.SNAPSHOT)));

    assertThat(Commits.known(store(), subject, customer.ref()).rows())
        .containsEntry(customer.ref(), new StoredObject(Optional.empty(), later, Source.SNAPSHOT));
  }

  @Test
  default void anObjectThatWasNeverSeenCanBeBuried() {
    Instant now = Ids.morning();
    SubjectId subject = Commits.aCustomer();
    ObjectRef unknown = ASubscription.active(subject.value(), now).build().ref();

    Commits.apply(store(), subject, now, List.of(new Change.Tombstone(unknown, now, Source.READ)));

    assertThat(Commits.known(store(), subject, unknown).rows())
        .containsEntry(unknown, new StoredObject(Optional.empty(), now, Source.READ));
  }

  @Test
  default void aBuriedObjectThatIsSeenAgainLives() {
    Instant now = Ids.morning();
    SubjectId subject = Commits.aCustomer();
    Customer customer = ACustomer.ofNobody(subject.value(), now);
    Commits.apply(
        store(), subject, now, List.of(new Change.Tombstone(customer.ref(), now, Source.READ)));

    Commits.apply(store(), subject, now, List.of(Commits.put(customer, now)));

    assertThat(Commits.known(store(), subject, customer.ref()).rows())
        .containsEntry(customer.ref(), new StoredObject(Optional.of(customer), now, Source.READ));
  }

  @Test
  default void aFactIsAppendedAsItIs() {
    Instant now = Ids.morning();
    SubjectId subject = Commits.aCustomer();
    Fact paid = new Fact(
        Ids.next("in") + ":paid",
        "invoice.paid",
        subject,
        Optional.of("sub_1"),
        Optional.of(new Money(-999, "eur")),
        "paid",
        now);
    Fact created = new Fact(
        Ids.next("sub") + ":created",
        "subscription.created",
        subject,
        Optional.empty(),
        Optional.empty(),
        "created",
        now);

    Commits.apply(
        store(),
        subject,
        now,
        List.of(
            new Change.Append(paid, Optional.of("evt_1")),
            new Change.Append(created, Optional.empty())));

    assertThat(factsOf(subject)).containsExactlyInAnyOrder(paid, created);
  }

  @Test
  default void aFactIsAppendedOnceAndTheFirstOneStays() {
    Instant now = Ids.morning();
    SubjectId subject = Commits.aCustomer();
    Fact first = fact(subject, Ids.next("in") + ":paid", now);
    Fact second = fact(subject, first.key(), now.plusSeconds(60));
    Commits.apply(store(), subject, now, List.of(new Change.Append(first, Optional.of("evt_1"))));

    Commits.apply(store(), subject, now, List.of(new Change.Append(second, Optional.of("evt_2"))));

    assertThat(factsOf(subject)).containsExactly(first);
  }

  @Test
  default void aBatchOfManyUnitsAppliesEachOfThem() {
    Instant now = Ids.morning();
    List<Customer> customers = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      customers.add(ACustomer.ofNobody(Ids.next("cus"), now));
    }

    Commits.store(store(), now, customers.toArray(ProviderObject[]::new));

    assertThat(customers)
        .allSatisfy(customer -> assertThat(
                Commits.known(store(), customer.subject(), customer.ref()).rows())
            .containsKey(customer.ref()));
  }

  @Test
  default void resultsStandInTheOrderOfTheUnits() {
    Instant now = Ids.morning();
    SubjectId late = new SubjectId("zz_" + Ids.next("cus"));
    SubjectId stale = Commits.aCustomer();
    SubjectId early = new SubjectId("aa_" + Ids.next("cus"));

    assertThat(store()
            .projections()
            .commit(
                List.of(Commits.unit(late, 0), Commits.unit(stale, 7), Commits.unit(early, 0)),
                now))
        .containsExactly(
            new CommitResult.Applied(), new CommitResult.Stale(), new CommitResult.Applied());
  }

  @Test
  default void twoUnitsOfABatchThatWriteOneRowAreBothApplied() {
    Instant now = Ids.morning();
    Subscription moved = ASubscription.active(Ids.next("cus"), now).build();
    SubjectId former = Commits.aCustomer();
    Fact fact = moved.facts().get(0);
    Change put = Commits.put(moved, now);
    Change append = new Change.Append(fact, Optional.empty());

    assertThat(store()
            .projections()
            .commit(
                List.of(
                    Commits.unit(moved.subject(), 0, put, append),
                    Commits.unit(former, 0, put, append)),
                now))
        .containsExactly(new CommitResult.Applied(), new CommitResult.Applied());

    assertThat(Commits.known(store(), moved.subject()).rows()).containsOnlyKeys(moved.ref());
    assertThat(factsOf(moved.subject())).containsExactly(fact);
  }

  @Test
  default void committingNothingAnswersNothing() {
    assertThat(store().projections().commit(List.of(), Ids.morning())).isEmpty();
  }

  @Test
  default void severalEventsOfASubjectEndWithItsUnit() {
    Instant now = Ids.morning();
    List<Held> held = Commits.heldEvents(store(), 3, now);
    SubjectId subject = Commits.aCustomer();

    CommitResult result = Commits.commit(
        store(),
        new Unit(
            subject,
            0,
            Optional.of(held.get(0).claim()),
            Set.of(
                held.get(0).event().seq(),
                held.get(1).event().seq(),
                held.get(2).event().seq()),
            List.of()),
        now);

    assertThat(result).isEqualTo(new CommitResult.Applied());
    assertThat(store().inbox().status().backlog()).isZero();
  }

  private static Fact fact(SubjectId subject, String key, Instant at) {
    return new Fact(key, "invoice.paid", subject, Optional.empty(), Optional.empty(), "paid", at);
  }
}
