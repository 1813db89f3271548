package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Owner;
import com.tatame.billing.anonymous.AnonymousSession;
import com.tatame.billing.catalog.Period;
import com.tatame.billing.entitlement.Consumption;
import com.tatame.billing.entitlement.DebitResult;
import com.tatame.billing.entitlement.PriceBand;
import com.tatame.billing.entitlement.UsageDebit;
import com.tatame.billing.entitlement.UsageDebit.Offer;
import com.tatame.billing.entitlement.UsageRow;
import com.tatame.billing.entitlement.UsageTally;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a visitor used counts as the claimer's, no unit twice and none lost. */
public interface ClaimedUsageContract extends StoreUnderTest {
  Instant MIDDAY = Instant.parse("2026-03-15T12:00:00Z");
  Period THE_DAY =
      new Period(Instant.parse("2026-03-15T00:00:00Z"), Instant.parse("2026-03-16T00:00:00Z"));
  Period THE_MONTH =
      new Period(Instant.parse("2026-03-01T00:00:00Z"), Instant.parse("2026-04-01T00:00:00Z"));

  @Test
  default void whatASessionUsedIsAddedToWhatItsClaimerUsedWindowByWindow() {
    AnonymousSession session = visitor();
    AccountId claimer = Ids.account();
    use(session.account(), "ai_chat", THE_DAY, Ids.next("key"));
    use(session.account(), "ai_chat", THE_DAY, Ids.next("key"));
    use(session.account(), "quiz", THE_MONTH, Ids.next("key"));
    use(claimer, "ai_chat", THE_DAY, Ids.next("key"));

    claim(session, claimer);
    claim(session, claimer);

    assertThat(store().usage().read(claimer, MIDDAY).open())
        .containsExactlyInAnyOrder(
            new UsageRow("ai_chat", THE_DAY, new UsageTally(3, 0, 0)),
            new UsageRow("quiz", THE_MONTH, new UsageTally(1, 0, 0)));
    assertThat(store().usage().read(session.account(), MIDDAY).open()).isEmpty();
  }

  @Test
  default void whatAnotherAccountDoesNotGetIsNotMoved() {
    AnonymousSession session = visitor();
    AccountId claimer = Ids.account();
    AccountId late = Ids.account();
    use(session.account(), "ai_chat", THE_DAY, Ids.next("key"));

    claim(session, claimer);
    claim(session, late);

    assertThat(used(claimer)).isEqualTo(1);
    assertThat(used(late)).isZero();
  }

  @Test
  default void theClaimerRepeatsAndReleasesWhatTheSessionUsed() {
    AnonymousSession session = visitor();
    AccountId claimer = Ids.account();
    String key = Ids.next("key");
    Consumption before = use(session.account(), "ai_chat", THE_DAY, key);
    claim(session, claimer);

    assertThat(use(claimer, "ai_chat", THE_DAY, key).id()).isEqualTo(before.id());
    assertThat(used(claimer)).isEqualTo(1);

    assertThat(store().usage().release(claimer, "ai_chat", before.id(), MIDDAY)).isPresent();
    assertThat(used(claimer)).isZero();
  }

  @Test
  default void aKeyOfTheClaimersStaysWhatItStandsFor() {
    AnonymousSession session = visitor();
    AccountId claimer = Ids.account();
    String key = Ids.next("key");
    Consumption visitors = use(session.account(), "ai_chat", THE_DAY, key);
    Consumption own = use(claimer, "ai_chat", THE_DAY, key);

    claim(session, claimer);

    assertThat(use(claimer, "ai_chat", THE_DAY, key).id()).isEqualTo(own.id());
    assertThat(used(claimer)).isEqualTo(2);
    assertThat(store().usage().release(claimer, "ai_chat", visitors.id(), MIDDAY))
        .isPresent();
    assertThat(used(claimer)).isEqualTo(1);
  }

  @Test
  default void whatWasUsedAsTheSessionWasClaimedIsGatheredOnce() {
    AnonymousSession session = visitor();
    AccountId claimer = Ids.account();
    claim(session, claimer);
    use(session.account(), "ai_chat", THE_DAY, Ids.next("key"));

    assertThat(store().anonymousSessions().gather(MIDDAY.plusSeconds(1)))
        .as("claimed before")
        .doesNotContain(claimer);
    assertThat(store().anonymousSessions().gather(MIDDAY)).contains(claimer);
    assertThat(store().anonymousSessions().gather(MIDDAY)).doesNotContain(claimer);

    assertThat(used(claimer)).isEqualTo(1);
    assertThat(used(session.account())).isZero();
  }

  @Test
  default void noUnitIsLostOrDoubledWhereManyClaimAndUseAtOnce() throws Exception {
    AccountId claimer = Ids.account();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        AnonymousSession session = visitor();
        for (int j = 0; j < 3; j++) {
          all.add(
              threads.submit(() -> use(session.account(), "ai_chat", THE_DAY, Ids.next("key"))));
        }
        all.add(threads.submit(() -> use(claimer, "ai_chat", THE_DAY, Ids.next("key"))));
        all.add(threads.submit(() -> claim(session, claimer)));
        all.add(threads.submit(() -> claim(session, claimer)));
      }
      for (Future<?> one : all) {
        one.get(60, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
    store().anonymousSessions().gather(MIDDAY);

    assertThat(used(claimer)).isEqualTo(8 * 3 + 8);
  }

  private AnonymousSession visitor() {
    AnonymousSession session = new AnonymousSession(
        new AccountId(Ids.next("anonymous")),
        MIDDAY,
        MIDDAY.plus(Duration.ofDays(30)),
        Optional.empty(),
        Optional.empty());
    store().anonymousSessions().add(session, "hash_of_" + session.account());
    return session;
  }

  private void claim(AnonymousSession session, AccountId by) {
    store()
        .anonymousSessions()
        .claim("hash_of_" + session.account(), Owner.of(by), MIDDAY, AnAuditEntry.any());
  }

  private Consumption use(AccountId account, String feature, Period period, String key) {
    UsageDebit debit = new UsageDebit(
        Ids.next("use"),
        account,
        feature,
        key,
        "a use",
        "",
        "free",
        period,
        List.of(new Offer(PriceBand.INCLUDED, Optional.empty(), Optional.empty())),
        1,
        MIDDAY,
        false,
        Map.of());
    return ((DebitResult.Granted) store().usage().consume(List.of(debit)).get(0)).consumption();
  }

  private long used(AccountId account) {
    return store().usage().read(account, MIDDAY).open().stream()
        .mapToLong(row -> row.used().included())
        .sum();
  }
}
