package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Discount;
import com.tatame.billing.catalog.ItemSale;
import com.tatame.billing.catalog.Period;
import com.tatame.billing.entitlement.Draw;
import com.tatame.billing.entitlement.Draw.Offer;
import com.tatame.billing.entitlement.DrawResult;
import com.tatame.billing.entitlement.Place;
import com.tatame.billing.entitlement.ReservationStore;
import com.tatame.billing.entitlement.ReservationStore.Held;
import com.tatame.billing.entitlement.ReservationStore.Outcome;
import com.tatame.billing.entitlement.Tally;
import com.tatame.billing.entitlement.UsageRow;
import com.tatame.billing.money.Money;
import com.tatame.billing.purchase.Purchase;
import com.tatame.billing.purchase.PurchaseStore.Giving;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Units that sales hold, decided about once; and what is given for units, together with them. */
public interface ReservationStoreContract extends StoreUnderTest {
  Instant AT_NOON = Instant.parse("2026-03-15T12:00:00Z");
  Period IN_MARCH =
      new Period(Instant.parse("2026-03-01T00:00:00Z"), Instant.parse("2026-04-01T00:00:00Z"));
  Offer TWO_INCLUDED = new Offer(Place.INCLUDED, Optional.of(2L), Optional.empty());
  Offer ONE_OVERAGE = new Offer(Place.OVERAGE, Optional.of(1L), Optional.of(20));

  @Test
  default void aUnitThatASaleTookIsHeldUntilItIsDecidedAbout() {
    AccountId account = Ids.account();
    Draw taken = draw(account, "sale", AT_NOON);
    consume(taken);
    consume(draw(account, "use", AT_NOON));

    assertThat(heldOf(account)).containsExactly(new Held(account, taken.id(), AT_NOON));
    assertThat(used(account)).isEqualTo(new Tally(2, 0, 0));
  }

  @Test
  default void aUnitThatIsKeptStaysTaken() {
    AccountId account = Ids.account();
    Draw taken = draw(account, "sale", AT_NOON);
    consume(taken);

    assertThat(settle(account, taken, Outcome.KEPT)).isTrue();
    assertThat(settle(account, taken, Outcome.RETURNED)).isFalse();
    assertThat(settle(account, taken, Outcome.KEPT)).isFalse();

    assertThat(heldOf(account)).isEmpty();
    assertThat(used(account)).isEqualTo(new Tally(1, 0, 0));
  }

  @Test
  default void aUnitThatIsReturnedGoesBackToItsPlaceOnceAndForGood() {
    AccountId account = Ids.account();
    Draw included = draw(account, "sale", AT_NOON);
    Draw overage = draw(account, "sale", AT_NOON, ONE_OVERAGE);
    consume(included);
    consume(overage);
    assertThat(used(account)).isEqualTo(new Tally(1, 1, 0));

    assertThat(settle(account, overage, Outcome.RETURNED)).isTrue();
    assertThat(settle(account, overage, Outcome.RETURNED)).isFalse();
    assertThat(settle(account, overage, Outcome.KEPT)).isFalse();

    assertThat(used(account)).isEqualTo(new Tally(1, 0, 0));
    assertThat(heldOf(account)).extracting(Held::id).containsExactly(included.id());
    DrawResult again = consume(overage);
    assertThat(((DrawResult.Granted) again).consumption().releasedAt())
        .as("the sale does not take it anew")
        .isPresent();
    assertThat(used(account)).isEqualTo(new Tally(1, 0, 0));
  }

  @Test
  default void nobodyDecidesAboutAnothersUnitOrOneThatNoSaleTook() {
    AccountId account = Ids.account();
    Draw taken = draw(account, "sale", AT_NOON);
    Draw own = draw(account, "use", AT_NOON);
    consume(taken);
    consume(own);

    assertThat(settle(Ids.account(), taken, Outcome.RETURNED)).isFalse();
    assertThat(settle(account, own, Outcome.RETURNED)).isFalse();

    assertThat(used(account)).isEqualTo(new Tally(2, 0, 0));
  }

