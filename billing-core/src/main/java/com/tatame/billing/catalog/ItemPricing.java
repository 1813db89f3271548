package com.tatame.billing.catalog;

import com.tatame.billing.account.AccountId;

/** Port: what an account pays for an item, for applications whose prices no catalog can say. */
@FunctionalInterface
public interface ItemPricing {
  ItemPrice price(AccountId account, Item item);
}
