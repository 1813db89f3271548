package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.PublishedCatalog;
import com.tatame.billing.subscription.SubscriptionStatus;
import com.tatame.billing.testkit.fixture.ACatalog;
import com.tatame.billing.testkit.fixture.ASubscription;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** The catalog that was published last is in force, whatever was published before. */
public interface CatalogStoreContract extends StoreUnderTest {
  /** Which no other test publishes. */
  static Catalog unpublished() {
    Catalog catalog = ACatalog.everyField();
    return new Catalog(
        catalog.plans(),
        catalog.items(),
        catalog.defaultTier(),
        catalog.grace(),
        List.of(Ids.next("coupon")),
        catalog.policies());
  }

  private PublishedCatalog publish(Catalog catalog) {
    return store().catalogs().publish(catalog, Ids.morning(), AnAuditEntry.any());
  }

  private PublishedCatalog publishIfNew(Catalog catalog) {
    return store().catalogs().publishIfNew(catalog, Ids.morning(), AnAuditEntry.any());
  }

  private PublishedCatalog inForce() {
    return store().catalogs().newerThan(0).orElseThrow();
  }

  @Test
  default void aPublishedCatalogIsReadBackWhole() {
    Catalog catalog = unpublished();
    Instant now = Ids.morning();

    PublishedCatalog published = store().catalogs().publish(catalog, now, AnAuditEntry.any());

    assertThat(published.content()).contains(catalog);
    assertThat(published.publishedAt()).isEqualTo(now);
    assertThat(inForce()).isEqualTo(published);
  }

  @Test
  default void eachPublishedCatalogHasTheNextVersion() {
    PublishedCatalog first = publish(unpublished());
    Catalog other = unpublished();
    PublishedCatalog second = publish(other);

    assertThat(second.version()).isEqualTo(first.version() + 1);
    assertThat(inForce().content()).contains(other);
  }

  @Test
  default void aCatalogThatIsInForceGetsNoNewVersion() {
    Catalog catalog = unpublished();
    PublishedCatalog first = publish(catalog);

    assertThat(publish(catalog)).isEqualTo(first);
    assertThat(publishIfNew(catalog)).isEqualTo(first);
  }

  @Test
  default void onlyNewerVersionsAreRead() {
    PublishedCatalog published = publish(unpublished());

    assertThat(store().catalogs().newerThan(published.version())).isEmpty();
    assertThat(store().catalogs().newerThan(published.version() - 1)).contains(published);
  }

  @Test
  default void aCatalogThatWasNeverPublishedIsPublishedAsNew() {
    publish(unpublished());
    Catalog catalog = unpublished();

    assertThat(publishIfNew(catalog).content()).contains(catalog);
    assertThat(inForce().content()).contains(catalog);
  }

  @Test
  default void aCatalogThatWasInForceBeforeIsNotNew() {
    Catalog old = unpublished();
    publish(old);
    PublishedCatalog current = publish(unpublished());

    assertThat(publishIfNew(old)).isEqualTo(current);
    assertThat(inForce()).isEqualTo(current);
  }

  @Test
  default void aCatalogThatWasInForceBeforeIsPublishedAgainOnRequest() {
    Catalog old = unpublished();
    publish(old);
    PublishedCatalog other = publish(unpublished());

    PublishedCatalog again = publish(old);

    assertThat(again.content()).contains(old);
    assertThat(again.version()).isEqualTo(other.version() + 1);
    assertThat(inForce()).isEqualTo(again);
  }

  @Test
  default void catalogsThatArePublishedAtOnceGetOneVersionEach() throws Exception {
    long before = publish(unpublished()).version();
    CountDownLatch start = new CountDownLatch(1);
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      List<Future<Long>> versions = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Catalog catalog = unpublished();
        versions.add(threads.submit(() -> {
          start.await();
          return publish(catalog).version();
        }));
      }
      start.countDown();

      Set<Long> published = new HashSet<>();
      for (Future<Long> version : versions) {
        published.add(version.get());
      }
      assertThat(published)
          .containsExactlyInAnyOrder(before + 1, before + 2, before + 3, before + 4);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  default void liveSubscriptionsAreCountedByTier() {
    String basic = Ids.next("basic");
    String pro = Ids.next("pro");
    subscribe(basic, SubscriptionStatus.ACTIVE);
    subscribe(basic, SubscriptionStatus.TRIALING);
    subscribe(pro, SubscriptionStatus.PAUSED);
    for (SubscriptionStatus status : SubscriptionStatus.values()) {
      if (!status.live()) {
        subscribe(pro, status);
      }
    }

    assertThat(store().catalogs().liveSubscriptions(Set.of(basic, pro, Ids.next("none")), 100))
        .isEqualTo(Map.of(basic, 2L, pro, 1L));
    assertThat(store().catalogs().liveSubscriptions(Set.of(pro), 100)).isEqualTo(Map.of(pro, 1L));
  }

  @Test
  default void countingEndsAtTheMaximum() {
    String tier = Ids.next("basic");
    for (int i = 0; i < 3; i++) {
      subscribe(tier, SubscriptionStatus.ACTIVE);
    }

    assertThat(store().catalogs().liveSubscriptions(Set.of(tier), 2)).isEqualTo(Map.of(tier, 2L));
  }

  private void subscribe(String tier, SubscriptionStatus status) {
    Instant now = Ids.morning();
    Commits.store(
        store(),
        now.plus(Duration.ofHours(1)),
        ASubscription.of(Ids.next("cus"), status, now).ofTier(tier).build());
  }
}
