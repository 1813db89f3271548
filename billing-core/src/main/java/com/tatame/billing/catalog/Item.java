package com.tatame.billing.catalog;

import com.tatame.billing.money.Money;

/**
 * Something that is bought once.
 *
 * @param id unique in the catalog, such as {@code quiz-17}
 * @param kind what sort of thing it is, such as {@code quiz}; members' terms go by it
 * @param price before any discount; 0 for what is free
 * @param repeatable whether it is sold again to who owns it
 */
public record Item(String id, String name, String kind, Money price, boolean repeatable) {
  /** One that an account owns once. */
  public Item(String id, String name, String kind, Money price) {
    this(id, name, kind, price, false);
  }
}