  @Test
  default void unitsAreListedFirstComeFirst() {
    List<Draw> draws = new ArrayList<>();
    AccountId account = Ids.account();
    for (int second : new int[] {3, 1, 2, 1}) {
      Draw draw = draw(account, "sale", AT_NOON.plusSeconds(second), ANY);
      consume(draw);
      draws.add(draw);
    }

    List<String> listed = heldOf(account).stream().map(Held::id).toList();

    List<String> twins = new ArrayList<>(List.of(draws.get(1).id(), draws.get(3).id()));
    twins.sort(null);
    assertThat(listed)
        .containsExactly(
            twins.get(0), twins.get(1), draws.get(2).id(), draws.get(0).id());
  }

  @Test
  default void ofManyWhoDecideAtOnceOneDoes() throws Exception {
    AccountId account = Ids.account();
    Draw taken = draw(account, "sale", AT_NOON);
    consume(taken);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<Boolean>> decisions = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        Outcome outcome = i % 2 == 0 ? Outcome.RETURNED : Outcome.KEPT;
        decisions.add(threads.submit(() -> settle(account, taken, outcome)));
      }
      int decided = 0;
      for (Future<Boolean> decision : decisions) {
        decided += decision.get(60, TimeUnit.SECONDS) ? 1 : 0;
      }
      assertThat(decided).isEqualTo(1);
      assertThat(used(account).included()).isBetween(0L, 1L);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  default void whatIsGivenForAUnitIsAPurchaseAndItsUnitIsKept() {
    AccountId account = Ids.account();
    Draw draw = draw(account, "sale", AT_NOON);
    Purchase purchase = given(account, "quiz-1");

    Giving giving = store().purchases().give(purchase, draw);

    assertThat(giving.draw()).isInstanceOf(DrawResult.Granted.class);
    assertThat(giving.purchase()).contains(purchase);
    assertThat(store().purchases().find(account, purchase.id())).contains(purchase);
    assertThat(store().purchases().list(account, Optional.empty(), 10)).containsExactly(purchase);
    assertThat(store().purchases().given(account, draw.key())).contains(purchase);
    assertThat(store().purchases().given(Ids.account(), draw.key())).isEmpty();
    assertThat(used(account)).isEqualTo(new Tally(1, 0, 0));
    assertThat(heldOf(account)).isEmpty();
    assertThat(settle(account, draw, Outcome.RETURNED)).isFalse();
  }

  @Test
  default void underOneKeyOneUnitIsTakenAndOnePurchaseGiven() {
    AccountId account = Ids.account();
    Draw first = draw(account, "sale", AT_NOON);
    Purchase purchase = given(account, "quiz-1");
    store().purchases().give(purchase, first);
    Draw again = underKeyOf(first, Ids.next("sale"));

    Giving second = store().purchases().give(given(account, "quiz-1"), again);

    assertThat(second.purchase()).contains(purchase);
    assertThat(used(account)).isEqualTo(new Tally(1, 0, 0));
    assertThat(store().purchases().list(account, Optional.empty(), 10)).containsExactly(purchase);
  }

  @Test
  default void theSameItemIsGivenAsOftenAsThereAreUnits() {
    AccountId account = Ids.account();
    Set<Purchase> given = new HashSet<>();
    for (int i = 0; i < 2; i++) {
      store()
          .purchases()
          .give(given(account, "quiz-1"), draw(account, "sale", AT_NOON))
          .purchase()
          .ifPresent(given::add);
    }

    Giving third =
        store().purchases().give(given(account, "quiz-1"), draw(account, "sale", AT_NOON));

    assertThat(given).hasSize(2);
    assertThat(third.draw()).isInstanceOf(DrawResult.Denied.class);
    assertThat(third.purchase()).isEmpty();
    assertThat(store().purchases().list(account, Optional.empty(), 10))
        .containsExactlyInAnyOrderElementsOf(given);
    Purchase forNothing = given(account, "quiz-1");
    assertThat(store().purchases().addFree(forNothing)).isEqualTo(forNothing);
  }

