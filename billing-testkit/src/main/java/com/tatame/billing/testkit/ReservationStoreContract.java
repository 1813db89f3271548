package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.catalog.Discount;
import com.tatame.billing.catalog.ItemSale;
import com.tatame.billing.catalog.Period;
import com.tatame.billing.entitlement.DebitResult;
import com.tatame.billing.entitlement.PriceBand;
import com.tatame.billing.entitlement.ReservationStore;
import com.tatame.billing.entitlement.ReservationStore.Held;
import com.tatame.billing.entitlement.ReservationStore.Outcome;
import com.tatame.billing.entitlement.UsageDebit;
import com.tatame.billing.entitlement.UsageDebit.Offer;
import com.tatame.billing.entitlement.UsageRow;
import com.tatame.billing.entitlement.UsageTally;
import com.tatame.billing.money.Money;
import com.tatame.billing.purchase.Purchase;
import com.tatame.billing.purchase.PurchaseStore.Giving;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
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
  Offer TWO_INCLUDED = new Offer(PriceBand.INCLUDED, Optional.of(2L), Optional.empty());
  Offer ONE_OVERAGE = new Offer(PriceBand.OVERAGE, Optional.of(1L), Optional.of(20));

  @Test
  default void aUnitThatASaleTookIsHeldUntilItIsDecidedAbout() {
    AccountId account = Ids.account();
    UsageDebit taken = debit(account, "sale", AT_NOON);
    consume(taken);
    consume(debit(account, "use", AT_NOON));

    assertThat(heldOf(account)).containsExactly(new Held(account, taken.id(), AT_NOON));
    assertThat(used(account)).isEqualTo(new UsageTally(2, 0, 0));
  }

  @Test
  default void aUnitThatIsKeptStaysTaken() {
    AccountId account = Ids.account();
    UsageDebit taken = debit(account, "sale", AT_NOON);
    consume(taken);

    assertThat(settle(account, taken, Outcome.KEPT)).isTrue();
    assertThat(settle(account, taken, Outcome.RETURNED)).isFalse();
    assertThat(settle(account, taken, Outcome.KEPT)).isFalse();

    assertThat(heldOf(account)).isEmpty();
    assertThat(used(account)).isEqualTo(new UsageTally(1, 0, 0));
  }

  @Test
  default void aUnitThatIsReturnedGoesBackToItsPlaceOnceAndForGood() {
    AccountId account = Ids.account();
    UsageDebit included = debit(account, "sale", AT_NOON);
    UsageDebit overage = debit(account, "sale", AT_NOON, ONE_OVERAGE);
    consume(included);
    consume(overage);
    assertThat(used(account)).isEqualTo(new UsageTally(1, 1, 0));

    assertThat(settle(account, overage, Outcome.RETURNED)).isTrue();
    assertThat(settle(account, overage, Outcome.RETURNED)).isFalse();
    assertThat(settle(account, overage, Outcome.KEPT)).isFalse();

    assertThat(used(account)).isEqualTo(new UsageTally(1, 0, 0));
    assertThat(heldOf(account)).extracting(Held::id).containsExactly(included.id());
    DebitResult again = consume(overage);
    assertThat(((DebitResult.Granted) again).consumption().releasedAt())
        .as("the sale does not take it anew")
        .isPresent();
    assertThat(used(account)).isEqualTo(new UsageTally(1, 0, 0));
  }

  @Test
  default void nobodyDecidesAboutAnothersUnitOrOneThatNoSaleTook() {
    AccountId account = Ids.account();
    UsageDebit taken = debit(account, "sale", AT_NOON);
    UsageDebit own = debit(account, "use", AT_NOON);
    consume(taken);
    consume(own);

    assertThat(settle(Ids.account(), taken, Outcome.RETURNED)).isFalse();
    assertThat(settle(account, own, Outcome.RETURNED)).isFalse();

    assertThat(used(account)).isEqualTo(new UsageTally(2, 0, 0));
  }

  @Test
  default void unitsAreListedFirstComeFirst() {
    List<UsageDebit> debits = new ArrayList<>();
    AccountId account = Ids.account();
    for (int second : new int[] {3, 1, 2, 1}) {
      UsageDebit debit = debit(account, "sale", AT_NOON.plusSeconds(second), ANY);
      consume(debit);
      debits.add(debit);
    }

    List<String> listed = heldOf(account).stream().map(Held::id).toList();

    List<String> twins =
        new ArrayList<>(List.of(debits.get(1).id(), debits.get(3).id()));
    twins.sort(null);
    assertThat(listed)
        .containsExactly(
            twins.get(0), twins.get(1), debits.get(2).id(), debits.get(0).id());
  }

  @Test
  default void ofManyWhoDecideAtOnceOneDoes() throws Exception {
    AccountId account = Ids.account();
    UsageDebit taken = debit(account, "sale", AT_NOON);
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
  default void itemThatIsGivenForAUnitIsAuditedOnce() {
    AccountId account = Ids.account();
    UsageDebit debit = debit(account, "sale", AT_NOON);
    Purchase purchase = given(account, "quiz-1");
    AuditEntry entry = AuditStoreContract.entry();

    store().purchases().giveOnce(purchase, withVersion(debit, "another version"), entry);
    assertThat(AuditStoreContract.entriesOf(store(), entry)).isEmpty();
    store().purchases().giveOnce(purchase, debit, entry);
    store().purchases().giveOnce(purchase, debit, entry);
    store().purchases().give(given(account, "quiz-1"), debit, entry);

    assertThat(AuditStoreContract.entriesOf(store(), entry)).containsExactly(entry);
  }

  @Test
  default void whatIsGivenForAUnitIsAPurchaseAndItsUnitIsKept() {
    AccountId account = Ids.account();
    UsageDebit debit = debit(account, "sale", AT_NOON);
    Purchase purchase = given(account, "quiz-1");

    Giving giving = store().purchases().give(purchase, debit, AnAuditEntry.any());

    assertThat(giving.debit()).isInstanceOf(DebitResult.Granted.class);
    assertThat(giving.purchase()).contains(purchase);
    assertThat(store().purchases().find(account, purchase.id())).contains(purchase);
    assertThat(store().purchases().list(account, Optional.empty(), 10)).containsExactly(purchase);
    assertThat(store().purchases().given(account, debit.key())).contains(purchase);
    assertThat(store().purchases().given(Ids.account(), debit.key())).isEmpty();
    assertThat(used(account)).isEqualTo(new UsageTally(1, 0, 0));
    assertThat(heldOf(account)).isEmpty();
    assertThat(settle(account, debit, Outcome.RETURNED)).isFalse();
  }

  @Test
  default void underOneKeyOneUnitIsTakenAndOnePurchaseGiven() {
    AccountId account = Ids.account();
    UsageDebit first = debit(account, "sale", AT_NOON);
    Purchase purchase = given(account, "quiz-1");
    store().purchases().give(purchase, first, AnAuditEntry.any());
    UsageDebit again = underKeyOf(first, Ids.next("sale"));

    Giving second = store().purchases().give(given(account, "quiz-1"), again, AnAuditEntry.any());

    assertThat(second.purchase()).contains(purchase);
    assertThat(used(account)).isEqualTo(new UsageTally(1, 0, 0));
    assertThat(store().purchases().list(account, Optional.empty(), 10)).containsExactly(purchase);
  }

  @Test
  default void theSameItemIsGivenAsOftenAsThereAreUnits() {
    AccountId account = Ids.account();
    Set<Purchase> given = new HashSet<>();
    for (int i = 0; i < 2; i++) {
      store()
          .purchases()
          .give(given(account, "quiz-1"), debit(account, "sale", AT_NOON), AnAuditEntry.any())
          .purchase()
          .ifPresent(given::add);
    }

    Giving third = store()
        .purchases()
        .give(given(account, "quiz-1"), debit(account, "sale", AT_NOON), AnAuditEntry.any());

    assertThat(given).hasSize(2);
    assertThat(third.debit()).isInstanceOf(DebitResult.Denied.class);
    assertThat(third.purchase()).isEmpty();
    assertThat(store().purchases().list(account, Optional.empty(), 10))
        .containsExactlyInAnyOrderElementsOf(given);
    Purchase forNothing = given(account, "quiz-1");
    assertThat(store().purchases().addFree(forNothing, AnAuditEntry.any())).isEqualTo(forNothing);
  }

  @Test
  default void whatIsStaleOrKeptForSomethingElseIsNotGiven() {
    AccountId account = Ids.account();
    UsageDebit stale = debit(account, "sale", AT_NOON);
    UsageDebit other = new UsageDebit(
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

    assertThat(store()
            .purchases()
            .give(purchase, withVersion(stale, "another version"), AnAuditEntry.any()))
        .isEqualTo(new Giving(new DebitResult.Stale(), Optional.empty()));
    store().purchases().give(purchase, stale, AnAuditEntry.any());
    assertThat(store().purchases().give(given(account, "quiz-1"), other, AnAuditEntry.any()))
        .isEqualTo(new Giving(new DebitResult.KeyReused(), Optional.empty()));

    assertThat(used(account)).isEqualTo(new UsageTally(1, 0, 0));
  }

  @Test
  default void ofManyWhoTakeTheLastUnitsAtOnceNoMoreAreGivenThanThereAre() throws Exception {
    AccountId account = Ids.account();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<Giving>> attempts = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        Purchase purchase = given(account, "quiz-" + i % 3);
        UsageDebit debit = debit(account, "sale", AT_NOON);
        attempts.add(
            threads.submit(() -> store().purchases().give(purchase, debit, AnAuditEntry.any())));
      }
      int given = 0;
      for (Future<Giving> attempt : attempts) {
        given += attempt.get(60, TimeUnit.SECONDS).purchase().isPresent() ? 1 : 0;
      }
      assertThat(given).isEqualTo(2);
      assertThat(used(account)).isEqualTo(new UsageTally(2, 0, 0));
      assertThat(store().purchases().list(account, Optional.empty(), 10)).hasSize(2);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  default void ownedItemTakesNoSecondUnit() {
    AccountId account = Ids.account();
    UsageDebit debit = debit(account, "sale", AT_NOON);
    Purchase purchase = given(account, "quiz-1");
    assertThat(store().purchases().giveOnce(purchase, debit, AnAuditEntry.any()).purchase())
        .contains(purchase);

    Giving again = store()
        .purchases()
        .giveOnce(given(account, "quiz-1"), debit(account, "sale", AT_NOON), AnAuditEntry.any());

    assertThat(again.purchase()).isEmpty();
    assertThat(again.owned()).contains(purchase);
    assertThat(used(account)).isEqualTo(new UsageTally(1, 0, 0));
    assertThat(store()
            .purchases()
            .giveOnce(given(account, "quiz-1"), debit, AnAuditEntry.any())
            .purchase())
        .as("under its own key")
        .contains(purchase);
    assertThat(store()
            .purchases()
            .giveOnce(given(account, "quiz-2"), debit(account, "sale", AT_NOON), AnAuditEntry.any())
            .purchase())
        .isPresent();
    assertThat(used(account)).isEqualTo(new UsageTally(2, 0, 0));
  }

  @Test
  default void ofManyWhoTakeOneItemAtOnceOneTakesAUnit() throws Exception {
    AccountId account = Ids.account();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<Giving>> attempts = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        Purchase purchase = given(account, "quiz-1");
        UsageDebit debit = debit(account, "sale", AT_NOON);
        attempts.add(threads.submit(
            () -> store().purchases().giveOnce(purchase, debit, AnAuditEntry.any())));
      }
      int given = 0;
      int owned = 0;
      for (Future<Giving> attempt : attempts) {
        Giving giving = attempt.get(60, TimeUnit.SECONDS);
        given += giving.purchase().isPresent() ? 1 : 0;
        owned += giving.owned().isPresent() ? 1 : 0;
      }
      assertThat(given).isEqualTo(1);
      assertThat(owned).isEqualTo(23);
      assertThat(used(account)).isEqualTo(new UsageTally(1, 0, 0));
      assertThat(store().purchases().list(account, Optional.empty(), 10)).hasSize(1);
    } finally {
      threads.shutdownNow();
    }
  }

  Offer ANY = new Offer(PriceBand.FULL_PRICE, Optional.empty(), Optional.of(0));

  private DebitResult consume(UsageDebit debit) {
    return store().usage().consume(List.of(debit)).get(0);
  }

  private boolean settle(AccountId account, UsageDebit debit, Outcome outcome) {
    return store().reservations().settle(account, debit.id(), outcome, AT_NOON.plusSeconds(60));
  }

  private UsageTally used(AccountId account) {
    return store().usage().read(account, AT_NOON).open().stream()
        .map(UsageRow::used)
        .reduce(UsageTally.NONE, UsageTally::plus);
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

  private static UsageDebit debit(AccountId account, String prefix, Instant at, Offer... offers) {
    String id = Ids.next(prefix);
    return new UsageDebit(
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

  private static UsageDebit underKeyOf(UsageDebit first, String id) {
    return new UsageDebit(
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

  private static UsageDebit withVersion(UsageDebit debit, String version) {
    return new UsageDebit(
        debit.id(),
        debit.account(),
        debit.feature(),
        debit.key(),
        debit.fingerprint(),
        version,
        debit.tier(),
        debit.period(),
        debit.offers(),
        1,
        debit.at(),
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
