package com.tatame.billing.cache;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.entitlement.Grant;
import com.tatame.billing.entitlement.Grant.Revocation;
import com.tatame.billing.entitlement.GrantStore;
import java.util.List;
import java.util.Optional;

/** Evicts an account from the entitlement cache whenever its grants may have changed. */
final class CacheEvictingGrantStore implements GrantStore {
  private final GrantStore store;
  private final CachedEntitlements cache;

  CacheEvictingGrantStore(GrantStore store, CachedEntitlements cache) {
    this.store = store;
    this.cache = cache;
  }

  @Override
  public Kept add(Grant grant, String key, String fingerprint, AuditEntry audit) {
    return cache.changing(grant.account(), () -> store.add(grant, key, fingerprint, audit));
  }

  @Override
  public Optional<Grant> revoke(
      AccountId account, String id, Revocation revocation, AuditEntry audit) {
    return cache.changing(account, () -> store.revoke(account, id, revocation, audit));
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
