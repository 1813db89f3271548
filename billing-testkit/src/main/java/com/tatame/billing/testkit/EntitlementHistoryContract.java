package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.catalog.Cycle;
import com.tatame.billing.catalog.Period;
import com.tatame.billing.entitlement.AccountEntitlement;
import com.tatame.billing.entitlement.AccountEntitlement.Particulars;
import com.tatame.billing.entitlement.AccountEntitlement.Source;
import com.tatame.billing.entitlement.AccountEntitlement.Withheld;
import com.tatame.billing.entitlement.AccountUsage;
import com.tatame.billing.entitlement.Evidence;
import com.tatame.billing.entitlement.Grant;
import com.tatame.billing.entitlement.Grant.Revocation;
import com.tatame.billing.entitlement.GrantContent;
import com.tatame.billing.entitlement.PastUsage;
import com.tatame.billing.entitlement.PriceBand;
import com.tatame.billing.entitlement.RecordedEntitlement;
import com.tatame.billing.entitlement.UsageDebit;
import com.tatame.billing.entitlement.UsageRow;
import com.tatame.billing.entitlement.UsageTally;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.CommitResult;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.subscription.SubscriptionStatus;
import com.tatame.billing.testkit.Commits.Linked;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What was known of entitlements, and from what. */
public interface EntitlementHistoryContract extends StoreUnderTest {

  @Test
  default void entitlementKeepsItsEvidence() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    RecordedEntitlement recorded = full(linked, now);

    Commits.apply(store(), linked.subject(), now, List.of(new Change.Entitle(recorded)));

