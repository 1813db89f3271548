package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Cycle;
import com.tatame.billing.catalog.Period;
import com.tatame.billing.entitlement.AccountEntitlement;
import com.tatame.billing.entitlement.AccountEntitlement.Source;
import com.tatame.billing.entitlement.Consumption;
import com.tatame.billing.entitlement.DebitResult;
import com.tatame.billing.entitlement.DebitResult.Denied;
import com.tatame.billing.entitlement.DebitResult.Granted;
import com.tatame.billing.entitlement.DebitResult.KeyReused;
import com.tatame.billing.entitlement.DebitResult.Stale;
import com.tatame.billing.entitlement.PriceBand;
import com.tatame.billing.entitlement.UsageDebit;
import com.tatame.billing.entitlement.UsageDebit.Offer;
import com.tatame.billing.entitlement.UsageRow;
import com.tatame.billing.entitlement.UsageStore;
import com.tatame.billing.entitlement.UsageTally;
import com.tatame.billing.subscription.SubscriptionStatus;
import com.tatame.billing.testkit.Commits.Linked;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What accounts use: never more than there is, and nothing lost. */
public interface UsageStoreContract extends StoreUnderTest {
  Instant NOON = Instant.parse("2026-03-15T12:00:00Z");
  Period MARCH = month("2026-03-01", "2026-04-01");
  Offer TEN_INCLUDED = new Offer(PriceBand.INCLUDED, Optional.of(10L), Optional.empty());

  @Test
  default void whoUsedNothingHasNothingOpen() {
    assertThat(store().usage().read(Ids.account(), NOON).open()).isEmpty();
    assertThat(store().usage().read(Ids.account(), NOON).entitlement()).isEmpty();
  }

  @Test
  default void unitsAreGrantedUntilThereIsNotEnoughAndAllOrNone() {
    AccountId account = Ids.account();

    assertThat(granted(consume(debit(account).amount(7).build()))).satisfies(first -> {
      assertThat(first.place()).isEqualTo(PriceBand.INCLUDED);
      assertThat(first.used()).isEqualTo(7);
      assertThat(first.remaining()).contains(3L);
      assertThat(first.period()).isEqualTo(MARCH);
      assertThat(first.at()).isEqualTo(NOON);
      assertThat(first.releasedAt()).isEmpty();
    });
    assertThat(consume(debit(account).amount(4).build())).isInstanceOf(Denied.class);
    assertThat(granted(consume(debit(account).amount(3).build())).remaining()).contains(0L);
    assertThat(consume(debit(account).amount(1).build())).isInstanceOf(Denied.class);

    assertThat(store().usage().read(account, NOON).open())
        .containsExactly(new UsageRow("quiz", MARCH, new UsageTally(10, 0, 0)));
  }

  @Test
  default void withoutALimitEverythingIsGrantedAndCounted() {
    AccountId account = Ids.account();
    Offer any = new Offer(PriceBand.INCLUDED, Optional.empty(), Optional.empty());
    consume(debit(account).offers(any).amount(3_000_000_000L).build());

    Consumption second =
        granted(consume(debit(account).offers(any).amount(3_000_000_000L).build()));

    assertThat(second.used()).isEqualTo(6_000_000_000L);
    assertThat(second.remaining()).isEmpty();
  }

  @Test
  default void theFirstPlaceThatHasEnoughIsTaken() {
    AccountId account = Ids.account();
    Offer[] offers = {
      new Offer(PriceBand.INCLUDED, Optional.of(2L), Optional.empty()),
      new Offer(PriceBand.OVERAGE, Optional.of(1L), Optional.of(20)),
      new Offer(PriceBand.FULL_PRICE, Optional.empty(), Optional.of(0))
    };
    List<PriceBand> places = new ArrayList<>();
    List<Optional<Integer>> discounts = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Consumption consumption = granted(consume(debit(account).offers(offers).build()));
      places.add(consumption.place());
      discounts.add(consumption.discountPercent());
    }

