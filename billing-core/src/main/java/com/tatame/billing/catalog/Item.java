package com.tatame.billing.catalog;

import com.tatame.billing.money.Amounts;
import com.tatame.billing.money.Money;
import java.util.Optional;

/**
 * Something that is bought once.
 *
 * @param id unique in the catalog, such as {@code quiz-17}
 * @param kind what sort of thing it is, such as {@code quiz}; members' terms go by it
 * @param amounts before any discount, in each currency in which it is sold; 0 for what is free
 * @param repeatable whether it is sold again to who owns it
 */
public record Item(String id, String name, String kind, Amounts amounts, boolean repeatable) {
  /** One that an account owns once. */
  public Item(String id, String name, String kind, Money price) {
    this(id, name, kind, price, false);
  }

  /** In one currency. */
  public Item(String id, String name, String kind, Money price, boolean repeatable) {
    this(id, name, kind, Amounts.of(price), repeatable);
  }

  /** Before any discount, in the default currency. */
  public Money price() {
    return amounts.standard();
  }

  /** As it is sold in one currency, which is then its only one; empty if it is not sold in it. */
  public Optional<Item> in(String currency) {
    return amounts.in(currency).map(price -> new Item(id, name, kind, price, repeatable));
  }
}
