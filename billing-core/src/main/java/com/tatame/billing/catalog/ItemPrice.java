package com.tatame.billing.catalog;

import com.tatame.billing.money.Money;
import java.util.Optional;

/**
 * What a buyer pays for an item, and how it came about.
 *
 * @param listPrice as the catalog has it
 * @param amount to be paid
 */
public record ItemPrice(Money listPrice, Optional<Discount> discount, Money amount) {
  /** The list price, for any buyer. */
  public static ItemPrice full(Item item) {
    return new ItemPrice(item.price(), Optional.empty(), item.price());
  }

  public boolean free() {
    return amount.amount() == 0;
  }
}
