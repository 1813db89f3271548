package com.tatame.billing.catalog;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Port: the mirrored products and prices. */
public interface ProductStore {
  /**
   * One page of products.
   *
   * @param active only these; empty for all
   * @param after only those that come after this id; empty for the first page
   * @param limit 1 to 101
   * @return by id, ascending
   */
  List<Product> products(Optional<Boolean> active, Optional<String> after, int limit);

  /** As {@link #products}, of one product if it is named. */
  List<Price> prices(
      Optional<Boolean> active, Optional<String> productId, Optional<String> after, int limit);

  /** All prices of these products, by id. */
  List<Price> pricesOf(Set<String> productIds);

  Optional<Price> price(String priceId);

  /** The active prices that carry one of these lookup keys, by id. */
  List<Price> pricesByLookupKey(Set<String> lookupKeys);
}
