package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Owner;
import com.tatame.billing.checkin.CheckIn;
import com.tatame.billing.checkin.CheckInFilter;
import com.tatame.billing.checkin.CheckInPeriod;
import com.tatame.billing.checkin.CheckInPeriod.Length;
import com.tatame.billing.checkin.CheckInPeriod.Scores;
import com.tatame.billing.checkin.CheckInStore.Added;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.testkit.fixture.Ids;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Check-ins: what was noted comes back, by kind and time, each its owner's alone. */
public interface CheckInStoreContract extends StoreUnderTest {
  int MANY = 1_000;

  @Test
  default void aCheckInComesBackAsItWasNoted() {
    CheckIn noted = new CheckIn(
        Ids.next("chk"),
        new Owner(Ids.account(), Optional.of("ada")),
        "mood",
        Instant.parse("2026-02-03T07:00:00.123456Z"),
        Map.of(
            "Wie geht’s?",
            "gut 🙂",
            "hours",
            new BigDecimal("7.50"),
            "count",
            new BigDecimal("100"),
            "alone",
            true,
            "symptoms",
            List.of("tired", new BigDecimal("2"), false)),
        Optional.of(new BigDecimal("-12.3450")),
        Optional.of("slept well"),
        Instant.parse("2026-02-03T08:00:00Z"));

    assertThat(store().checkIns().add(noted, MANY)).contains(new Added(noted, false));

    assertThat(store().checkIns().find(noted.owner(), noted.id())).contains(noted);
    assertThat(list(noted.owner(), CheckInFilter.ALL)).containsExactly(noted);
    CheckIn bare = aCheckIn(noted.owner());
    assertThat(store().checkIns().add(bare, MANY)).contains(new Added(bare, false));
  }

  @Test
  default void whatIsNotedUnderOneIdIsNotedOnce() {
    CheckIn first = aCheckIn(Owner.of(Ids.account()));
    store().checkIns().add(first, MANY);
    CheckIn second = at(first.owner(), first.id(), "mood", first.occurredAt().plusSeconds(1), 5);

    assertThat(store().checkIns().add(second, MANY)).contains(new Added(first, true));

    assertThat(list(first.owner(), CheckInFilter.ALL)).containsExactly(first);
  }

  @Test
  default void anOwnerHasSoManyAtMost() {
    AccountId organization = Ids.account();
    Owner ada = new Owner(organization, Optional.of("ada"));
    CheckIn first = aCheckIn(ada);
    store().checkIns().add(first, 2);
    store().checkIns().add(aCheckIn(ada), 2);

    assertThat(store().checkIns().add(aCheckIn(ada), 2)).isEmpty();
    assertThat(store().checkIns().add(first, 2))
        .as("what is there is found")
        .contains(new Added(first, true));
    assertThat(store().checkIns().add(aCheckIn(new Owner(organization, Optional.of("bob"))), 2))
        .as("of another member")
        .isPresent();
    assertThat(list(ada, CheckInFilter.ALL)).hasSize(2);
    store().checkIns().delete(ada, first.id(), AnAuditEntry.any());
    assertThat(store().checkIns().add(aCheckIn(ada), 2)).isPresent();
  }