    assertThat(places)
        .containsExactly(
            PriceBand.INCLUDED,
            PriceBand.INCLUDED,
            PriceBand.OVERAGE,
            PriceBand.FULL_PRICE,
            PriceBand.FULL_PRICE);
    assertThat(discounts)
        .containsExactly(
            Optional.empty(), Optional.empty(), Optional.of(20), Optional.of(0), Optional.of(0));
    assertThat(store().usage().read(account, NOON).open())
        .containsExactly(new UsageRow("quiz", MARCH, new UsageTally(2, 1, 2)));
  }

  @Test
  default void whatMayTakeNoIncludedUnitLeavesThemForOthers() {
    AccountId account = Ids.account();
    Offer dear = new Offer(PriceBand.OVERAGE, Optional.of(1L), Optional.of(20));

    assertThat(granted(consume(debit(account).offers(dear).build()))).satisfies(taken -> {
      assertThat(taken.place()).isEqualTo(PriceBand.OVERAGE);
      assertThat(taken.used()).isZero();
    });
    assertThat(consume(debit(account).offers(dear).build())).isInstanceOf(Denied.class);
    assertThat(granted(consume(debit(account).amount(10).build())).used()).isEqualTo(10);
  }

  @Test
  default void aGrantedKeyIsAnsweredTheSameAndUsesNothingMore() {
    AccountId account = Ids.account();
    Consumption first = granted(consume(debit(account).key("k").amount(4).build()));
    granted(consume(debit(account).amount(6).build()));

    DebitResult again = consume(debit(account).key("k").amount(4).build());

    assertThat(again).isEqualTo(new Granted(first, true));
    assertThat(used(account)).isEqualTo(10);
  }

  @Test
  default void aDrawThatIsRepeatedAsItIsIsNoOtherOne() {
    UsageDebit debit = debit(Ids.account()).build();
    DebitResult first = consume(debit);

    assertThat(consume(debit)).isEqualTo(first);
    assertThat(((Granted) first).again()).isFalse();
  }

  @Test
  default void aDeniedKeyIsFreeToBeGrantedLater() {
    AccountId account = Ids.account();
    assertThat(consume(debit(account).key("k").amount(11).build())).isInstanceOf(Denied.class);
    Offer more = new Offer(PriceBand.INCLUDED, Optional.of(11L), Optional.empty());

    assertThat(granted(consume(debit(account).key("k").amount(11).offers(more).build()))
            .used())
        .isEqualTo(11);
  }

  @Test
  default void aKeyThatStandsForSomethingElseIsRefused() {
    AccountId account = Ids.account();
    consume(debit(account).key("k").build());

    assertThat(consume(debit(account).key("k").amount(2).build())).isInstanceOf(KeyReused.class);
    assertThat(consume(debit(Ids.account()).key("k").amount(2).build()))
        .isInstanceOf(Granted.class);
    assertThat(used(account)).isEqualTo(1);
  }

  @Test
  default void aDrawFromAnEntitlementThatHasChangedIsStale() {
    Linked linked = Commits.aLinkedCustomer(store(), NOON);
    UsageDebit without = debit(linked.account()).build();
    entitle(linked, "basic");
    String basic = store().usage().read(linked.account(), NOON).version();
    UsageDebit asBasic = debit(linked.account()).version(basic).build();

    assertThat(consume(without)).isInstanceOf(Stale.class);
    assertThat(consume(asBasic)).isInstanceOf(Granted.class);
    entitle(linked, "pro");
    assertThat(consume(debit(linked.account()).version(basic).build())).isInstanceOf(Stale.class);
    assertThat(consume(asBasic)).as("granted before").isInstanceOf(Granted.class);
    assertThat(used(linked.account())).isEqualTo(1);
  }

  @Test
  default void theEntitlementIsReadWithItsUse() {
    Linked linked = Commits.aLinkedCustomer(store(), NOON);
    AccountEntitlement entitlement = entitle(linked, "basic");

    assertThat(store().usage().read(linked.account(), NOON).entitlement()).contains(entitlement);
    assertThat(store().usage().read(Ids.account(), NOON).entitlement()).isEmpty();
  }

  @Test
  default void linkedAccountWithoutASubscriptionHasNoEntitlement() {
    Linked linked = Commits.aLinkedCustomer(store(), NOON);

    assertThat(store().usage().read(linked.account(), NOON).entitlement()).isEmpty();
  }

  @Test
  default void entitlementKeepsTheOrderOfItsSources() {
    Linked linked = Commits.aLinkedCustomer(store(), NOON);
    AccountEntitlement entitlement = new AccountEntitlement(
        linked.account(),
        List.of(
            new Source("sub_z", "team", SubscriptionStatus.PAST_DUE, Optional.of(NOON)),
            new Source("sub_a", "pro", SubscriptionStatus.TRIALING, Optional.empty()),
            new Source("sub_m", "basic", SubscriptionStatus.ACTIVE, Optional.empty())));

    entitle(linked, entitlement);

    assertThat(store().usage().read(linked.account(), NOON).entitlement()).contains(entitlement);
  }

  @Test
  default void entitlementIsReplacedWhole() {
    Linked linked = Commits.aLinkedCustomer(store(), NOON);
    Source team = new Source("sub_1", "team", SubscriptionStatus.ACTIVE, Optional.empty());
    Source pro = new Source("sub_2", "pro", SubscriptionStatus.ACTIVE, Optional.empty());

    for (List<Source> sources : List.of(List.of(team, pro), List.of(pro), List.<Source>of())) {
      AccountEntitlement entitlement = new AccountEntitlement(linked.account(), sources);
      entitle(linked, entitlement);
      assertThat(store().usage().read(linked.account(), NOON).entitlement()).contains(entitlement);
    }
  }

  @Test
  default void theNextWindowBeginsWithNothing() {
    AccountId account = Ids.account();
    consume(debit(account).amount(10).build());
    Period april = month("2026-04-01", "2026-05-01");

    assertThat(store().usage().read(account, MARCH.end().minusMillis(1)).open()).hasSize(1);
    assertThat(store().usage().read(account, MARCH.end()).open()).isEmpty();
    assertThat(granted(consume(debit(account).in(april, MARCH.end()).amount(10).build()))
            .used())
        .isEqualTo(10);
  }

  @Test
  default void whatWasUsedCountsInAWindowThatBeginsElsewhereUntilItsOwnEnds() {
    AccountId account = Ids.account();
    consume(debit(account).amount(6).build());
    Period moved = month("2026-03-15", "2026-04-15");

    assertThat(consume(debit(account).in(moved, NOON).amount(5).build()))
        .isInstanceOf(Denied.class);
    assertThat(
            granted(consume(debit(account).in(moved, NOON).amount(4).build())).used())
        .isEqualTo(10);
    assertThat(granted(consume(debit(account).in(moved, MARCH.end()).amount(6).build()))
            .used())
        .isEqualTo(10);
  }

  @Test
  default void whatWasUsedInAMonthCountsInNoDayButADayCountsInTheMonth() {
    AccountId account = Ids.account();
    Period day =
        new Period(Instant.parse("2026-03-15T00:00:00Z"), Instant.parse("2026-03-16T00:00:00Z"));
    consume(debit(account).amount(10).build());

    assertThat(granted(consume(debit(account).in(day, NOON).amount(4).build())).used())
        .isEqualTo(4);
    Offer more = new Offer(PriceBand.INCLUDED, Optional.of(20L), Optional.empty());
    assertThat(granted(consume(debit(account).offers(more).build())).used()).isEqualTo(15);
  }

  @Test
  default void oneFeaturesUseIsNotAnothersNorAnotherAccounts() {
    AccountId account = Ids.account();
    consume(debit(account).amount(10).build());

    assertThat(consume(debit(account).feature("article").amount(10).build()))
        .isInstanceOf(Granted.class);
    assertThat(consume(debit(Ids.account()).amount(10).build())).isInstanceOf(Granted.class);
  }

  @Test
  default void releasedUnitsGoBackToWhereTheyCameFromOnce() {
    AccountId account = Ids.account();
    consume(debit(account).amount(9).build());
    Offer overage = new Offer(PriceBand.OVERAGE, Optional.of(1L), Optional.of(20));
    Consumption included = granted(consume(debit(account).build()));
    Consumption over = granted(consume(debit(account).offers(overage).build()));
    Instant later = NOON.plus(Duration.ofDays(30));

    assertThat(store().usage().release(account, "quiz", over.id(), later))
        .hasValueSatisfying(released -> {
          assertThat(released.releasedAt()).contains(later);
          assertThat(released.place()).isEqualTo(PriceBand.OVERAGE);
        });
    assertThat(tally(account)).isEqualTo(new UsageTally(10, 0, 0));
    store().usage().release(account, "quiz", included.id(), later);
    assertThat(store().usage().release(account, "quiz", included.id(), later.plusSeconds(1)))
        .hasValueSatisfying(again -> assertThat(again.releasedAt()).contains(later));
    assertThat(tally(account)).isEqualTo(new UsageTally(9, 0, 0));
  }

  @Test
  default void consumptionIsReadByItsOwnAccountAlone() {
    AccountId account = Ids.account();
    Consumption consumption = granted(consume(debit(account).amount(3).build()));

    assertThat(store().usage().find(account, "quiz", consumption.id())).contains(consumption);
    assertThat(store().usage().find(Ids.account(), "quiz", consumption.id())).isEmpty();
    assertThat(store().usage().find(account, "article", consumption.id())).isEmpty();
    assertThat(store().usage().find(account, "quiz", Ids.next("use"))).isEmpty();

    store().usage().release(account, "quiz", consumption.id(), NOON);
    assertThat(store().usage().find(account, "quiz", consumption.id()))
        .contains(consumption.released(NOON));
  }

  @Test
  default void consumptionOfAnotherAccountCantBeReleased() {
    AccountId account = Ids.account();
    Consumption consumption = granted(consume(debit(account).build()));

    assertThat(store().usage().release(Ids.account(), "quiz", consumption.id(), NOON))
        .isEmpty();
    assertThat(store().usage().release(account, "quiz", Ids.next("use"), NOON)).isEmpty();
    assertThat(store().usage().release(account, "article", consumption.id(), NOON))
        .isEmpty();
    assertThat(used(account)).isEqualTo(1);
  }

  @Test
  default void aKeyThatWasReleasedStillStandsForWhatItGranted() {
    AccountId account = Ids.account();
    Consumption first = granted(consume(debit(account).key("k").build()));
    store().usage().release(account, "quiz", first.id(), NOON);

    assertThat(granted(consume(debit(account).key("k").build())).id()).isEqualTo(first.id());
    assertThat(used(account)).isZero();
  }

  @Test
  default void drawsOfOneCallAreDecidedOneAfterTheOther() {
    AccountId account = Ids.account();
    AccountId other = Ids.account();

    List<DebitResult> results = store()
        .usage()
        .consume(List.of(
            debit(account).amount(6).build(),
            debit(other).amount(10).build(),
            debit(account).amount(6).build(),
            debit(account).amount(4).key("k").build(),
            debit(other).amount(1).build(),
            debit(account).amount(4).key("k").build()));

    assertThat(results.stream().map(Granted.class::isInstance))
        .containsExactly(true, true, false, true, false, true);
    assertThat(results.get(5)).isEqualTo(new Granted(granted(results.get(3)), true));
    assertThat(used(account)).isEqualTo(10);
    assertThat(used(other)).isEqualTo(10);
  }

  @Test
  default void ofManyCallersAtOnceAsManyAreGrantedAsThereAreUnits() {
    AccountId account = Ids.account();
    Offer some = new Offer(PriceBand.INCLUDED, Optional.of(50L), Optional.empty());
    List<UsageDebit> debits = new ArrayList<>();
    IntStream.range(0, 80)
        .forEach(i -> debits.add(debit(account).key("k" + i).offers(some).build()));
    debits.addAll(List.copyOf(debits));
    Collections.shuffle(debits, new Random(7));
    AtomicInteger granted = new AtomicInteger();

    debits.parallelStream().forEach(debit -> {
      if (consume(debit) instanceof Granted) {
        granted.incrementAndGet();
      }
    });

    assertThat(used(account)).isEqualTo(50);
    assertThat(granted).hasValueGreaterThanOrEqualTo(50);
  }

  @Test
  default void whatWasUsedAlreadyIsRecordedWhateverTheLimit() {
    AccountId account = Ids.account();
    consume(debit(account).amount(9).build());

    Consumption recorded = granted(consume(debit(account).amount(4).recorded().build()));

    assertThat(recorded.place()).isEqualTo(PriceBand.INCLUDED);
    assertThat(recorded.used()).isEqualTo(13);
    assertThat(recorded.remaining()).contains(0L);
    assertThat(consume(debit(account).build())).isInstanceOf(Denied.class);
    assertThat(used(account)).isEqualTo(13);
  }

  @Test
  default void aGaugeIsWhatItWasSetToAndGoesUpAndDownFromThere() {
    AccountId account = Ids.account();
    store().usage().set(account, "storage", 25, NOON);
    store().usage().set(account, "storage", 7, NOON);
    assertThat(gauge(account)).isEqualTo(7);

    Consumption more = granted(consume(
        debit(account).feature("storage").in(Period.LIFETIME, NOON).amount(3).build()));
    assertThat(more.remaining()).contains(0L);
    assertThat(more.period()).isEqualTo(Period.LIFETIME);
    store().usage().set(account, "storage", 1, NOON);
    store().usage().release(account, "storage", more.id(), NOON);

    assertThat(gauge(account)).as("never less than nothing").isZero();
    assertThat(used(account)).isZero();
  }

  @Test
  default void whatWasUsedIsListedTheLastWindowsFirst() {
    AccountId account = Ids.account();
    Period april = month("2026-04-01", "2026-05-01");
    consume(debit(account).feature("quiz").amount(2).build());
    consume(debit(account).feature("article").amount(3).build());
    consume(debit(account).in(april, april.start()).amount(4).build());
    UsageRow last = new UsageRow("quiz", april, new UsageTally(4, 0, 0));
    UsageRow articles = new UsageRow("article", MARCH, new UsageTally(3, 0, 0));
    UsageRow quizzes = new UsageRow("quiz", MARCH, new UsageTally(2, 0, 0));
    UsageStore usage = store().usage();

    assertThat(usage.list(account, Optional.empty(), Optional.empty(), 10))
        .containsExactly(last, articles, quizzes);
    assertThat(usage.list(account, Optional.of("quiz"), Optional.empty(), 10))
        .containsExactly(last, quizzes);
    assertThat(usage.list(account, Optional.empty(), Optional.empty(), 1)).containsExactly(last);
    assertThat(usage.list(account, Optional.empty(), UsageRow.of(last.id()), 1))
        .containsExactly(articles);
    assertThat(usage.list(account, Optional.empty(), Optional.of(articles), 10))
        .containsExactly(quizzes);
    assertThat(usage.list(Ids.account(), Optional.empty(), Optional.empty(), 10))
        .isEmpty();
  }

  @Test
  default void whatWasUsedLongAgoIsForgottenAndItsKeyWithIt() {
    AccountId account = Ids.account();
    Instant longAgo = Instant.parse("2001-03-15T12:00:00Z");
    Period then = month("2001-03-01", "2001-04-01");
    Consumption old = granted(consume(debit(account).in(then, longAgo).key("k").build()));
    Consumption young = granted(consume(debit(account).key("young").build()));

    assertThat(store().usage().prune(longAgo)).isZero();
    assertThat(store().usage().prune(longAgo.plusSeconds(1))).isEqualTo(1);

    assertThat(store().usage().release(account, "quiz", old.id(), NOON)).isEmpty();
    assertThat(consume(debit(account).key("k").amount(2).build())).isInstanceOf(Granted.class);
    assertThat(store().usage().release(account, "quiz", young.id(), NOON)).isPresent();
  }

  private DebitResult consume(UsageDebit debit) {
    List<DebitResult> results = store().usage().consume(List.of(debit));
    assertThat(results).hasSize(1);
    return results.get(0);
  }

  private static Consumption granted(DebitResult result) {
    assertThat(result).isInstanceOf(Granted.class);
    return ((Granted) result).consumption();
  }

  private long used(AccountId account) {
    return tally(account).included();
  }

  private UsageTally tally(AccountId account) {
    return store().usage().read(account, NOON).used("quiz", MARCH, NOON);
  }

  private long gauge(AccountId account) {
    return store()
        .usage()
        .read(account, NOON)
        .used("storage", Period.LIFETIME, NOON)
        .included();
  }

  private AccountEntitlement entitle(Linked linked, String tier) {
    AccountEntitlement entitlement = new AccountEntitlement(
        linked.account(),
        List.of(new Source(
            "sub_1",
            tier,
            SubscriptionStatus.ACTIVE,
            Optional.empty(),
            Optional.of(new Cycle(MARCH.start(), 1, MARCH)))));
    entitle(linked, entitlement);
    return entitlement;
  }

  private void entitle(Linked linked, AccountEntitlement entitlement) {
    Commits.apply(store(), linked.subject(), NOON, List.of(Commits.entitle(entitlement, NOON)));
  }

  private DrawBuilder debit(AccountId account) {
    return new DrawBuilder(account);
  }

  private static Period month(String from, String to) {
    return new Period(Instant.parse(from + "T00:00:00Z"), Instant.parse(to + "T00:00:00Z"));
  }

  /** One unit of the quizzes of March, of which ten are included. */
  final class DrawBuilder {
    private final AccountId account;
    private final String id = Ids.next("use");
    private String key = id;
    private String feature = "quiz";
    private String version = "";
    private Period period = MARCH;
    private Instant at = NOON;
    private long amount = 1;
    private boolean recorded;
    private List<Offer> offers = List.of(TEN_INCLUDED);

    DrawBuilder(AccountId account) {
      this.account = account;
    }

    DrawBuilder key(String value) {
      key = value;
      return this;
    }

    DrawBuilder feature(String value) {
      feature = value;
      return this;
    }

    DrawBuilder version(String value) {
      version = value;
      return this;
    }

    DrawBuilder in(Period newPeriod, Instant newAt) {
      period = newPeriod;
      at = newAt;
      return this;
    }

    DrawBuilder amount(long value) {
      amount = value;
      return this;
    }

    DrawBuilder offers(Offer... values) {
      offers = List.of(values);
      return this;
    }

    DrawBuilder recorded() {
      recorded = true;
      return this;
    }

    UsageDebit build() {
      return new UsageDebit(
          id,
          account,
          feature,
          key,
          feature + " " + amount,
          version,
          "free",
          period,
          offers,
          amount,
          at,
          recorded,
          recorded ? Map.of("device", "phone") : Map.of());
    }
  }
}