  @Test
  default void whatIsStaleOrKeptForSomethingElseIsNotGiven() {
    AccountId account = Ids.account();
    Draw stale = draw(account, "sale", AT_NOON);
    Draw other = new Draw(
        stale.id(),
        account,
        stale.feature(),
        stale.key(),
        "another wish",
        stale.version(),
        stale.tier(),
        stale.period(),
        stale.offers(),
        1,
        AT_NOON,
        false,
        Map.of());
    Purchase purchase = given(account, "quiz-1");

    assertThat(store().purchases().give(purchase, withVersion(stale, "another version")))
        .isEqualTo(new Giving(new DrawResult.Stale(), Optional.empty()));
    store().purchases().give(purchase, stale);
    assertThat(store().purchases().give(given(account, "quiz-1"), other))
        .isEqualTo(new Giving(new DrawResult.KeyReused(), Optional.empty()));

    assertThat(used(account)).isEqualTo(new Tally(1, 0, 0));
  }

  @Test
  default void ofManyWhoTakeTheLastUnitsAtOnceNoMoreAreGivenThanThereAre() throws Exception {
    AccountId account = Ids.account();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<Giving>> wishes = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        Purchase purchase = given(account, "quiz-" + i % 3);
        Draw draw = draw(account, "sale", AT_NOON);
        wishes.add(threads.submit(() -> store().purchases().give(purchase, draw)));
      }
      int given = 0;
      for (Future<Giving> wish : wishes) {
        given += wish.get(60, TimeUnit.SECONDS).purchase().isPresent() ? 1 : 0;
      }
      assertThat(given).isEqualTo(2);
      assertThat(used(account)).isEqualTo(new Tally(2, 0, 0));
      assertThat(store().purchases().list(account, Optional.empty(), 10)).hasSize(2);
    } finally {
      threads.shutdownNow();
    }
  }

  Offer ANY = new Offer(Place.FULL_PRICE, Optional.empty(), Optional.of(0));

  private DrawResult consume(Draw draw) {
    return store().usage().consume(List.of(draw)).get(0);
  }

  private boolean settle(AccountId account, Draw draw, Outcome outcome) {
    return store().reservations().settle(account, draw.id(), outcome, AT_NOON.plusSeconds(60));
  }

  private Tally used(AccountId account) {
    return store().usage().read(account, AT_NOON).open().stream()
        .map(UsageRow::used)
        .reduce(Tally.NONE, Tally::plus);
  }

  // Others use the store, too, and their units are listed as well.
  private List<Held> heldOf(AccountId account) {
    ReservationStore reservations = store().reservations();
    List<Held> own = new ArrayList<>();
    Optional<Held> after = Optional.empty();
    do {
      List<Held> page = reservations.held(after, 3);
      page.stream().filter(held -> held.account().equals(account)).forEach(own::add);
      after = page.isEmpty() ? Optional.empty() : Optional.of(page.get(page.size() - 1));
    } while (after.isPresent());
    return own;
  }

  private static Draw draw(AccountId account, String prefix, Instant at, Offer... offers) {
    String id = Ids.next(prefix);
    return new Draw(
        id,
        account,
        "quiz",
        id,
        "a wish",
        "",
        "free",
        IN_MARCH,
        offers.length == 0 ? List.of(TWO_INCLUDED) : List.of(offers),
        1,
        at,
        false,
        Map.of());
  }

  private static Draw underKeyOf(Draw first, String id) {
    return new Draw(
        id,
        first.account(),
        first.feature(),
        first.key(),
        first.fingerprint(),
        first.version(),
        first.tier(),
        first.period(),
        first.offers(),
        1,
        first.at(),
        false,
        Map.of());
  }

  private static Draw withVersion(Draw draw, String version) {
    return new Draw(
        draw.id(),
        draw.account(),
        draw.feature(),
        draw.key(),
        draw.fingerprint(),
        version,
        draw.tier(),
        draw.period(),
        draw.offers(),
        1,
        draw.at(),
        false,
        Map.of());
  }

  private static Purchase given(AccountId account, String item) {
    String id = Ids.next("pur");
    ItemSale sale = new ItemSale(
        id, item, "quiz", new Money(15_00, "usd"), Optional.of(new Discount(100, "included")));
    return Purchase.free(id, account, sale, AT_NOON);
  }
}
