package com.tatame.billing.catalog;

import com.tatame.billing.account.AccountId;

/**
 * Port: what an account pays for an item. All sales ask it and nothing else: here the allowances and
 * discounts of members come in.
 */
@FunctionalInterface
public interface ItemPricing {
  ItemPrice price(AccountId account, Item item);

  /** Everybody pays the list price. */
  static ItemPricing listPrices() {
    return (account, item) -> ItemPrice.full(item);
  }
}
