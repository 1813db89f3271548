package com.tatame.billing.catalog;

import java.util.Optional;
import java.util.OptionalLong;

/** Products and prices with a number that identifies what they are now. */
public interface RevisionedProductStore extends ProductStore {
  /**
   * Identifies the present products and prices without asking the database; empty if it would have
   * to be asked. While it stays the same, so does every answer.
   */
  OptionalLong revision();

  /** A product, if there is one with this id. */
  Optional<Product> product(String id);
}
