package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.cache.CachedProductStore;
import com.tatame.billing.catalog.Product;
import com.tatame.billing.catalog.ProductStore;
import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.projection.ProjectionStore;
import com.tatame.billing.testkit.fixture.AProduct;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The cache of products answers as the store behind it, and asks it rarely. */
final class CachedProductStoreTest {
  private static final Duration TTL = Duration.ofSeconds(5);
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final InMemoryBillingStore store = new InMemoryBillingStore();
  private final SettableClock clock = new SettableClock(NOW);
  private final AtomicInteger queries = new AtomicInteger();
  private volatile Callable<Void> beforeQuery = () -> null;
  private final Queue<Runnable> background = new ArrayDeque<>();
  private final CachedProductStore cache =
      new CachedProductStore(counted(), TTL, clock, background::add);
  private final ExecutorService callers = Executors.newCachedThreadPool();

  @AfterEach
  void close() {
    callers.shutdownNow();
    store.close();
  }

  private ProductStore counted() {
    return (ProductStore) Proxy.newProxyInstance(
        ProductStore.class.getClassLoader(),
        new Class<?>[] {ProductStore.class},
        (proxy, method, arguments) -> {
          queries.incrementAndGet();
          beforeQuery.call();
          try {
            return method.invoke(store.products(), arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        });
  }

  private List<Product> all() {
    return cache.products(Optional.empty(), Optional.empty(), 1_000);
  }

  private Product stored() {
    Product product = AProduct.active(NOW);
    Commits.store(store, NOW, product);
    return product;
  }

  @Test
  void withinItsTimeToLiveTheStoreIsAskedOnce() {
    Product first = stored();
    assertThat(all()).containsExactly(first);
    int loaded = queries.get();

    clock.advance(TTL.minusMillis(1));
    for (int i = 0; i < 100; i++) {
      assertThat(all()).containsExactly(first);
      assertThat(cache.product(first.id())).contains(first);
      assertThat(cache.prices(Optional.empty(), Optional.empty(), Optional.empty(), 10))
          .isEmpty();
    }

    assertThat(queries.get()).isEqualTo(loaded);
  }

  @Test
  void whatAnotherProcessStoredIsSeenWithinTheTimeToLive() {
    Product first = stored();
    assertThat(all()).containsExactly(first);
    Product second = stored();

    clock.advance(TTL);

    assertThat(all()).containsExactlyInAnyOrder(first, second);
  }

  @Test
  void whatThisProcessStoredIsSeenAtOnce() {
    assertThat(all()).isEmpty();
    Product first = stored();
    cache.evict();

    assertThat(all()).containsExactly(first);
  }

  @Test
  void theRevisionChangesOnlyWithTheContent() {
    stored();
    assertThat(cache.revision()).isEmpty();
    all();
    long before = cache.revision().orElseThrow();

    clock.advance(TTL.multipliedBy(2));
    assertThat(cache.revision()).as("the store would have to be asked").isEmpty();
    all();
    assertThat(cache.revision()).hasValue(before);

    stored();
    cache.evict();
    all();
    assertThat(cache.revision().orElseThrow()).isNotEqualTo(before);
  }

  @Test
  void revisionIsKnownWhileTheSnapshotIsReloadedInTheBackground() {
    stored();
    all();
    long before = cache.revision().orElseThrow();
    stored();
    int loaded = queries.get();

    clock.advance(TTL);
    assertThat(cache.revision()).hasValue(before);
    clock.advance(TTL.multipliedBy(10));
    assertThat(cache.revision()).as("the store hangs").hasValue(before);
    assertThat(queries.get()).as("no caller waited for the store").isEqualTo(loaded);
    assertThat(background).as("one reload at a time").hasSize(1);

    background.remove().run();
    assertThat(cache.revision().orElseThrow()).isGreaterThan(before);
    assertThat(all()).hasSize(2);
  }

  @Test
  void revisionIsKnownWhileEachReloadFails() {
    stored();
    all();
    long before = cache.revision().orElseThrow();
    beforeQuery = () -> {
      throw new StoreUnavailable("down");
    };

    clock.advance(TTL);
    for (int second = 0; second < 60; second++) {
      assertThat(cache.revision()).hasValue(before);
      background.remove().run();
      clock.advance(Duration.ofSeconds(1));
    }
  }

  @Test
  void aStoreThatFailsIsServedFromTheLastSnapshotAndThereIsNoneAtFirst() {
    beforeQuery = () -> {
      throw new StoreUnavailable("down");
    };
    assertThatThrownBy(this::all).isInstanceOf(StoreUnavailable.class);
    beforeQuery = () -> null;
    Product first = stored();
    assertThat(all()).containsExactly(first);

    beforeQuery = () -> {
      throw new StoreUnavailable("down");
    };
    clock.advance(TTL);
    assertThat(all()).containsExactly(first);
    cache.evict();
    assertThat(all()).containsExactly(first);

    beforeQuery = () -> null;
    Product second = stored();
    clock.advance(TTL);
    assertThat(all()).containsExactlyInAnyOrder(first, second);
  }

  @Test
  void whileOneCallerReloadsOthersAreAnsweredFromTheLastSnapshot() throws Exception {
    Product first = stored();
    assertThat(all()).containsExactly(first);
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    beforeQuery = () -> {
      asked.countDown();
      answer.await();
      return null;
    };
    clock.advance(TTL);
    Future<List<Product>> reloading = callers.submit(this::all);
    asked.await();

    assertThat(all()).containsExactly(first);

    answer.countDown();
    assertThat(reloading.get()).containsExactly(first);
  }

  @Test
  void aCommitWhileTheSnapshotIsLoadedIsNotMissed() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    AtomicInteger first = new AtomicInteger();
    beforeQuery = () -> {
      // The first query has its answer, the second one waits.
      if (first.incrementAndGet() == 2) {
        asked.countDown();
        answer.await();
      }
      return null;
    };
    Future<List<Product>> loading = callers.submit(this::all);
    asked.await();
    Product product = stored();
    cache.evict();
    answer.countDown();

    assertThat(loading.get()).containsExactly(product);
  }

  @Test
  void manyCallersAtOnceAskTheStoreOnce() throws Exception {
    for (int i = 0; i < 3; i++) {
      stored();
    }
    List<Callable<List<Product>>> asking = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      asking.add(this::all);
    }

    for (Future<List<Product>> answer : callers.invokeAll(asking)) {
      assertThat(answer.get()).hasSize(3);
    }

    assertThat(queries.get()).isEqualTo(2);
  }

  /** The cache, evicted by each commit, keeps the rules of the store. */
  @Nested
  class Contract extends ForwardingStore implements ProductStoreContract {
    private final CachedProductStore cached =
        new CachedProductStore(good.products(), Duration.ofDays(1), new SettableClock(NOW));

    @Override
    public ProductStore products() {
      return cached;
    }

    @Override
    public ProjectionStore projections() {
      return (ProjectionStore) Proxy.newProxyInstance(
          ProjectionStore.class.getClassLoader(),
          new Class<?>[] {ProjectionStore.class},
          (proxy, method, arguments) -> {
            Object result = method.invoke(good.projections(), arguments);
            if (method.getName().equals("commit")) {
              cached.evict();
            }
            return result;
          });
    }
  }
}
