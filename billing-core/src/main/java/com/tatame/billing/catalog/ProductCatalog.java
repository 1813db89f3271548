package com.tatame.billing.catalog;

import com.tatame.billing.failure.BillingException;
import com.tatame.billing.observation.Observations;
import com.tatame.billing.workload.WorkContext;
import com.tatame.billing.workload.Workload;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Use cases: what can be bought. Products and prices are read from their mirror, which events keep
 * fresh, so they are served while the provider is down. Something that the mirror doesn't have yet is
 * looked for at the provider, at most once in ten seconds.
 */
public final class ProductCatalog {
  private static final Logger LOG = System.getLogger(ProductCatalog.class.getName());
  private static final Duration FRESH = Duration.ofMinutes(10);
  private static final Duration BETWEEN_MISSES = Duration.ofSeconds(10);

  /** How long a caller waits for the provider's lists, which may take minutes to fail. */
  private static final Duration MAX_WAIT = Duration.ofSeconds(2);

  /** How long a caller waits for a refresh before it gets a not-found. */
  private static final Duration MAX_WAIT_AFTER_MISS = Duration.ofSeconds(10);

  private final CatalogInForce catalog;
  private final RevisionedProductStore store;
  private final Products provider;
  private final BooleanSupplier providerReachable;
  private final Observations observations;
  private final InstantSource wallClock;
  private Instant missesAskFrom = Instant.MIN;
  private @Nullable CompletableFuture<Void> refreshing;
  private volatile Instant readAt = Instant.MAX;
  private volatile boolean stale;

  /**
   * Reads nothing yet.
   *
   * @param providerReachable whether the provider answered when it was last asked for anything
   */
  public ProductCatalog(
      CatalogInForce catalog,
      RevisionedProductStore store,
      Products provider,
      BooleanSupplier providerReachable,
      Observations observations,
      InstantSource wallClock) {
    this.catalog = catalog;
    this.store = store;
    this.provider = provider;
    this.providerReachable = providerReachable;
    this.observations = observations;
    this.wallClock = wallClock;
  }

  /**
   * A plan with the provider's prices behind it.
   *
   * @param priceIds an interval is missing while the provider has no active price for it
   */
  public record PlanOffer(Plan plan, Map<BillingInterval, String> priceIds) {}

  /** One page, as {@link ProductStore#products}. */
  public List<Product> products(Optional<Boolean> active, Optional<String> after, int limit) {
    return store.products(active, after, limit);
  }

  /** One page, as {@link ProductStore#prices}. */
  public List<Price> prices(
      Optional<Boolean> active, Optional<String> productId, Optional<String> after, int limit) {
    return store.prices(active, productId, after, limit);
  }

  /** All prices of these products. */
  public List<Price> pricesOf(Set<String> productIds) {
    return store.pricesOf(productIds);
  }

  /** A product with this id, looked for at the provider if it is not mirrored. */
  public Optional<Product> product(String id) {
    return foundAfterRefresh(() -> store.product(id));
  }

  /**
   * Identifies what products and prices are answered with; the same as long as all answers are. Empty if the store would have to be asked. Never blocks.
   */
  public OptionalLong revision() {
    return store.revision();
  }

  /** What is sold, by the catalog in force. */
  public Catalog catalog() {
    return catalog.get();
  }

  /** The version of {@link #catalog}, on which plans depend as well as on {@link #revision}. */
  public long catalogVersion() {
    return catalog.version();
  }

  /** As {@link CatalogInForce#pinned}. */
  public <T> T withOneCatalog(Supplier<T> work) {
    return catalog.pinned(work);
  }

  /** The plans as they are sold, in the catalog's order. */
  public List<PlanOffer> plans() {
    Catalog sold = catalog.get();
    Set<String> lookupKeys = new HashSet<>();
    sold.plans()
        .forEach(
            plan -> plan.prices().values().forEach(price -> lookupKeys.add(price.lookupKey())));
    List<Price> prices = store.pricesByLookupKey(lookupKeys);
    return sold.plans().stream().map(plan -> offer(plan, prices)).toList();
  }

  /** The provider's id of what a plan costs for an interval, if it can be bought now. */
  public Optional<String> priceId(PlanPrice price) {
    return price
        .priceId()
        .or(() -> foundAfterRefresh(() ->
                store.pricesByLookupKey(Set.of(price.lookupKey())).stream().findFirst())
            .map(Price::id));
  }

  /** The provider's product behind what a plan costs, as far as it is known. */
  public Optional<String> productId(PlanPrice price) {
    return priceId(price).flatMap(this::price).map(Price::productId);
  }

