package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Product;
import com.tatame.billing.drift.Drift;
import com.tatame.billing.drift.Drift.Cause;
import com.tatame.billing.drift.MirroredObject;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation.Source;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.RowChange;
import com.tatame.billing.testkit.fixture.ACustomer;
import com.tatame.billing.testkit.fixture.AProduct;
import com.tatame.billing.testkit.fixture.ASubscription;
import com.tatame.billing.testkit.fixture.Ids;
import com.tatame.billing.testkit.fixture.Mirrored;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Which customers were compared with the provider, and what differed. */
public interface DriftStoreContract extends StoreUnderTest {
  @Test
  default void customersAreWalkedThroughById() {
    Instant now = Ids.morning();
    String last = Ids.next("cus");
    List<String> mine = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String id = Ids.next("cus");
      mine.add(id);
      Commits.apply(
          store(),
          new SubjectId(id),
          now,
          List.of(new Change.Put(ACustomer.ofNobody(id, now), now, Source.READ)));
    }
    Commits.apply(
        store(),
        new SubjectId(mine.get(1)),
        now,
        List.of(
            new Change.Tombstone(ACustomer.ofNobody(mine.get(1), now).ref(), now, Source.READ)));

    List<String> first = store().drift().customers(Optional.of(last), 2);
    assertThat(first).containsExactly(mine.get(0), mine.get(2));
    assertThat(store().drift().customers(Optional.of(mine.get(2)), 2)).startsWith(mine.get(3));
    assertThat(store().drift().customers(Optional.empty(), 101)).isSorted();
  }

  @Test
  default void aLinkedCustomerWithoutARowIsWalkedThroughToo() {
    Instant now = Ids.morning();
    String before = Ids.next("cus");
    String mirrored = Ids.next("cus");
    String missing = Ids.next("cus");
    AccountId account = Ids.account();
    Commits.apply(
        store(),
        new SubjectId(mirrored),
        now,
        List.of(new Change.Put(ACustomer.ofNobody(mirrored, now), now, Source.READ)));
    Commits.apply(
        store(), new SubjectId(missing), now, List.of(new Change.Link(account, missing, now)));

    assertThat(store().drift().customers(Optional.of(before), 2))
        .containsExactly(mirrored, missing);
    assertThat(store().drift().customers(Optional.of(before), 1)).containsExactly(mirrored);
    assertThat(store().drift().customers(Optional.of(mirrored), 1)).containsExactly(missing);
  }

  @Test
  default void objectsOfEveryKindAreWalkedThroughByKindAndId() {
    Instant now = Ids.morning();
    String customer = Ids.next("cus");
    List<ProviderObject> objects = new ArrayList<>(Mirrored.full(customer, now));
    objects.add(ACustomer.ofNobody(customer, now));
    objects.add(ASubscription.active(customer, now).build());
    objects.add(AProduct.active(now));
    for (ProviderObject object : objects) {
      Commits.apply(
          store(), object.subject(), now, List.of(new Change.Put(object, now, Source.READ)));
    }

    for (ProviderObject object : objects) {
      boolean withCustomer =
          Set.of(ObjectKind.CUSTOMER, ObjectKind.SUBSCRIPTION).contains(object.kind());
      MirroredObject row =
          new MirroredObject(object.ref(), object.subject(), withCustomer, List.of());
      assertThat(store().drift().object(object.ref())).contains(row);
      assertThat(store().drift().objects(Optional.of(before(object.ref())), 1))
          .containsExactly(row);
    }
    assertThat(store().drift().object(new ObjectRef(ObjectKind.PRICE, Ids.next("price"))))
        .isEmpty();
    List<MirroredObject> page = store().drift().objects(Optional.empty(), 101);
    assertThat(page)
        .isSortedAccordingTo(
            Comparator.comparing((MirroredObject row) -> row.object().kind().code())
                .thenComparing(row -> row.object().id()));
    assertThat(store().drift().objects(Optional.of(page.get(0).object()), 2))
        .containsExactlyElementsOf(page.subList(1, 3));
  }

  @Test
  default void objectsThatAreGoneAreWalkedThrough() {
    Instant now = Ids.morning();
    Product product = AProduct.active(now);
    Commits.apply(
        store(), product.subject(), now, List.of(new Change.Put(product, now, Source.READ)));
    Commits.apply(
        store(),
        product.subject(),
        now,
        List.of(new Change.Tombstone(product.ref(), now.plusSeconds(1), Source.READ)));

    assertThat(store().drift().objects(Optional.of(before(product.ref())), 1))
        .containsExactly(new MirroredObject(product.ref(), product.subject(), false, List.of()));
  }

  @Test
  default void onlyOpenDifferencesAreCounted() {
    Instant now = Ids.morning();
    long before = store().drift().open();
    Drift first = drift(Ids.next("cus"), Ids.next("sub"), now);
    Drift second = drift(first.customerId(), Ids.next("sub"), now.plusSeconds(1));
    store().drift().report(first);
    store().drift().report(second);
    assertThat(store().drift().open()).isEqualTo(before + 2);

    store().drift().repaired(List.of(first.id()), "monitor", now.plusSeconds(2), Optional.empty());

    assertThat(store().drift().open()).isEqualTo(before + 1);
    assertThat(store().drift().openOf(first.customerId())).containsExactly(second);
  }

  /** The last possible object before this one, of the same kind. */
  private static ObjectRef before(ObjectRef object) {
    int last = object.id().length() - 1;
    return new ObjectRef(
        object.kind(),
        object.id().substring(0, last) + (char) (object.id().charAt(last) - 1) + "~");
  }

  @Test
  default void theLastProofOfACustomerIsKept() {
    Instant now = Ids.morning();
    String customer = Ids.next("cus");
    assertThat(store().drift().provenAt(customer)).isEmpty();

    store().drift().prove(customer, now);
    store().drift().prove(customer, now.plusSeconds(60));

    assertThat(store().drift().provenAt(customer)).contains(now.plusSeconds(60));
  }

  @Test
  default void whatDiffersIsListedNewestFirstUntilItIsRepaired() {
    Instant now = Ids.morning();
    Drift first = drift(Ids.next("cus"), Ids.next("sub"), now);
    Drift second = drift(Ids.next("cus"), Ids.next("sub"), now.plusSeconds(1));
    store().drift().report(first);
    store().drift().report(second);

    assertThat(store().drift().list(true, Optional.empty(), 2)).containsExactly(second, first);
    assertThat(store().drift().list(true, Optional.of(second.id()), 1)).containsExactly(first);
    assertThat(store().drift().find(first.id())).contains(first);
    assertThat(store().drift().find(Ids.next("drift"))).isEmpty();

    assertThat(store().drift().openOf(second.customerId())).containsExactly(second);
    store().drift().repaired(List.of(second.id()), "ada", now.plusSeconds(5), Optional.empty());
    store().drift().repaired(List.of(second.id()), "eve", now.plusSeconds(6), Optional.empty());

    assertThat(store().drift().list(true, Optional.empty(), 1)).containsExactly(first);
    Drift repaired = store().drift().list(false, Optional.empty(), 1).get(0);
    assertThat(repaired.id()).isEqualTo(second.id());
    assertThat(repaired.repairedAt()).contains(now.plusSeconds(5));
    assertThat(repaired.repairedBy()).contains("ada");
    assertThat(store().drift().find(first.id()).orElseThrow().repairedAt()).isEmpty();
  }

  @Test
  default void aDifferenceThatIsOpenIsNotListedTwice() {
    Instant now = Ids.morning();
    String customer = Ids.next("cus");
    String subscription = Ids.next("sub");
    Drift first = drift(customer, subscription, now);
    store().drift().report(first);
    RowChange later = new RowChange(
        "subscription", subscription, new TreeMap<>(), new TreeMap<>(Map.of("status", "canceled")));
    store()
        .drift()
        .report(new Drift(
            Ids.next("drift"),
            customer,
            later,
            Cause.DEAD_LETTER,
            now.plusSeconds(60),
            Optional.empty(),
            Optional.empty()));

    assertThat(store().drift().list(true, Optional.empty(), 1)).singleElement().satisfies(open -> {
      assertThat(open.id()).isEqualTo(first.id());
      assertThat(open.foundAt()).isEqualTo(now);
      assertThat(open.cause()).isEqualTo(Cause.DEAD_LETTER);
      assertThat(open.difference()).isEqualTo(later);
    });

    store().drift().repaired(List.of(first.id()), "monitor", now.plusSeconds(61), Optional.empty());
    Drift again = drift(customer, subscription, now.plusSeconds(120));
    store().drift().report(again);
    assertThat(store().drift().list(true, Optional.empty(), 1)).containsExactly(again);
  }

  @Test
  default void everyCauseIsKept() {
    Instant now = Ids.morning();
    for (Cause cause : Cause.values()) {
      Drift example = drift(Ids.next("cus"), Ids.next("sub"), now);
      Drift reported = new Drift(
          example.id(),
          example.customerId(),
          example.difference(),
          cause,
          now,
          Optional.empty(),
          Optional.empty());
      store().drift().report(reported);

      assertThat(store().drift().find(reported.id())).contains(reported);
    }
  }

  private static Drift drift(String customer, String subscription, Instant at) {
    return new Drift(
        Ids.next("drift"),
        customer,
        new RowChange(
            "subscription",
            subscription,
            new TreeMap<>(Map.of("status", "active", "items[0].quantity", "2")),
            new TreeMap<>(Map.of("status", "past_due", "cancelAt", "2026-01-31T09:00:00Z"))),
        Cause.EVENT_MISSED,
        at,
        Optional.empty(),
        Optional.empty());
  }
}