    assertThat(store().usage().read(linked.account(), now).recorded()).contains(recorded);
    assertThat(Commits.known(store(), linked.subject()).recorded()).contains(recorded);
  }

  @Test
  default void whatWasKnownIsAnsweredFromTheInstantOnAtWhichItBecameKnown() {
    Linked linked = Commits.aLinkedCustomer(store(), Ids.morning());
    Instant noon = Ids.morning().plus(Duration.ofHours(3));
    RecordedEntitlement basic = learnt(linked, "basic", noon, noon.minusSeconds(1));
    RecordedEntitlement pro =
        learnt(linked, "pro", noon.plusSeconds(60), noon.plusSeconds(60).minusMillis(1));

    entitle(linked, basic, pro);

    assertThat(past(linked, noon.minusNanos(1_000)).known()).isEmpty();
    assertThat(past(linked, noon).known()).contains(basic);
    assertThat(past(linked, noon.plusSeconds(60).minusNanos(1_000)).known()).contains(basic);
    assertThat(past(linked, noon.plusSeconds(60)).known()).contains(pro);
    assertThat(past(linked, noon.plusSeconds(99_999)).known()).contains(pro);
  }

  @Test
  default void ofWhatBecameKnownAtOneInstantTheLastIsAnswered() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    RecordedEntitlement basic = learnt(linked, "basic", now, now);
    RecordedEntitlement pro = learnt(linked, "pro", now, now);

    entitle(linked, basic, pro);

    assertThat(past(linked, now).known()).contains(pro);
  }

  @Test
  default void whatHadHappenedAndBecameKnownOnlyLaterIsHindsight() {
    Linked linked = Commits.aLinkedCustomer(store(), Ids.morning());
    Instant noon = Ids.morning().plus(Duration.ofHours(3));
    RecordedEntitlement late = learnt(linked, "basic", noon.plusSeconds(300), noon);
    RecordedEntitlement next = learnt(linked, "pro", noon.plusSeconds(400), noon.plusSeconds(390));

    entitle(linked, late, next);

    assertThat(past(linked, noon.minusSeconds(1)).hindsight()).isEmpty();
    assertThat(past(linked, noon).known()).isEmpty();
    assertThat(past(linked, noon).hindsight()).contains(late);
    assertThat(past(linked, noon.plusSeconds(299)).hindsight()).contains(late);
    assertThat(past(linked, noon.plusSeconds(300)).hindsight()).isEmpty();
    assertThat(past(linked, noon.plusSeconds(390)).known()).contains(late);
    assertThat(past(linked, noon.plusSeconds(390)).hindsight()).contains(next);
    assertThat(past(linked, noon.plusSeconds(400)).hindsight()).isEmpty();
  }

  @Test
  default void aRefusedUnitLeavesNoHistory() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    RecordedEntitlement basic = learnt(linked, "basic", now, now);
    Unit stale = Commits.unit(
        linked.subject(),
        Commits.version(store(), linked.subject()) + 1,
        new Change.Entitle(basic));

    assertThat(Commits.commit(store(), stale, now)).isEqualTo(new CommitResult.Stale());

    assertThat(past(linked, now.plusSeconds(9)).known()).isEmpty();
  }

  @Test
  default void oneAccountsHistoryIsNotAnothers() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    entitle(linked, learnt(linked, "basic", now.plusSeconds(5), now));

    PastUsage others = store().usage().past(Ids.account(), now.plusSeconds(9));

    assertThat(others)
        .isEqualTo(new PastUsage(Optional.empty(), Optional.empty(), List.of(), List.of()));
  }

  /** Whatever became known, was used, given back and set in which order: each answer can be had again. */
  @Test
  default void whatWasReadAtAnyInstantIsReadAgain() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    Map<Instant, AccountUsage> read = new TreeMap<>();
    List<UsageDebit> taken = new ArrayList<>();
    List<String> given = new ArrayList<>();
    for (int step = 0; step < 60; step++) {
      if (random.nextInt(3) > 0) {
        now = now.plusSeconds(1 + random.nextInt(40_000));
      }
      switch (random.nextInt(8)) {
        case 0 -> entitle(linked, learnt(linked, "tier" + step, now, now.minusSeconds(step)));
        case 1 -> store().usage().set(linked.account(), "room", random.nextInt(50), now);
        case 2 -> {
          if (!taken.isEmpty()) {
            UsageDebit debit = taken.get(random.nextInt(taken.size()));
            store().usage().release(linked.account(), debit.feature(), debit.id(), now);
          }
        }
        case 3 -> {
          Grant grant = grant(linked, random, now);
          store().grants().add(grant, grant.id(), grant.id(), AnAuditEntry.any());
          given.add(grant.id());
        }
        case 4 -> {
          if (!given.isEmpty()) {
            String id = given.get(random.nextInt(given.size()));
            Revocation revocation = new Revocation(now, "user_admin", Optional.empty());
            store().grants().revoke(linked.account(), id, revocation, AnAuditEntry.any());
          }
        }
        default -> {
          UsageDebit debit = debit(linked, random, now, given);
          store().usage().consume(List.of(debit));
          taken.add(debit);
        }
      }
      read.put(now, store().usage().read(linked.account(), now));
    }
    read.forEach((at, then) -> {
      PastUsage past = past(linked, at);
      assertThat(past.known()).as("seed %d at %s", seed, at).isEqualTo(then.recorded());
      assertThat(used(past.open())).as("seed %d at %s", seed, at).isEqualTo(used(then.open()));
      assertThat(past.grants())
          .as("seed %d at %s", seed, at)
          .containsExactlyInAnyOrderElementsOf(then.grants());
    });
  }

  private static Map<String, UsageTally> used(List<UsageRow> open) {
    Map<String, UsageTally> used = new TreeMap<>();
    open.forEach(row -> used.put(row.id(), row.used()));
    used.values().removeIf(UsageTally.NONE::equals);
    return used;
  }

  private static Grant grant(Linked linked, Random random, Instant now) {
    return new Grant(
        Ids.next("gr"),
        linked.account(),
        random.nextInt(3) == 0 ? new GrantContent.Tier("pro") : new GrantContent.Units("quiz", 5),
        "why",
        "user_admin",
        now,
        now.plusSeconds(random.nextInt(2) * 9_999L),
        random.nextBoolean() ? Optional.empty() : Optional.of(now.plusSeconds(200_000)),
        0,
        Optional.empty());
  }

  private UsageDebit debit(Linked linked, Random random, Instant now, List<String> given) {
    Instant start = now.truncatedTo(ChronoUnit.DAYS);
    Period period = random.nextInt(4) == 0
        ? Period.LIFETIME
        : new Period(start, start.plus(Duration.ofDays(1 + random.nextInt(3))));
    List<PriceBand> places = List.of(PriceBand.values());
    String id = Ids.next("use");
    List<UsageDebit.Offer> offers = new ArrayList<>();
    given.forEach(grant -> offers.add(new UsageDebit.Offer(
        PriceBand.INCLUDED, Optional.of(5L), Optional.empty(), Optional.of(grant))));
    offers.add(new UsageDebit.Offer(
        places.get(random.nextInt(places.size())), Optional.empty(), Optional.empty()));
    return new UsageDebit(
        id,
        linked.account(),
        period.endless() ? "box" : "quiz",
        id,
        id,
        store().usage().read(linked.account(), now).version(),
        "free",
        period,
        offers,
        1 + random.nextInt(3),
        now,
        false,
        Map.of());
  }

  @Test
  default void whatWasGivenBackLatelyIsRememberedHoweverLongAgoItWasUsed() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    UsageDebit debit = new UsageDebit(
        Ids.next("use"),
        linked.account(),
        "box",
        "key",
        "key",
        "",
        "free",
        Period.LIFETIME,
        List.of(new UsageDebit.Offer(PriceBand.INCLUDED, Optional.empty(), Optional.empty())),
        7,
        now,
        false,
        Map.of());
    store().usage().consume(List.of(debit));
    store().usage().release(linked.account(), "box", debit.id(), now.plusSeconds(900));

    store().usage().prune(now.plusSeconds(600));

    assertThat(past(linked, now.plusSeconds(700)).open())
        .containsExactly(new UsageRow("box", Period.LIFETIME, new UsageTally(7, 0, 0)));
  }

  private PastUsage past(Linked linked, Instant at) {
    return store().usage().past(linked.account(), at);
  }

  private void entitle(Linked linked, RecordedEntitlement... recorded) {
    for (RecordedEntitlement each : recorded) {
      Commits.apply(
          store(), linked.subject(), each.recordedAt(), List.of(new Change.Entitle(each)));
    }
  }

  private static RecordedEntitlement learnt(
      Linked linked, String tier, Instant recordedAt, Instant asOf) {
    Source source =
        new Source("sub_1", tier, SubscriptionStatus.ACTIVE, Optional.empty(), Optional.empty());
    Evidence evidence =
        new Evidence(Optional.of("evt_" + tier), Observation.Source.SNAPSHOT, asOf, recordedAt);
    return new RecordedEntitlement(
        new AccountEntitlement(linked.account(), List.of(source)),
        recordedAt,
        Map.of("sub_1", evidence));
  }

  private static RecordedEntitlement full(Linked linked, Instant now) {
    Cycle cycle = new Cycle(now, 12, new Period(now, now.plus(Duration.ofDays(365))));
    return new RecordedEntitlement(
        new AccountEntitlement(
            linked.account(),
            List.of(
                new Source(
                    "sub_a",
                    "pro",
                    SubscriptionStatus.PAST_DUE,
                    Optional.of(now.plusSeconds(9)),
                    Optional.of(cycle),
                    Optional.of(new Particulars(
                        "price_a", Optional.of(now), Optional.of(now.plusSeconds(1)), true))),
                new Source(
                    "sub_b",
                    "basic",
                    SubscriptionStatus.ACTIVE,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(
                        new Particulars("price_b", Optional.empty(), Optional.empty(), false)))),
            List.of(
                new Withheld(
                    "sub_c", Optional.empty(), SubscriptionStatus.ACTIVE, Optional.empty()),
                new Withheld(
                    "sub_d", Optional.of("pro"), SubscriptionStatus.CANCELED, Optional.of(now)))),
        now,
        Map.of(
            "sub_a",
            new Evidence(
                Optional.of("evt_1"),
                Observation.Source.SNAPSHOT,
                now.minusSeconds(5),
                now.minusMillis(1)),
            "sub_c",
            new Evidence(Optional.empty(), Observation.Source.READ, now.minusSeconds(7), now)));
  }
}