  /** What is sold under a price id, if the catalog sells it and the provider's price is active. */
  public Optional<Catalog.Offer> offer(String priceId) {
    return price(priceId)
        .filter(Price::active)
        .flatMap(price -> catalog.get().offer(price.id(), price.soldAs()));
  }

  private Optional<Price> price(String id) {
    return foundAfterRefresh(() -> store.price(id));
  }

  // What was made at the provider a moment ago may be asked for before its event comes. Anybody may
  // ask for what doesn't exist, so not every miss reaches the provider.
  private <T> Optional<T> foundAfterRefresh(Supplier<Optional<T>> look) {
    Optional<T> found = look.get();
    if (found.isPresent() || !(underWay() || mayRefreshAfterMiss())) {
      return found;
    }
    try {
      refreshWithin(MAX_WAIT_AFTER_MISS);
    } catch (BillingException e) {
      LOG.log(Level.INFO, "products are served as last known: {0}", e.getMessage());
    }
    return look.get();
  }

  private synchronized boolean underWay() {
    return refreshing != null;
  }

  private synchronized boolean mayRefreshAfterMiss() {
    Instant now = wallClock.instant();
    boolean due = !now.isBefore(missesAskFrom);
    if (due) {
      missesAskFrom = now.plus(BETWEEN_MISSES);
    }
    return due;
  }

  /**
   * Reads all products and prices from the provider, or waits for a reading that is under way.
   *
   * @throws com.tatame.billing.failure.ProviderUnavailable if it doesn't answer; the mirror stays
   */
  public void refresh() {
    ended(reading());
  }

  /**
   * As {@link #refresh}, but waits no longer than this; the reading then goes on without the caller.
   *
   * @return whether it has ended
   * @throws com.tatame.billing.failure.ProviderUnavailable as {@link #refresh}
   */
  boolean refreshWithin(Duration wait) {
    CompletableFuture<Void> reading = reading();
    try {
      reading.get(wait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException e) {
      ended(reading);
    }
    return true;
  }

  /** As {@link #refreshWithin}, for as long as a caller can be made to wait: two seconds. */
  public boolean refreshSoon() {
    return refreshWithin(MAX_WAIT);
  }

  /**
   * Refreshes what was read some minutes ago, or could not be read at the last try. Does nothing
   * before the first {@link #refresh}, and waits at most two seconds.
   *
   * @throws com.tatame.billing.failure.ProviderUnavailable as {@link #refresh}
   */
  public void keepFresh() {
    Instant last = readAt;
    if (last.equals(Instant.MIN)
        || (!last.equals(Instant.MAX) && last.plus(FRESH).isBefore(wallClock.instant()))) {
      refreshSoon();
    }
  }

  private synchronized CompletableFuture<Void> reading() {
    CompletableFuture<Void> running = refreshing;
    if (running != null) {
      return running;
    }
    CompletableFuture<Void> mine = new CompletableFuture<>();
    refreshing = mine;
    Thread thread =
        new Thread(() -> WorkContext.run(Workload.WORKERS, () -> read(mine)), "billing-products");
    thread.setDaemon(true);
    thread.start();
    return mine;
  }

  private void read(CompletableFuture<Void> reading) {
    readAt = Instant.MIN;
    try {
      observations.observeAll(
          () -> Stream.concat(provider.products().stream(), provider.prices().stream())
              .toList());
      stale = false;
      readAt = wallClock.instant();
      landed();
      reading.complete(null);
    } catch (RuntimeException | Error e) {
      stale = true;
      landed();
      reading.completeExceptionally(e);
    }
  }

  private synchronized void landed() {
    refreshing = null;
  }

  private static void ended(CompletableFuture<Void> reading) {
    try {
      reading.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof BillingException failure) {
        throw failure;
      }
      throw e;
    }
  }

  /**
   * Whether the provider could not be asked when it was last tried, for this or anything else: all is
   * served as last known.
   */
  public boolean stale() {
    return stale || !providerReachable.getAsBoolean();
  }

  private static PlanOffer offer(Plan plan, List<Price> active) {
    Map<BillingInterval, String> ids = new EnumMap<>(BillingInterval.class);
    plan.prices()
        .forEach((interval, price) -> price
            .priceId()
            .or(() -> withLookupKey(active, price.lookupKey()))
            .ifPresent(id -> ids.put(interval, id)));
    return new PlanOffer(plan, ids);
  }

  private static Optional<String> withLookupKey(List<Price> prices, String key) {
    return prices.stream()
        .filter(price -> price.lookupKey().filter(key::equals).isPresent())
        .map(Price::id)
        .findFirst();
  }
}
