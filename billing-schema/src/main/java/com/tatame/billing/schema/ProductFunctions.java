package com.tatame.billing.schema;

import com.tatame.billing.catalog.Price;
import com.tatame.billing.catalog.Product;
import com.tatame.billing.catalog.ProductStore;
import com.tatame.billing.observation.ObjectKind;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Products and prices behind their functions. */
final class ProductFunctions implements ProductStore {
  private final Functions functions;

  ProductFunctions(Functions functions) {
    this.functions = functions;
  }

  @Override
  public List<Product> products(Optional<Boolean> active, Optional<String> after, int limit) {
    Page.check(limit);
    Row asked = Row.empty().with("active", active).with("after", after).with("limit", limit);
    return functions.rows("list_products_v1", asked).map(row ->
        (Product) MirrorRows.object(ObjectKind.PRODUCT, row));
  }

  @Override
  public List<Price> prices(
      Optional<Boolean> active, Optional<String> productId, Optional<String> after, int limit) {
    Page.check(limit);
    Row asked = Row.empty()
        .with("active", active)
        .with("product_id", productId)
        .with("after", after)
        .with("limit", limit);
    return functions.rows("list_prices_v1", asked).map(ProductFunctions::price);
  }

  private static Price price(Row row) {
    return (Price) MirrorRows.object(ObjectKind.PRICE, row);
  }

  @Override
  public List<Price> pricesOf(Set<String> productIds) {
    Row asked = Row.empty().with("product_ids", new TreeSet<>(productIds));
    return functions.rows("prices_of_products_v1", asked).map(ProductFunctions::price);
  }

  @Override
  public Optional<Price> price(String priceId) {
    return functions
        .row("find_price_v1", Row.empty().with("id", priceId))
        .map(ProductFunctions::price);
  }

  @Override
  public List<Price> pricesByLookupKey(Set<String> lookupKeys) {
    Row asked = Row.empty().with("lookup_keys", new TreeSet<>(lookupKeys));
    return functions.rows("prices_by_lookup_key_v1", asked).map(ProductFunctions::price);
  }
}
