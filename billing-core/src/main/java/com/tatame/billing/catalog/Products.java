package com.tatame.billing.catalog;

import com.tatame.billing.observation.Observation;
import java.util.List;

/** Role of the provider: what it sells. */
public interface Products {
  /** All products, archived ones included, each a read. */
  List<Observation> products();

  /** All prices, archived ones included, each a read. */
  List<Observation> prices();
}
