package com.tatame.billing.cache;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.entitlement.Grant;
import com.tatame.billing.entitlement.Grant.Revocation;
import com.tatame.billing.entitlement.GrantStore;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Evicts an account from the entitlement cache whenever its grants may have changed. */
final class CacheEvictingGrantStore implements GrantStore {
  private final GrantStore store;
  private final Consumer<AccountId> evict;

  CacheEvictingGrantStore(GrantStore store, Consumer<AccountId> evict) {
    this.store = store;
    this.evict = evict;
  }

  @Override
  public Kept add(Grant grant, String key, String fingerprint, AuditEntry audit) {
    try {
      return store.add(grant, key, fingerprint, audit);
    } finally {
      evict.accept(grant.account());
    }
  }

  @Override
  public Optional<Grant> revoke(
      AccountId account, String id, Revocation revocation, AuditEntry audit) {
    try {
      return store.revoke(account, id, revocation, audit);
    } finally {
      evict.accept(account);
    }
  }

  @Override
  public Optional<Grant> find(String id) {
    return store.find(id);
  }

  @Override
  public Optional<Kept> findByKey(AccountId account, String key) {
    return store.findByKey(account, key);
  }

  @Override
  public List<Grant> list(Optional<AccountId> account, Optional<String> before, int limit) {
    return store.list(account, before, limit);
  }
}
