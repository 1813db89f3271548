package com.tatame.billing.cache;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.duplicate.Duplicate;
import com.tatame.billing.entitlement.UsageDebit;
import com.tatame.billing.purchase.Purchase;
import com.tatame.billing.purchase.PurchaseStore;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Evicts an account from the entitlement cache whenever a purchase took its units. */
final class CacheEvictingPurchaseStore implements PurchaseStore {
  private final PurchaseStore store;
  private final CachedEntitlements cache;

  CacheEvictingPurchaseStore(PurchaseStore store, CachedEntitlements cache) {
    this.store = store;
    this.cache = cache;
  }

  @Override
  public List<Purchase> list(
      AccountId account, Optional<String> item, Optional<String> after, int limit) {
    return store.list(account, item, after, limit);
  }

  @Override
  public Optional<Purchase> owned(AccountId account, String item) {
    return store.owned(account, item);
  }

  @Override
  public List<Duplicate> duplicates(Set<String> repeatable, Optional<String> after, int limit) {
    return store.duplicates(repeatable, after, limit);
  }

  @Override
  public Optional<Purchase> find(AccountId account, String purchaseId) {
    return store.find(account, purchaseId);
  }

  @Override
  public Purchase addFree(Purchase free, AuditEntry audit) {
    return store.addFree(free, audit);
  }

  @Override
  public Giving give(Purchase free, UsageDebit debit, AuditEntry audit) {
    return cache.changing(debit.account(), () -> store.give(free, debit, audit));
  }

  @Override
  public Giving giveOnce(Purchase free, UsageDebit debit, AuditEntry audit) {
    return cache.changing(debit.account(), () -> store.giveOnce(free, debit, audit));
  }

  @Override
  public Optional<Purchase> given(AccountId account, String key) {
    return store.given(account, key);
  }
}
