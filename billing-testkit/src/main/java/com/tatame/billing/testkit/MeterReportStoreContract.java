package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Cycle;
import com.tatame.billing.catalog.Period;
import com.tatame.billing.entitlement.AccountEntitlement;
import com.tatame.billing.entitlement.AccountEntitlement.Source;
import com.tatame.billing.entitlement.DebitResult;
import com.tatame.billing.entitlement.Grant;
import com.tatame.billing.entitlement.GrantContent;
import com.tatame.billing.entitlement.PriceBand;
import com.tatame.billing.entitlement.UsageDebit;
import com.tatame.billing.entitlement.UsageDebit.Offer;
import com.tatame.billing.metering.MeterReport;
import com.tatame.billing.metering.MeterReport.State;
import com.tatame.billing.metering.MeterReportStore;
import com.tatame.billing.metering.MeterReportStore.Backlog;
import com.tatame.billing.metering.MeterReportStore.Filter;
import com.tatame.billing.metering.MeterReportStore.Totals;
import com.tatame.billing.metering.ReportOutcome;
import com.tatame.billing.projection.ClaimId;
import com.tatame.billing.subscription.SubscriptionStatus;
import com.tatame.billing.testkit.Commits.Linked;
import com.tatame.billing.testkit.fixture.ACatalog;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Usage of metered features is summed up once, in an outbox for the sender. */
public interface MeterReportStoreContract extends StoreUnderTest {
  /** When the accounts of this contract use something: on the hour, within {@link #MARCH_15TH}. */
  Instant USED_AT = Instant.parse("2026-03-20T12:00:00Z");
  /** A billing period that begins in the middle of an hour. */
  Period MARCH_15TH =
      new Period(Instant.parse("2026-03-15T09:30:00Z"), Instant.parse("2026-04-15T09:30:00Z"));
  /** Wall time, of which no use knows. */
  Instant WALL = Instant.parse("2031-01-01T00:00:00Z");
  /** For how long a claim holds. */
  Duration HELD = Duration.ofMinutes(5);

  private MeterReportStore reports() {
    return store().meterReports();
  }

  /** An account whose plan meters calls. */
  private Linked caller() {
    return caller(ACatalog.metered(), "api");
  }

  private Linked caller(Catalog catalog, String tier) {
    store().catalogs().publish(catalog, WALL, AnAuditEntry.any());
    sweep();
    Linked linked = Commits.aLinkedCustomer(store(), USED_AT);
    entitle(linked, tier, Optional.empty());
    return linked;
  }

  private void entitle(Linked linked, String tier, Optional<Instant> graceUntil) {
    Source source = new Source(
        Ids.next("sub"),
        tier,
        SubscriptionStatus.ACTIVE,
        graceUntil,
        Optional.of(new Cycle(MARCH_15TH.start(), 1, MARCH_15TH)));
    Commits.apply(
        store(),
        linked.subject(),
        USED_AT,
        List.of(
            Commits.entitle(new AccountEntitlement(linked.account(), List.of(source)), USED_AT)));
  }

  // What other tests left is ignored here.
  private void sweep() {
    Instant end = Instant.parse("2050-01-01T00:00:00Z");
    List<MeterReport> left;
    do {
      ClaimId claim = Ids.claim();
      left = reports().claim(claim, 100, end, end, HELD, false);
      reports()
          .settle(
              claim,
              left.stream()
                  .map(report -> (ReportOutcome) new ReportOutcome.Sent(report.id()))
                  .toList());
    } while (!left.isEmpty());
  }

  private UsageDebit debit(AccountId account, long amount, Instant at, String feature) {
    String id = Ids.next("use");
    return new UsageDebit(
        id,
        account,
        feature,
        id,
        feature + " " + amount,
        store().usage().read(account, at).version(),
        "api",
        MARCH_15TH,
        List.of(new Offer(PriceBand.INCLUDED, Optional.of(1_000_000L), Optional.empty())),
        amount,
        at,
        false,
        Map.of());
  }

