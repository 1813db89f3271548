package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.drift.Drift;
import com.tatame.billing.drift.Drift.Cause;
import com.tatame.billing.observation.Observation.Source;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.RowChange;
import com.tatame.billing.testkit.fixture.ACustomer;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    store().drift().repaired(second.customerId(), "ada", now.plusSeconds(5));

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

    store().drift().repaired(customer, "monitor", now.plusSeconds(61));
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
