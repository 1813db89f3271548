package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation.Source;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.CommitResult;
import com.tatame.billing.projection.PendingRead;
import com.tatame.billing.projection.ReadPriority;
import com.tatame.billing.projection.StoredObject;
import com.tatame.billing.testkit.fixture.ACheckoutSession;
import com.tatame.billing.testkit.fixture.ACustomer;
import com.tatame.billing.testkit.fixture.APrice;
import com.tatame.billing.testkit.fixture.AProduct;
import com.tatame.billing.testkit.fixture.ASubscription;
import com.tatame.billing.testkit.fixture.AnInvoice;
import com.tatame.billing.testkit.fixture.Ids;
import com.tatame.billing.testkit.fixture.Mirrored;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What every kind of mirrored object can be relied on for. */
public interface MirrorContract extends StoreUnderTest {

  @Test
  default void anObjectOfEachKindComesBackAsItWas() {
    Instant now = Ids.morning();
    List<ProviderObject> objects = oneOfEachKind(now);
    assertThat(objects).extracting(ProviderObject::kind).containsAll(Set.of(ObjectKind.values()));

    putAll(objects, now);

    assertStored(objects, now);
  }

  @Test
  default void anObjectOfEachKindComesBackWithoutWhatItCanBeWithout() {
    Instant now = Ids.morning();
    List<ProviderObject> objects = Mirrored.bare(Ids.next("cus"), now);

    putAll(objects, now);

    assertStored(objects, now);
  }

  @Test
  default void anObjectOfEachKindCanBeBuriedAndSeenAgain() {
    Instant now = Ids.morning();
    List<ProviderObject> objects = oneOfEachKind(now);
    putAll(objects, now);

    Instant later = now.plusSeconds(5);
    for (ProviderObject object : objects) {
      Change tombstone = new Change.Tombstone(object.ref(), later, Source.SNAPSHOT);
      Commits.apply(store(), object.subject(), later, List.of(tombstone));
      assertThat(stored(object))
          .contains(new StoredObject(Optional.empty(), later, Source.SNAPSHOT));
    }

    putAll(objects, later);
    assertStored(objects, later);
  }

  @Test
  default void anObjectOfEachKindThatWasNeverSeenCanBeBuried() {
    Instant now = Ids.morning();
    for (ProviderObject object : oneOfEachKind(now)) {
      Change tombstone = new Change.Tombstone(object.ref(), now, Source.READ);
      Commits.apply(store(), object.subject(), now, List.of(tombstone));
      assertThat(stored(object)).contains(new StoredObject(Optional.empty(), now, Source.READ));
    }
  }

  @Test
  default void anObjectOfEachKindCanBeOwedARead() {
    Instant now = Ids.morning();
    List<ProviderObject> objects = oneOfEachKind(now);
    Sweep.pendingReads(store());
    for (ProviderObject object : objects) {
      Change owed = new Change.RequireRead(object.ref(), ReadPriority.ROUTINE, now);
      Commits.apply(store(), object.subject(), now, List.of(owed));
    }

    List<PendingRead> pending = store().projections().pendingReads(objects.size() + 1);
    assertThat(pending)
        .containsExactlyInAnyOrderElementsOf(objects.stream()
            .map(object ->
                new PendingRead(object.ref(), object.subject(), ReadPriority.ROUTINE, now))
            .toList());

    for (ProviderObject object : objects) {
      Change settle = new Change.SettleRead(object.ref());
      Commits.apply(store(), object.subject(), now, List.of(settle));
    }
    assertThat(store().projections().pendingReads(1)).isEmpty();
  }

  @Test
  default void twoKindsMayUseOneId() {
    Instant now = Ids.morning();
    SubjectId subject = Commits.aCustomer();
    List<ProviderObject> objects = Mirrored.full(subject.value(), now);
    ObjectRef code = objects.get(7).ref();
    ObjectRef coupon = new ObjectRef(ObjectKind.COUPON, code.id());
    assertThat(code.kind()).isEqualTo(ObjectKind.PROMOTION_CODE);

    Commits.apply(
        store(),
        subject,
        now,
        List.of(Commits.put(objects.get(7), now), new Change.Tombstone(coupon, now, Source.READ)));

    assertThat(Commits.known(store(), subject, code).rows()).containsOnlyKeys(code);
    assertThat(Commits.known(store(), subject, code, coupon).rows())
        .containsOnlyKeys(code, coupon)
        .containsEntry(coupon, new StoredObject(Optional.empty(), now, Source.READ));
  }

  @Test
  default void aStaleUnitLeavesNoObjectOfAnyKindBehind() {
    Instant now = Ids.morning();
    SubjectId subject = Commits.aCustomer();
    SubjectId neighbour = Commits.aCustomer();
    Change[] stale = puts(Mirrored.full(subject.value(), now), now);
    List<ProviderObject> kept = Mirrored.full(neighbour.value(), now);

    assertThat(store()
            .projections()
            .commit(
                List.of(
                    Commits.unit(subject, 7, stale), Commits.unit(neighbour, 0, puts(kept, now))),
                now))
        .containsExactly(new CommitResult.Stale(), new CommitResult.Applied());

    for (Change change : stale) {
      ObjectRef object = ((Change.Put) change).state().ref();
      assertThat(Commits.known(store(), subject, object).rows()).isEmpty();
    }
    kept.forEach(
        object -> assertThat(Commits.known(store(), neighbour, object.ref()).rows())
            .containsOnlyKeys(object.ref()));
  }

  private static Change[] puts(List<ProviderObject> objects, Instant now) {
    return objects.stream().map(object -> Commits.put(object, now)).toArray(Change[]::new);
  }

  private static List<ProviderObject> oneOfEachKind(Instant now) {
    String customer = Ids.next("cus");
    List<ProviderObject> objects = new ArrayList<>(Mirrored.full(customer, now));
    assertThat(objects)
        .extracting(ProviderObject::kind)
        .containsExactlyInAnyOrderElementsOf(
            EnumSet.range(ObjectKind.PAYMENT_METHOD, ObjectKind.SUBSCRIPTION_SCHEDULE));
    Stream.of(
            ACustomer.ofNobody(customer, now),
            ASubscription.withEverything(customer, Ids.account(), now),
            AnInvoice.withEverything(customer, "sub_1", now),
            ACheckoutSession.open(Ids.account(), customer, now),
            AProduct.active(now),
            APrice.of(Ids.next("prod"), now).build())
        .forEach(objects::add);
    return objects;
  }

  private void putAll(List<ProviderObject> objects, Instant now) {
    for (ProviderObject object : objects) {
      Commits.apply(store(), object.subject(), now, List.of(Commits.put(object, now)));
    }
  }

  private void assertStored(List<ProviderObject> objects, Instant now) {
    assertThat(objects)
        .allSatisfy(object -> assertThat(stored(object))
            .contains(new StoredObject(Optional.of(object), now, Source.READ)));
  }

  private Optional<StoredObject> stored(ProviderObject object) {
    return Optional.ofNullable(
        Commits.known(store(), object.subject(), object.ref()).rows().get(object.ref()));
  }
}
