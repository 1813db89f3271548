package com.tatame.billing.setup;

import com.tatame.billing.catalog.Price;
import com.tatame.billing.catalog.Product;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What an account at the provider holds of what is set up there, and of what could stand in the way.
 *
 * @param products all, archived ones included; ours carry {@link Product#TIER_MARK}
 * @param prices all, archived ones included; ours carry {@link Price#PLAN_MARK}
 * @param portals those that were set up by us
 * @param endpoints all
 * @param meters those that are active
 */
public record AccountState(
    List<HeldProduct> products,
    List<HeldPrice> prices,
    List<HeldPortal> portals,
    List<HeldEndpoint> endpoints,
    List<HeldMeter> meters) {
  /**
   * A product.
   *
   * @param defaultPriceId which can't be archived while it is the default
   */
  public record HeldProduct(Product product, Optional<String> defaultPriceId) {
    /** The tier that it was made for; empty for a product that is none of ours. */
    Optional<String> tier() {
      return Optional.ofNullable(product.metadata().get(Product.TIER_MARK));
    }
  }

  /**
   * A price.
   *
   * @param others what it costs in other currencies than that of the price itself, by their code;
   *     empty where that is tiered or finer than the minor unit
   */
  public record HeldPrice(Price price, Map<String, Optional<Long>> others) {
    public HeldPrice {
      others = Map.copyOf(others);
    }
  }

  /**
   * How the provider's own page for customers is set up.
   *
   * @param usual whether it is active, and but for its plans as it would be made today
   * @param plans what a customer may change to: prices by product
   */
  public record HeldPortal(String id, boolean usual, Map<String, Set<String>> plans) {}

  /**
   * Where the provider sends events.
   *
   * @param ours whether it was set up by us
   * @param apiVersion in which they are told; empty for the account's default
   * @param events by type
   */
  public record HeldEndpoint(
      String id,
      boolean ours,
      String url,
      boolean enabled,
      Optional<String> apiVersion,
      Set<String> events) {}

  /**
   * What adds up use.
   *
   * @param eventName under which usage is reported to it
   * @param usual whether it sums up what we report, as one that we make
   * @param prices that charge by it
   */
  public record HeldMeter(String id, String eventName, boolean usual, Set<String> prices) {
    public HeldMeter {
      prices = Set.copyOf(prices);
    }
  }

  public AccountState {
    meters = List.copyOf(meters);
    products = List.copyOf(products);
    prices = List.copyOf(prices);
    portals = List.copyOf(portals);
    endpoints = List.copyOf(endpoints);
  }
}
