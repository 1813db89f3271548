package com.tatame.billing.cache;

import com.tatame.billing.catalog.Price;
import com.tatame.billing.catalog.Product;
import com.tatame.billing.catalog.ProductStore;
import com.tatame.billing.catalog.RevisionedProductStore;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.CommitListener;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.workload.WorkContext;
import com.tatame.billing.workload.Workload;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ProductStore} that answers from a snapshot of everything in it. A snapshot older than its
 * time to live is reloaded by one caller while the others are still answered from it; {@link #evict}
 * makes all wait for a new one. If the store fails, the last snapshot is served.
 *
 * <p>Callers of {@link #revision}, who may not wait, are answered from a snapshot for another time to
 * live while it is reloaded in the background: else they would depend on a thread and a connection of
 * other readers as soon as the store is slow. Thread-safe.
 */
public final class CachedProductStore implements RevisionedProductStore, CommitListener {
  private static final Logger LOG = System.getLogger(CachedProductStore.class.getName());
  private static final int PAGE = 101;
  private static final Duration RETRY_AFTER_FAILURE = Duration.ofSeconds(1);

  private final ProductStore store;
  private final Duration ttl;
  private final InstantSource wallClock;
  private final Executor background;
  private @Nullable Snapshot current;
  private @Nullable CompletableFuture<Snapshot> loading;
  private Instant expiresAt = Instant.MIN;
  private long evictions;

  /**
   * A cache that is empty.
   *
   * @param ttl how long a snapshot is served without asking the store; twice that bounds how late this
   *     process sees what another one stored, as long as the store answers.
   */
  public CachedProductStore(ProductStore store, Duration ttl, InstantSource wallClock) {
    this(store, ttl, wallClock, CachedProductStore::onThreadOfItsOwn);
  }

  /**
   * As the other.
   *
   * @param background where a snapshot is reloaded that callers of {@link #revision} don't wait for
   */
  public CachedProductStore(
      ProductStore store, Duration ttl, InstantSource wallClock, Executor background) {
    this.store = store;
    this.ttl = ttl;
    this.wallClock = wallClock;
    this.background = background;
  }

  private static void onThreadOfItsOwn(Runnable reload) {
    Thread thread =
        new Thread(() -> WorkContext.run(Workload.WORKERS, reload), "billing-product-cache");
    thread.setDaemon(true);
    thread.start();
  }

  /** All products and prices of an instant, each sorted by id. */
  private record Snapshot(
      long revision,
      long evictions,
      NavigableMap<String, Product> products,
      NavigableMap<String, Price> prices) {}

  @Override
  public OptionalLong revision() {
    CompletableFuture<Snapshot> reload;
    OptionalLong revision;
    synchronized (this) {
      Snapshot known = current;
      if (known == null || known.evictions() != evictions) {
        return OptionalLong.empty();
      }
      revision = OptionalLong.of(known.revision());
      if (loading != null || fresh(known)) {
        return revision;
      }
      // Not read for long: this caller waits for what is stored now.
      if (!wallClock.instant().isBefore(expiresAt.plus(ttl))) {
        return OptionalLong.empty();
      }
      reload = new CompletableFuture<>();
      loading = reload;
    }
    background.execute(() -> load(reload));
    return revision;
  }

  /** Evicts the snapshot, because a product or price was or may have been committed. */
  public synchronized void evict() {
    evictions++;
  }

  @Override
  public void mayHaveCommitted(Collection<Unit> units) {
    if (units.stream()
        .flatMap(unit -> unit.changes().stream())
        .anyMatch(CachedProductStore::holds)) {
      evict();
    }
  }

  private static boolean holds(Change change) {
    return (change instanceof Change.Put put && cached(put.state().kind()))
        || (change instanceof Change.Tombstone tombstone
            && cached(tombstone.object().kind()));
  }

  private static boolean cached(ObjectKind kind) {
    return kind == ObjectKind.PRODUCT || kind == ObjectKind.PRICE;
  }

  @Override
  public List<Product> products(Optional<Boolean> active, Optional<String> after, int limit) {
    return page(snapshot().products(), after)
        .filter(product -> active.isEmpty() || active.get() == product.active())
        .limit(limit)
        .toList();
  }

  @Override
  public Optional<Product> product(String id) {
    return Optional.ofNullable(snapshot().products().get(id));
  }

  @Override
  public List<Price> prices(
      Optional<Boolean> active, Optional<String> productId, Optional<String> after, int limit) {
    return page(snapshot().prices(), after)
        .filter(price -> active.isEmpty() || active.get() == price.active())
        .filter(price -> productId.isEmpty() || productId.get().equals(price.productId()))
        .limit(limit)
        .toList();
  }

  private static <T> Stream<T> page(NavigableMap<String, T> sorted, Optional<String> after) {
    return after.map(id -> sorted.tailMap(id, false)).orElse(sorted).values().stream();
  }

  @Override
  public List<Price> pricesOf(Set<String> productIds) {
    return snapshot().prices().values().stream()
        .filter(price -> productIds.contains(price.productId()))
        .toList();
  }

  @Override
  public Optional<Price> price(String priceId) {
    return Optional.ofNullable(snapshot().prices().get(priceId));
  }

  @Override
  public List<Price> pricesByLookupKey(Set<String> lookupKeys) {
    return snapshot().prices().values().stream()
        .filter(Price::active)
        .filter(price -> price.lookupKey().filter(lookupKeys::contains).isPresent())
        .toList();
  }

  private synchronized boolean fresh(Snapshot snapshot) {
    return snapshot.evictions() == evictions && wallClock.instant().isBefore(expiresAt);
  }

  private Snapshot snapshot() {
    while (true) {
      CompletableFuture<Snapshot> flight = new CompletableFuture<>();
      boolean mine = false;
      synchronized (this) {
        Snapshot known = current;
        boolean valid = known != null && known.evictions() == evictions;
        if (known != null && valid && (loading != null || fresh(known))) {
          return known;
        }
        if (loading == null) {
          loading = flight;
          mine = true;
        } else {
          flight = loading;
        }
      }
      if (mine) {
        load(flight);
      }
      Snapshot loaded = joined(flight);
      if (current(loaded)) {
        return loaded;
      }
    }
  }

  /** Whether nothing was committed while it was loaded, perhaps after that was read. */
  private synchronized boolean current(Snapshot loaded) {
    return loaded.evictions() == evictions;
  }

  private void load(CompletableFuture<Snapshot> flight) {
    long before;
    synchronized (this) {
      before = evictions;
    }
    try {
      NavigableMap<String, Product> products =
          all(after -> store.products(Optional.empty(), after, PAGE), Product::id);
      NavigableMap<String, Price> prices =
          all(after -> store.prices(Optional.empty(), Optional.empty(), after, PAGE), Price::id);
      flight.complete(keep(before, products, prices, ttl));
    } catch (RuntimeException e) {
      Optional<Snapshot> known = e instanceof BillingException ? keptAfter(e) : Optional.empty();
      known.ifPresentOrElse(flight::complete, () -> {
        landed();
        flight.completeExceptionally(e);
      });
    }
  }

  /** The store failed: what was known is served on, and the store left alone for a moment. */
  private synchronized Optional<Snapshot> keptAfter(RuntimeException failure) {
    return Optional.ofNullable(current).map(known -> {
      LOG.log(Level.WARNING, "products are served as last known: {0}", failure.getMessage());
      return keep(evictions, known.products(), known.prices(), RETRY_AFTER_FAILURE);
    });
  }

  private synchronized Snapshot keep(
      long before,
      NavigableMap<String, Product> products,
      NavigableMap<String, Price> prices,
      Duration good) {
    Snapshot known = current;
    boolean same =
        known != null && known.products().equals(products) && known.prices().equals(prices);
    long revision = known == null ? 0 : known.revision() + (same ? 0 : 1);
    Snapshot kept = new Snapshot(revision, before, products, prices);
    current = kept;
    expiresAt = wallClock.instant().plus(good);
    landed();
    return kept;
  }

  private synchronized void landed() {
    loading = null;
  }

  private static <T> NavigableMap<String, T> all(
      Function<Optional<String>, List<T>> pages, Function<T, String> id) {
    NavigableMap<String, T> all = new TreeMap<>();
    Optional<String> after = Optional.empty();
    while (true) {
      List<T> page = pages.apply(after);
      page.forEach(entry -> all.put(id.apply(entry), entry));
      if (page.size() < PAGE) {
        return all;
      }
      after = Optional.of(id.apply(page.get(page.size() - 1)));
    }
  }

  private static Snapshot joined(CompletableFuture<Snapshot> flight) {
    try {
      return flight.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof BillingException failure) {
        throw failure;
      }
      throw e;
    }
  }
}
