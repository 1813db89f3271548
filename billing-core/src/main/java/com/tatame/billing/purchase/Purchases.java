package com.tatame.billing.purchase;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.failure.NotFound;
import java.util.List;
import java.util.Optional;

/** Use cases: what an account bought. */
public final class Purchases {
  private final PurchaseStore store;

  public Purchases(PurchaseStore store) {
    this.store = store;
  }

  /** One page, as {@link PurchaseStore#list}. */
  public List<Purchase> list(AccountId account, Optional<String> after, int limit) {
    return store.list(account, after, limit);
  }

  /**
   * One of the account's purchases.
   *
   * @throws NotFound if the account has no such purchase
   */
  public Purchase get(AccountId account, String id) {
    return store.find(account, id).orElseThrow(() -> new NotFound("purchase", id));
  }
}
