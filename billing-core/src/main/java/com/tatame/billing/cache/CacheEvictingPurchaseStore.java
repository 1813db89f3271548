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
import java.util.function.Consumer;

/** Evicts an account from the entitlement cache whenever a purchase took its units. */
final class CacheEvictingPurchaseStore implements PurchaseStore {
  private final PurchaseStore store;
  private final Consumer<AccountId> evict;

  CacheEvictingPurchaseStore(PurchaseStore store, Consumer<AccountId> evict) {
    this.store = store;
    this.evict = evict;
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
    try {
      return store.give(free, debit, audit);
    } finally {
      evict.accept(debit.account());
    }
  }

  @Override
  public Giving giveOnce(Purchase free, UsageDebit debit, AuditEntry audit) {
    try {
      return store.giveOnce(free, debit, audit);
    } finally {
      evict.accept(debit.account());
    }
  }

  @Override
  public Optional<Purchase> given(AccountId account, String key) {
    return store.given(account, key);
  }
}
