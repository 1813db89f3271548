package com.tatame.billing.stripe;

import com.stripe.param.PriceListParams;
import com.stripe.param.ProductListParams;
import com.tatame.billing.catalog.Products;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.Observation;
import java.util.List;

/** Lists products and prices. */
final class StripeProducts implements Products {
  private static final long PAGE = 100;

  private final StripeReads reads;

  StripeProducts(StripeReads reads) {
    this.reads = reads;
  }

  @Override
  public List<Observation> products() {
    return reads.all("products.list", ObjectKind.PRODUCT, after -> {
      ProductListParams.Builder params = ProductListParams.builder().setLimit(PAGE);
      after.ifPresent(params::setStartingAfter);
      return client -> client.v1().products().list(params.build());
    });
  }

  @Override
  public List<Observation> prices() {
    return reads.all("prices.list", ObjectKind.PRICE, after -> {
      PriceListParams.Builder params = PriceListParams.builder().setLimit(PAGE);
      after.ifPresent(params::setStartingAfter);
      return client -> client.v1().prices().list(params.build());
    });
  }
}