  @Test
  default void noMoreAreAddedThanThereMayBeHoweverManyComeAtOnce() throws Exception {
    Owner owner = Owner.of(Ids.account());
    ExecutorService threads = Executors.newFixedThreadPool(8);
    int added = 0;
    try {
      List<Future<Optional<Added>>> all = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        CheckIn checkIn = aCheckIn(owner);
        all.add(threads.submit(() -> store().checkIns().add(checkIn, 5)));
      }
      for (Future<Optional<Added>> one : all) {
        added += one.get(60, TimeUnit.SECONDS).isPresent() ? 1 : 0;
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(added).isEqualTo(5);
    assertThat(list(owner, CheckInFilter.ALL)).hasSize(5);
  }

  @Test
  default void checkInsAreListedByKindAndTimeTheLatestFirst() {
    Owner owner = Owner.of(Ids.account());
    Instant start = Instant.parse("2026-02-01T00:00:00Z");
    List<CheckIn> all = new ArrayList<>();
    for (int day = 0; day < 6; day++) {
      // Two on each day, which their ids tell apart.
      Instant at = start.plus(Duration.ofDays(day / 2));
      all.add(noted(owner, day % 2 == 0 ? "mood" : "pain", at, day));
    }
    noted(Owner.of(Ids.account()), "mood", start, 1);

    assertThat(pages(owner, CheckInFilter.ALL))
        .containsExactly(all.get(4), all.get(5), all.get(2), all.get(3), all.get(0), all.get(1));
    assertThat(pages(owner, CheckInFilter.of("mood")))
        .containsExactly(all.get(4), all.get(2), all.get(0));
    CheckInFilter secondDay = new CheckInFilter(
        Optional.of("pain"),
        Optional.of(start.plus(Duration.ofDays(1))),
        Optional.of(start.plus(Duration.ofDays(2))));
    assertThat(pages(owner, secondDay)).containsExactly(all.get(3));
    assertThat(pages(owner, CheckInFilter.of("sleep"))).isEmpty();
  }

  private List<CheckIn> pages(Owner owner, CheckInFilter filter) {
    List<CheckIn> listed = new ArrayList<>();
    Optional<String> after = Optional.empty();
    do {
      List<CheckIn> page = store().checkIns().list(owner, filter, after, 2);
      listed.addAll(page);
      after = page.stream().map(CheckIn::id).reduce((first, last) -> last);
    } while (after.isPresent());
    return listed;
  }

  @Test
  default void theLatestOfEachKindIsKnown() {
    Owner owner = Owner.of(Ids.account());
    Instant start = Instant.parse("2026-02-01T00:00:00Z");
    noted(owner, "pain", start, 1);
    CheckIn pain = noted(owner, "pain", start.plusSeconds(60), 2);
    CheckIn mood = noted(owner, "mood", start, 3);
    noted(Owner.of(Ids.account()), "sleep", start, 4);

    assertThat(store().checkIns().latest(owner)).containsExactly(mood, pain);
  }

  @Test
  default void aSeriesHasAPeriodsScoresInShort() {
    Owner owner = Owner.of(Ids.account());
    // A Sunday and a Monday in Berlin, on both sides of the beginning of summer time there.
    noted(owner, "mood", Instant.parse("2026-03-29T21:59:59Z"), 1);
    noted(owner, "mood", Instant.parse("2026-03-29T22:00:00Z"), 2);
    noted(owner, "mood", Instant.parse("2026-04-02T10:00:00Z"), 2);
    noted(owner, "mood", Instant.parse("2026-04-03T10:00:00Z"), 4);
    noted(owner, "pain", Instant.parse("2026-04-03T10:00:00Z"), 9);
    CheckIn unscored = aCheckIn(owner);
    store().checkIns().add(unscored, MANY);

    assertThat(series(owner, Length.WEEK, ZoneId.of("Europe/Berlin")))
        .containsExactly(
            new CheckInPeriod(day("2026-01-26"), 1, Optional.empty()),
            new CheckInPeriod(day("2026-03-23"), 1, scores("1", "1", "1")),
            new CheckInPeriod(day("2026-03-30"), 3, scores("2.6667", "2", "4")));
    assertThat(series(owner, Length.WEEK, ZoneOffset.UTC))
        .extracting(CheckInPeriod::start, CheckInPeriod::count)
        .containsExactly(
            tuple(day("2026-01-26"), 1L),
            tuple(day("2026-03-23"), 2L),
            tuple(day("2026-03-30"), 2L));
    assertThat(series(owner, Length.MONTH, ZoneOffset.UTC))
        .extracting(CheckInPeriod::start, CheckInPeriod::count)
        .containsExactly(
            tuple(day("2026-02-01"), 1L),
            tuple(day("2026-03-01"), 2L),
            tuple(day("2026-04-01"), 2L));
  }

  private List<CheckInPeriod> series(Owner owner, Length length, ZoneId zone) {
    return store().checkIns().series(owner, CheckInFilter.of("mood"), length, zone);
  }

  private static LocalDate day(String text) {
    return LocalDate.parse(text);
  }

  private static Optional<Scores> scores(String average, String minimum, String maximum) {
    return Optional.of(
        new Scores(new BigDecimal(average), new BigDecimal(minimum), new BigDecimal(maximum)));
  }

  @Test
  default void whatAnotherOwnerNotedIsNotFoundByAnything() {
    AccountId organization = Ids.account();
    Owner ada = new Owner(organization, Optional.of("ada"));
    CheckIn hers = aCheckIn(ada);
    store().checkIns().add(hers, MANY);
    for (Owner other : List.of(
        new Owner(organization, Optional.of("bob")),
        Owner.of(organization),
        new Owner(Ids.account(), Optional.of("ada")))) {
      assertThat(store().checkIns().find(other, hers.id())).isEmpty();
      assertThat(list(other, CheckInFilter.ALL)).isEmpty();
      assertThat(store().checkIns().list(other, CheckInFilter.ALL, Optional.of(hers.id()), 101))
          .isEmpty();
      assertThat(store().checkIns().latest(other)).isEmpty();
      assertThat(series(other, Length.MONTH, ZoneOffset.UTC)).isEmpty();
      assertThat(store().checkIns().delete(other, hers.id(), AnAuditEntry.any()))
          .isFalse();
    }
    assertThat(store().checkIns().find(ada, hers.id())).contains(hers);
  }

  @Test
  default void aDeletedCheckInIsGone() {
    Owner owner = Owner.of(Ids.account());
    CheckIn noted = aCheckIn(owner);
    store().checkIns().add(noted, MANY);
    CheckIn other = aCheckIn(owner);
    store().checkIns().add(other, MANY);

    assertThat(store().checkIns().delete(owner, noted.id(), AnAuditEntry.any())).isTrue();
    assertThat(store().checkIns().delete(owner, noted.id(), AnAuditEntry.any())).isFalse();

    assertThat(list(owner, CheckInFilter.ALL)).containsExactly(other);
  }

  @Test
  default void checkInsOfLongAgoArePrunedTheOldestFirst() {
    // Long before all that other tests note.
    Instant old = Instant.parse("2004-01-01T00:00:00Z");
    Owner owner = Owner.of(Ids.account());
    noted(owner, "mood", old, 1);
    CheckIn second = noted(owner, "mood", old.plusSeconds(1), 1);
    CheckIn third = noted(owner, "mood", old.plusSeconds(2), 1);

    assertThat(store().checkIns().prune(old.plusSeconds(2), 1)).isEqualTo(1);
    assertThat(list(owner, CheckInFilter.ALL)).containsExactly(third, second);
    assertThat(store().checkIns().prune(old.plusSeconds(2), 10)).isEqualTo(1);
    assertThat(store().checkIns().prune(old.plusSeconds(2), 10)).isZero();
    assertThat(list(owner, CheckInFilter.ALL)).containsExactly(third);
    store().checkIns().prune(old.plusSeconds(3), 10);
  }

  private List<CheckIn> list(Owner owner, CheckInFilter filter) {
    return store().checkIns().list(owner, filter, Optional.empty(), 101);
  }

  private CheckIn noted(Owner owner, String kind, Instant at, long score) {
    return store()
        .checkIns()
        .add(at(owner, Ids.next("chk"), kind, at, score), MANY)
        .orElseThrow()
        .checkIn();
  }

  private static CheckIn at(Owner owner, String id, String kind, Instant at, long score) {
    return new CheckIn(
        id,
        owner,
        kind,
        at,
        Map.of(),
        Optional.of(BigDecimal.valueOf(score)),
        Optional.empty(),
        at);
  }

  /** A check-in of the first of February 2026 that says nothing. */
  static CheckIn aCheckIn(Owner owner) {
    Instant at = Instant.parse("2026-02-01T09:00:00Z");
    return new CheckIn(
        Ids.next("chk"), owner, "mood", at, Map.of(), Optional.empty(), Optional.empty(), at);
  }
}
