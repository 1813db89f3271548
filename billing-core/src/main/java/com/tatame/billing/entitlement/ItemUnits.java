package com.tatame.billing.entitlement;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.CatalogInForce;
import com.tatame.billing.catalog.Feature;
import com.tatame.billing.entitlement.UsageDebit.Offer;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.LimitReached;
import com.tatame.billing.money.Money;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What members pay for items of which their plan gives them some: a sale takes one unit of the
 * feature that has the name of the item's kind, and the place that it is taken from says the price.
 */
public final class ItemUnits {
  private static final int MAX_ROUNDS = 10;

  private final UsageStore store;
  private final CatalogInForce catalog;
  private final InstantSource clock;

  /**
   * @param clock the billing clock
   */
  public ItemUnits(UsageStore store, CatalogInForce catalog, InstantSource clock) {
    this.store = store;
    this.catalog = catalog;
    this.clock = clock;
  }

  /**
   * What one more costs.
   *
   * @param place where its unit is taken from
   * @param percent taken off the list price, 0 to 100
   * @param counted whether it takes a unit at all; what a plan gives by a flag takes none
   */
  public record Terms(PriceBand place, int percent, Money price, boolean counted) {}

  /**
   * Something on sale.
   *
   * @param kind which is the name of a feature, if plans give such items
   * @param id of the sale: under it one unit is taken, however often it is asked for
   */
  public record Sold(String kind, Money listPrice, String id) {}

  /**
   * What an account would pay for one more now. Nothing is taken.
   *
   * @return empty if neither its plan nor a grant says anything about such items
   * @throws LimitReached if its plan refuses any more
   */
  public Optional<Terms> offered(AccountId account, String kind, Money listPrice) {
    EntitlementEvaluation standing = standing(account);
    Optional<Feature> feature = standing.feature(kind);
    if (feature.filter(Feature.Flag.class::isInstance).isPresent()) {
      return feature
          .filter(flag -> standing.decide(kind, flag).allowed())
          .map(on -> terms(PriceBand.INCLUDED, 100, listPrice, false));
    }
    List<Offer> offers = standing.itemOffers(kind, listPrice);
    if (offers.isEmpty()) {
      return Optional.empty();
    }
    Feature counted = feature.orElseThrow();
    Offer taken = standing
        .next(kind, counted, offers)
        .orElseThrow(() -> standing.refuse(kind, counted, 1).refusal());
    return Optional.of(terms(taken, listPrice));
  }

  /**
   * Takes the unit of a sale that has a price, and holds it. Asked again it answers the same and
   * takes nothing.
   *
   * @return what the sale costs; empty if there is no unit at a price, or it was given back
   */
  public Optional<Terms> hold(AccountId account, Sold sold) {
    for (int round = 0; round < MAX_ROUNDS; round++) {
      Optional<UsageDebit> debit = debit(account, sold, sold.id(), price -> price.amount() > 0);
      if (debit.isEmpty()) {
        return Optional.empty();
      }
      DebitResult result = store.consume(List.of(debit.get())).get(0);
      if (result instanceof DebitResult.Granted granted) {
        return Optional.of(granted.consumption())
            .filter(taken -> taken.releasedAt().isEmpty())
            .map(taken ->
                terms(taken.place(), taken.discountPercent().orElse(100), sold.listPrice(), true));
      } else if (result instanceof DebitResult.KeyReused) {
        throw Conflict.idempotencyKeyReused();
      } else if (result instanceof DebitResult.Denied) {
        return Optional.empty();
      }
    }
    throw Entitlements.changing(account);
  }

  /**
   * The wish to take the unit of a sale for nothing.
   *
   * @param key under which it is taken once
   * @return empty if nothing is free of it
   */
  public Optional<UsageDebit> free(AccountId account, Sold sold, String key) {
    return debit(account, sold, key, price -> price.amount() == 0);
  }

  private Optional<UsageDebit> debit(
      AccountId account, Sold sold, String key, Predicate<Money> atPrices) {
    EntitlementEvaluation standing = standing(account);
    List<Offer> offers = new ArrayList<>(standing.itemOffers(sold.kind(), sold.listPrice()));
    offers.removeIf(offer -> !atPrices.test(terms(offer, sold.listPrice()).price()));
    if (offers.isEmpty()) {
      return Optional.empty();
    }
    Feature feature = standing.feature(sold.kind()).orElseThrow();
    return Optional.of(new UsageDebit(
        sold.id(),
        account,
        sold.kind(),
        key,
        "sale " + sold.kind() + " " + sold.listPrice().amount() + " "
            + sold.listPrice().currency(),
        standing.version(),
        standing.plan().tier(),
        standing.period(feature),
        offers,
        1,
        now(),
        false,
        Map.of()));
  }

  private static Terms terms(Offer offer, Money listPrice) {
    return terms(offer.place(), offer.discountPercent().orElse(100), listPrice, true);
  }

  private static Terms terms(PriceBand place, int percent, Money listPrice, boolean counted) {
    return new Terms(place, percent, listPrice.lessPercent(percent), counted);
  }

  private EntitlementEvaluation standing(AccountId account) {
    Instant now = now();
    return new EntitlementEvaluation(catalog.get(), store.read(account, now), now);
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }
}
