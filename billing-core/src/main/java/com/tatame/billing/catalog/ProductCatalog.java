package com.tatame.billing.catalog;

import com.tatame.billing.observation.Observations;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Use cases: what can be bought. Products and prices are read from their mirror, which events keep
 * fresh, so they are served while the provider is down.
 */
public final class ProductCatalog {
  private static final Duration FRESH = Duration.ofMinutes(10);

  private final Catalog catalog;
  private final ProductStore store;
  private final Products provider;
  private final Observations observations;
  private final InstantSource wallClock;
  private volatile Instant readAt = Instant.MAX;
  private volatile boolean stale;

  public ProductCatalog(
      Catalog catalog,
      ProductStore store,
      Products provider,
      Observations observations,
      InstantSource wallClock) {
    this.catalog = catalog;
    this.store = store;
    this.provider = provider;
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

  /** The plans as they are sold, in the catalog's order. */
  public List<PlanOffer> plans() {
    Set<String> lookupKeys = new HashSet<>();
    catalog
        .plans()
        .forEach(
            plan -> plan.prices().values().forEach(price -> lookupKeys.add(price.lookupKey())));
    List<Price> prices = store.pricesByLookupKey(lookupKeys);
    return catalog.plans().stream().map(plan -> offer(plan, prices)).toList();
  }

  /** The provider's id of what a plan costs for an interval, if it can be bought now. */
  public Optional<String> priceId(PlanPrice price) {
    return price
        .priceId()
        .or(() -> store.pricesByLookupKey(Set.of(price.lookupKey())).stream()
            .map(Price::id)
            .findFirst());
  }

  /** The provider's product behind what a plan costs, as far as it is known. */
  public Optional<String> productId(PlanPrice price) {
    return priceId(price).flatMap(store::price).map(Price::productId);
  }

  /** What is sold under a price id, if the catalog sells it and the provider's price is active. */
  public Optional<Catalog.Offer> offer(String priceId) {
    return store
        .price(priceId)
        .filter(Price::active)
        .flatMap(price -> catalog.offer(price.id(), price.soldAs()));
  }

  /**
   * Reads all products and prices from the provider.
   *
   * @throws com.tatame.billing.failure.ProviderUnavailable if it doesn't answer; the mirror stays
   */
  public void refresh() {
    stale = true;
    readAt = Instant.MIN;
    observations.observeAll(() ->
        Stream.concat(provider.products().stream(), provider.prices().stream()).toList());
    stale = false;
    readAt = wallClock.instant();
  }

  /**
   * Refreshes what was read some minutes ago, or could not be read at the last try. Does nothing
   * before the first {@link #refresh}.
   *
   * @throws com.tatame.billing.failure.ProviderUnavailable as {@link #refresh}
   */
  public void keepFresh() {
    Instant last = readAt;
    if (last.equals(Instant.MIN)
        || (!last.equals(Instant.MAX) && last.plus(FRESH).isBefore(wallClock.instant()))) {
      refresh();
    }
  }

  /** Whether the provider could not be asked when it was last tried: all is served as last known. */
  public boolean stale() {
    return stale;
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