  private String use(Linked linked, long amount) {
    return use(linked, amount, USED_AT);
  }

  private String use(Linked linked, long amount, Instant at) {
    UsageDebit debit = debit(linked.account(), amount, at, "calls");
    assertThat(store().usage().consume(List.of(debit)).get(0))
        .isInstanceOf(DebitResult.Granted.class);
    return debit.id();
  }

  private List<MeterReport> all(Linked linked) {
    return reports()
        .list(new Filter(Optional.empty(), Optional.of(linked.account())), Optional.empty(), 101);
  }

  private List<MeterReport> claim(ClaimId claim) {
    return reports().claim(claim, 100, WALL, USED_AT, HELD, false);
  }

  private MeterReport claimOne(ClaimId claim) {
    List<MeterReport> claimed = claim(claim);
    assertThat(claimed).hasSize(1);
    return claimed.get(0);
  }

  @Test
  default void whatIsUsedWithinAnHourIsOneSum() {
    Linked linked = caller();
    String first = use(linked, 3);
    use(linked, 4, USED_AT.plusSeconds(59 * 60));
    use(linked, 5, USED_AT.plusSeconds(60 * 60));

    assertThat(all(linked)).extracting(MeterReport::units).containsExactly(5L, 7L);
    MeterReport report = all(linked).get(1);
    assertThat(report)
        .isEqualTo(new MeterReport(
            first,
            linked.account(),
            "api_calls",
            7,
            USED_AT,
            State.OPEN,
            Optional.empty(),
            0,
            Optional.empty(),
            Optional.empty(),
            Optional.empty()));
    assertThat(reports().find(first)).contains(report);
    assertThat(reports().find("nobody")).isEmpty();
  }

  @Test
  default void twoPeriodsAreNeverOneSum() {
    Linked linked = caller();
    use(linked, 3, MARCH_15TH.start().minusSeconds(1));
    use(linked, 4, MARCH_15TH.start());

    assertThat(all(linked)).extracting(MeterReport::units).containsExactly(4L, 3L);
    assertThat(all(linked))
        .extracting(MeterReport::at)
        .containsExactly(MARCH_15TH.start(), MARCH_15TH.start().minusSeconds(1));
  }

  @Test
  default void manyDrawsOfManyAccountsInOneGoAreAllThere() {
    Linked ada = caller();
    Linked bob = Commits.aLinkedCustomer(store(), USED_AT);
    entitle(bob, "api", Optional.empty());
    List<UsageDebit> debits = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      debits.add(debit(ada.account(), 1, USED_AT, "calls"));
      debits.add(debit(bob.account(), 2, USED_AT, "calls"));
    }

    assertThat(store().usage().consume(debits)).hasOnlyElementsOfType(DebitResult.Granted.class);

