package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Feature;
import com.tatame.billing.catalog.Period;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.Policies;
import com.tatame.billing.catalog.PublishedCatalog;
import com.tatame.billing.catalog.Window;
import com.tatame.billing.entitlement.DebitResult.Granted;
import com.tatame.billing.entitlement.PriceBand;
import com.tatame.billing.entitlement.UsageDebit;
import com.tatame.billing.entitlement.UsageDebit.Offer;
import com.tatame.billing.ledger.AccountFacts;
import com.tatame.billing.ledger.Cause;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.outbox.FeedFilter;
import com.tatame.billing.outbox.PublishedEvent;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Shares of a limit that are used up, and catalogs that are published, are events. */
public interface LimitThresholdContract extends StoreUnderTest {
  /** A tier of which half and all of ten quizzes are watched, and no articles. */
  String WATCHED = "watched";

  private PublishedCatalog publish() {
    Window month = new Window(Window.Kind.CALENDAR_MONTH, ZoneOffset.UTC);
    Plan plan = Plan.builder(WATCHED)
        .feature("quiz", new Feature.Counter(10, month).withThresholds(List.of(50, 100)))
        .feature("article", new Feature.Counter(10, month))
        .build();
    Catalog catalog = new Catalog(
        List.of(plan),
        List.of(),
        WATCHED,
        Duration.ZERO,
        List.of(Ids.next("coupon")),
        Policies.DEFAULT);
    return store().catalogs().publish(catalog, Ids.morning(), AnAuditEntry.any());
  }

  @Test
  default void aShareOfALimitIsUsedUpOnceInItsWindow() {
    publish();
    AccountId account = Ids.account();
    Period march = month("2026-03-01", "2026-04-01");
    Instant noon = march.start().plusSeconds(43_200);

    use(account, "quiz", march, noon, 4);
    assertThat(stream(account)).isEmpty();
    String second = use(account, "quiz", march, noon.plusSeconds(1), 2);
    store().usage().release(account, "quiz", second, noon.plusSeconds(2));
    use(account, "quiz", march, noon.plusSeconds(3), 1);

    assertThat(stream(account)).hasSize(1);
    assertThat(stream(account).get(0)).satisfies(event -> {
      assertThat(event.event().fact())
          .isEqualTo(crossed(account, march, 50, 6, noon.plusSeconds(1)));
      assertThat(event.event().cause()).isEqualTo(Cause.DECISION);
      assertThat(event.sequence()).isEqualTo(1);
    });
  }

  @Test
  default void oneUseCanCrossSeveralAndTheNextWindowBeginsAnew() {
    publish();
    AccountId account = Ids.account();
    Period march = month("2026-03-01", "2026-04-01");
    Period april = month("2026-04-01", "2026-05-01");

    use(account, "quiz", march, march.start(), 10);
    use(account, "quiz", april, april.start(), 5);

    assertThat(stream(account))
        .extracting(event -> event.event().fact())
        .containsExactlyInAnyOrder(
            crossed(account, march, 50, 10, march.start()),
            crossed(account, march, 100, 10, march.start()),
            crossed(account, april, 50, 5, april.start()));
  }

  @Test
  default void aLimitWithoutThresholdsIsNotWatched() {
    publish();
    AccountId account = Ids.account();
    Period march = month("2026-03-01", "2026-04-01");

    use(account, "article", march, march.start(), 10);

    assertThat(stream(account)).isEmpty();
  }

  @Test
  default void unitsOfDifferentAccountsCrossInOneCommit() {
    publish();
    Period march = month("2026-03-01", "2026-04-01");
    List<AccountId> accounts = List.of(Ids.account(), Ids.account(), Ids.account());

    assertThat(store()
            .usage()
            .consume(accounts.stream()
                .map(account -> debit(account, "quiz", march, march.start(), 5))
                .toList()))
        .allSatisfy(result -> assertThat(result).isInstanceOf(Granted.class));

    for (AccountId account : accounts) {
      assertThat(stream(account))
          .extracting(event -> event.event().fact())
          .containsExactly(crossed(account, march, 50, 5, march.start()));
    }
  }

  @Test
  default void aPublishedCatalogIsOneEvent() {
    publish();
    PublishedCatalog published = publish();
    store()
        .catalogs()
        .publish(published.content().orElseThrow(), Ids.morning(), AnAuditEntry.any());

    assertThat(stream(AccountFacts.CATALOG))
        .extracting(event -> event.event().fact())
        .filteredOn(fact -> fact.details().containsValue(Long.toString(published.version())))
        .containsExactly(
            AccountFacts.catalogPublished(published.version(), published.publishedAt()));
  }

  private String use(AccountId account, String feature, Period window, Instant at, long amount) {
    UsageDebit debit = debit(account, feature, window, at, amount);
    assertThat(store().usage().consume(List.of(debit))).singleElement().isInstanceOf(Granted.class);
    return debit.id();
  }

  private static UsageDebit debit(
      AccountId account, String feature, Period window, Instant at, long amount) {
    String id = Ids.next("use");
    return new UsageDebit(
        id,
        account,
        feature,
        id,
        feature + " " + amount,
        "",
        WATCHED,
        window,
        List.of(new Offer(PriceBand.INCLUDED, Optional.of(10L), Optional.empty())),
        amount,
        at,
        false,
        Map.of());
  }

  private static Fact crossed(
      AccountId account, Period window, int threshold, long used, Instant at) {
    return AccountFacts.thresholdCrossed(account, "quiz", window, threshold, used, 10, at);
  }

  private List<PublishedEvent> stream(AccountId account) {
    return store()
        .eventFeed()
        .page(Optional.empty(), new FeedFilter(Optional.of(account), Set.of()), 1000)
        .events();
  }

  private static Period month(String from, String to) {
    return new Period(Instant.parse(from + "T00:00:00Z"), Instant.parse(to + "T00:00:00Z"));
  }
}