    assertThat(all(ada)).extracting(MeterReport::units).containsExactly(10L);
    assertThat(all(bob)).extracting(MeterReport::units).containsExactly(20L);
  }

  @Test
  default void nothingIsReportedOfWhatIsRefusedOrRepeatedOrNotMetered() {
    Linked linked = caller();
    UsageDebit debit = debit(linked.account(), 3, USED_AT, "calls");
    store().usage().consume(List.of(debit));
    store().usage().consume(List.of(debit));
    store().usage().consume(List.of(debit(linked.account(), 2_000_000, USED_AT, "calls")));
    store().usage().consume(List.of(debit(linked.account(), 5, USED_AT, "quiz")));

    assertThat(all(linked)).extracting(MeterReport::units).containsExactly(3L);
  }

  @Test
  default void nothingIsReportedUnderAPlanThatDoesNotMeter() {
    Linked free = caller(ACatalog.metered(), "free");
    use(free, 3);
    Linked lapsed = caller();
    entitle(lapsed, "api", Optional.of(USED_AT));
    use(lapsed, 3);
    Linked unsubscribed = caller();
    Commits.apply(
        store(),
        unsubscribed.subject(),
        USED_AT,
        List.of(
            Commits.entitle(new AccountEntitlement(unsubscribed.account(), List.of()), USED_AT)));
    use(unsubscribed, 3);
    Linked before = caller(ACatalog.freeBasicAndPro(), "api");
    use(before, 3);

    assertThat(all(free)).isEmpty();
    assertThat(all(lapsed)).isEmpty();
    assertThat(all(unsubscribed)).isEmpty();
    assertThat(all(before)).isEmpty();
  }

  @Test
  default void whatWasGivenForNothingIsNotReported() {
    Linked linked = caller();
    Grant units = given(linked, new GrantContent.Units("calls", 5));
    UsageDebit debit = new UsageDebit(
        Ids.next("use"),
        linked.account(),
        "calls",
        Ids.next("key"),
        "calls 7",
        store().usage().read(linked.account(), USED_AT).version(),
        "api",
        MARCH_15TH,
        List.of(
            new Offer(
                PriceBand.INCLUDED, Optional.of(5L), Optional.empty(), Optional.of(units.id())),
            new Offer(PriceBand.INCLUDED, Optional.of(1_000L), Optional.empty())),
        7,
        USED_AT,
        false,
        Map.of());
    store().usage().consume(List.of(debit));
    assertThat(all(linked)).extracting(MeterReport::units).containsExactly(2L);
    store().usage().release(linked.account(), "calls", debit.id(), USED_AT);
    assertThat(all(linked)).extracting(MeterReport::units).containsExactly(0L);
  }

  @Test
  default void whatIsUsedUnderAPlanThatWasGivenIsNotReported() {
    Linked linked = caller(ACatalog.meteredBelowPro(), "api");
    given(linked, new GrantContent.Tier("pro"));
    UsageDebit debit = debit(linked.account(), 3, USED_AT, "calls");
    store()
        .usage()
        .consume(List.of(new UsageDebit(
            debit.id(),
            debit.account(),
            debit.feature(),
            debit.key(),
            debit.fingerprint(),
            debit.version(),
            "pro",
            debit.period(),
            debit.offers(),
            debit.amount(),
            debit.at(),
            false,
            Map.of())));

    assertThat(all(linked)).isEmpty();
  }

  private Grant given(Linked linked, GrantContent gift) {
    Grant grant = new Grant(
        Ids.next("gr"),
        linked.account(),
        gift,
        "why",
        "user_admin",
        USED_AT,
        USED_AT,
        Optional.empty(),
        0,
        Optional.empty());
    return store().grants().add(grant, grant.id(), "", AnAuditEntry.any()).grant();
  }

  @Test
  default void whatIsGivenBackIsTakenFromTheHourInWhichItWasUsed() {
    Linked linked = caller();
    String early = use(linked, 3);
    use(linked, 4);
    Instant later = USED_AT.plusSeconds(7_200);
    store().usage().release(linked.account(), "calls", early, later);
    store().usage().release(linked.account(), "calls", early, later);
    assertThat(all(linked)).extracting(MeterReport::units).containsExactly(4L);

    String sent = use(linked, 10);
    claim(Ids.claim());
    store().usage().release(linked.account(), "calls", sent, later);
    assertThat(all(linked)).extracting(MeterReport::units).containsExactlyInAnyOrder(14L, -10L);
    assertThat(all(linked)).extracting(MeterReport::at).containsOnly(USED_AT);
  }

  @Test
  default void whatIsGivenBackIsTakenBackAlsoWhenThePlanIsAnotherByThen() {
    Linked linked = caller();
    String used = use(linked, 3);
    claim(Ids.claim());
    entitle(linked, "free", Optional.empty());

    store().usage().release(linked.account(), "calls", used, USED_AT);

    assertThat(all(linked)).extracting(MeterReport::units).containsExactlyInAnyOrder(3L, -3L);
  }

  @Test
  default void aClaimFixesTheSumAndBindsItToTheCustomer() {
    Linked linked = caller();
    use(linked, 3);
    ClaimId claim = Ids.claim();

    MeterReport claimed = claimOne(claim);
    use(linked, 4);

    assertThat(claimed.units()).isEqualTo(3);
    assertThat(claimed.state()).isEqualTo(State.SENDING);
    assertThat(claimed.customerId()).contains(linked.customerId());
    assertThat(claimed.doubtfulSince()).isEmpty();
    assertThat(all(linked)).extracting(MeterReport::units).containsExactlyInAnyOrder(3L, 4L);
    assertThat(reports().find(claimed.id()).orElseThrow().doubtfulSince()).contains(USED_AT);
  }

  @Test
  default void aClaimThatIsRepeatedGivesTheSameOnes() {
    Linked linked = caller();
    use(linked, 3);
    ClaimId claim = Ids.claim();
    MeterReport claimed = claimOne(claim);
    use(linked, 4);

    assertThat(claim(claim)).extracting(MeterReport::id).containsExactly(claimed.id());
  }

  @Test
  default void whatIsClaimedIsHeldUntilTheLeaseIsOver() {
    Linked linked = caller();
    use(linked, 3);
    ClaimId first = Ids.claim();
    MeterReport held = claimOne(first);
    assertThat(claim(Ids.claim())).isEmpty();

    ClaimId second = Ids.claim();
    List<MeterReport> taken =
        reports().claim(second, 100, WALL.plus(HELD), USED_AT.plusSeconds(9), HELD, false);
    assertThat(taken).singleElement().satisfies(report -> {
      assertThat(report.id()).isEqualTo(held.id());
      assertThat(report.units()).isEqualTo(3);
      assertThat(report.doubtfulSince()).as("since the first claim").contains(USED_AT);
    });

    reports().settle(first, List.of(new ReportOutcome.Dead(held.id(), "too late to say")));
    assertThat(reports().find(held.id()).orElseThrow().state()).isEqualTo(State.SENDING);
    reports().settle(second, List.of(new ReportOutcome.Sent(held.id())));
    assertThat(reports().find(held.id()).orElseThrow().state()).isEqualTo(State.SENT);
    reports().settle(second, List.of(new ReportOutcome.Sent(held.id())));
  }

  @Test
  default void onlySoManyAreClaimed() {
    Linked linked = caller();
    IntStream.range(0, 5).forEach(hour -> use(linked, 1, USED_AT.plusSeconds(hour * 3_600L)));

    assertThat(reports().claim(Ids.claim(), 3, WALL, USED_AT, HELD, false)).hasSize(3);
    assertThat(reports().claim(Ids.claim(), 3, WALL, USED_AT, HELD, false)).hasSize(2);
  }

  @Test
  default void postponedReportIsDueAgainInItsTime() {
    Linked linked = caller();
    use(linked, 3);
    ClaimId claim = Ids.claim();
    MeterReport held = claimOne(claim);
    Instant again = WALL.plusSeconds(60);
    reports()
        .settle(
            claim,
            List.of(new ReportOutcome.Later(
                held.id(), again, Optional.empty(), Optional.of("the provider is gone"))));

    assertThat(claim(Ids.claim())).isEmpty();
    ClaimId next = Ids.claim();
    List<MeterReport> due = reports().claim(next, 100, again, USED_AT, HELD, false);
    assertThat(due).singleElement().satisfies(report -> {
      assertThat(report.attempts()).isEqualTo(1);
      assertThat(report.error()).contains("the provider is gone");
      assertThat(report.doubtfulSince()).isEmpty();
    });

    Instant doubt = USED_AT.minusSeconds(5);
    reports()
        .settle(
            next,
            List.of(
                new ReportOutcome.Later(held.id(), again, Optional.of(doubt), Optional.empty())));
    assertThat(reports().find(held.id()).orElseThrow()).satisfies(report -> {
      assertThat(report.attempts()).as("it was not its turn").isEqualTo(1);
      assertThat(report.error()).contains("the provider is gone");
      assertThat(report.doubtfulSince()).contains(doubt);
    });
  }

  @Test
  default void whatAnInvoiceWaitsForComesFirstAndAtOnce() {
    Linked other = caller();
    use(other, 1);
    Linked linked = Commits.aLinkedCustomer(store(), USED_AT);
    entitle(linked, "api", Optional.empty());
    use(linked, 3);
    use(linked, 9, MARCH_15TH.end());
    ClaimId claim = Ids.claim();
    List<ReportOutcome> put = new ArrayList<>();
    claim(claim)
        .forEach(report -> put.add(new ReportOutcome.Later(
            report.id(), WALL.plusSeconds(900), Optional.empty(), Optional.of("later"))));
    reports().settle(claim, put);
    Instant deadline = MARCH_15TH.end().plusSeconds(3_600);

    assertThat(reports().hurry(linked.customerId(), MARCH_15TH.end(), deadline)).isEqualTo(1);
    assertThat(reports().hurry(linked.customerId(), MARCH_15TH.end(), deadline.plusSeconds(9)))
        .isEqualTo(1);
    assertThat(reports().hurry("cus_of_nobody", MARCH_15TH.end(), deadline)).isZero();

    List<MeterReport> urgent = reports().claim(Ids.claim(), 100, WALL, USED_AT, HELD, true);
    assertThat(urgent).singleElement().satisfies(report -> {
      assertThat(report.units()).isEqualTo(3);
      assertThat(report.account()).isEqualTo(linked.account());
      assertThat(report.deadline()).contains(deadline);
    });
    assertThat(reports().hurry(linked.customerId(), MARCH_15TH.end(), deadline))
        .as("the holder of the lease sends it")
        .isEqualTo(1);
    assertThat(reports().claim(Ids.claim(), 100, WALL, USED_AT, HELD, true)).isEmpty();
  }

  @Test
  default void totalsTellHowFarEverythingGot() {
    Linked linked = caller();
    List<String> ids = new ArrayList<>();
    for (int hour = 0; hour < 4; hour++) {
      ids.add(use(linked, 1L << hour, USED_AT.plusSeconds(hour * 3_600L)));
    }
    ClaimId claim = Ids.claim();
    claim(claim);
    reports()
        .settle(
            claim,
            List.of(
                new ReportOutcome.Sent(ids.get(0)),
                new ReportOutcome.Dead(ids.get(1), "refused"),
                new ReportOutcome.Undecided(ids.get(2), "who knows")));
    use(linked, 16, USED_AT);
    Instant end = USED_AT.plusSeconds(86_400);

    Totals totals = new Totals("api_calls", 1, 24, 2, 4);
    assertThat(reports().totals(linked.account(), USED_AT, end)).containsExactly(totals);
    assertThat(totals.used()).isEqualTo(31);
    assertThat(reports().totals(linked.account(), USED_AT.plusSeconds(1), end))
        .containsExactly(new Totals("api_calls", 0, 8, 2, 4));
    assertThat(reports().totals(linked.account(), MARCH_15TH.start(), USED_AT)).isEmpty();
    assertThat(reports().find(ids.get(1)).orElseThrow().error()).contains("refused");
    assertThat(reports().find(ids.get(2)).orElseThrow().state()).isEqualTo(State.NEEDS_OPERATOR);
  }

  @Test
  default void whatIsDeadOrUndecidedIsDecidedOnce() {
    Linked linked = caller();
    String dead = use(linked, 1);
    String undecided = use(linked, 2, USED_AT.plusSeconds(3_600));
    ClaimId claim = Ids.claim();
    claim(claim);
    reports()
        .settle(
            claim,
            List.of(
                new ReportOutcome.Dead(dead, "refused"),
                new ReportOutcome.Undecided(undecided, "who knows")));
    assertThat(claim(Ids.claim())).isEmpty();

    AuditEntry first = AuditStoreContract.entry();
    AuditEntry second = AuditStoreContract.entry();
    AuditEntry third = AuditStoreContract.entry();
    assertThat(reports().resolve(undecided, true, first).orElseThrow().state())
        .isEqualTo(State.SENT);
    assertThat(reports().resolve(dead, false, second).orElseThrow()).satisfies(report -> {
      assertThat(report.state()).isEqualTo(State.SENDING);
      assertThat(report.error()).isEmpty();
      assertThat(report.doubtfulSince()).isEmpty();
    });
    assertThat(reports().resolve(dead, true, third)).isEmpty();
    assertThat(reports().resolve(undecided, false, third)).isEmpty();
    assertThat(reports().resolve("nobody", true, third)).isEmpty();
    assertThat(AuditStoreContract.entriesOf(store(), first)).containsExactly(first);
    assertThat(AuditStoreContract.entriesOf(store(), second)).containsExactly(second);
    assertThat(AuditStoreContract.entriesOf(store(), third)).isEmpty();
    assertThat(claimOne(Ids.claim()).id()).isEqualTo(dead);
  }

  @Test
  default void theBacklogCountsWhatWaitsAndWhatIsLost() {
    Linked linked = caller();
    Backlog before = reports().backlog(USED_AT);
    assertThat(before.pending()).isZero();
    assertThat(before.oldest()).isEmpty();
    String dead = use(linked, 1);
    ClaimId claim = Ids.claim();
    claim(claim);
    reports().settle(claim, List.of(new ReportOutcome.Dead(dead, "refused")));
    String back = use(linked, 2, USED_AT.plusSeconds(3_600));
    store().usage().release(linked.account(), "calls", back, USED_AT);
    use(linked, 4, USED_AT.plusSeconds(7_200));
    reports().hurry(linked.customerId(), MARCH_15TH.end(), MARCH_15TH.end());

    Backlog now = reports().backlog(MARCH_15TH.end());
    assertThat(now.pending()).isEqualTo(1);
    assertThat(now.unlinked()).isZero();
    assertThat(now.overdue()).isZero();
    assertThat(now.dead()).isEqualTo(before.dead() + 1);
    assertThat(now.undecided()).isEqualTo(before.undecided());
    assertThat(now.oldest()).contains(USED_AT.plusSeconds(7_200));
    assertThat(reports().backlog(MARCH_15TH.end().plusSeconds(1)).overdue()).isEqualTo(1);
  }

  @Test
  default void listsArePagedAndFiltered() {
    Linked linked = caller();
    List<String> ids = new ArrayList<>();
    for (int hour = 0; hour < 3; hour++) {
      ids.add(0, use(linked, 1, USED_AT.plusSeconds(hour * 3_600L)));
    }
    Filter own = new Filter(Optional.empty(), Optional.of(linked.account()));

    assertThat(reports().list(own, Optional.empty(), 2))
        .extracting(MeterReport::id)
        .containsExactly(ids.get(0), ids.get(1));
    assertThat(reports().list(own, Optional.of(ids.get(1)), 2))
        .extracting(MeterReport::id)
        .containsExactly(ids.get(2));
    assertThat(reports().list(own, Optional.of("nobody"), 2)).isEmpty();
    assertThat(reports()
            .list(
                new Filter(Optional.of(State.SENT), Optional.of(linked.account())),
                Optional.empty(),
                10))
        .isEmpty();
    assertThat(reports()
            .list(new Filter(Optional.of(State.OPEN), Optional.empty()), Optional.empty(), 101))
        .extracting(MeterReport::id)
        .containsAll(ids);
    assertThat(reports().list(new Filter(Optional.empty(), Optional.empty()), Optional.empty(), 1))
        .hasSize(1);
  }

  @Test
  default void whatWasSentLongAgoIsForgotten() {
    Linked linked = caller();
    Instant longAgo = Instant.parse("2002-03-20T12:00:00Z");
    String sent = use(linked, 1, longAgo);
    String waiting = use(linked, 1, longAgo.plusSeconds(3_600));
    ClaimId claim = Ids.claim();
    claim(claim);
    reports().settle(claim, List.of(new ReportOutcome.Sent(sent)));

    assertThat(reports().prune(longAgo)).isZero();
    assertThat(reports().prune(longAgo.plusSeconds(9_999))).isEqualTo(1);
    assertThat(reports().find(sent)).isEmpty();
    assertThat(reports().find(waiting)).isPresent();
  }
}
