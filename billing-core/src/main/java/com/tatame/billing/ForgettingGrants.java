package com.tatame.billing;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.entitlement.Grant;
import com.tatame.billing.entitlement.Grant.Revocation;
import com.tatame.billing.entitlement.GrantStore;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Grants whose account is told of whenever what it has may have changed. */
final class ForgettingGrants implements GrantStore {
  private final GrantStore store;
  private final Consumer<AccountId> forget;

  ForgettingGrants(GrantStore store, Consumer<AccountId> forget) {
    this.store = store;
    this.forget = forget;
  }

  @Override
  public Kept add(Grant grant, String key, String fingerprint) {
    try {
      return store.add(grant, key, fingerprint);
    } finally {
      forget.accept(grant.account());
    }
  }

  @Override
  public Optional<Grant> revoke(AccountId account, String id, Revocation revocation) {
    try {
      return store.revoke(account, id, revocation);
    } finally {
      forget.accept(account);
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
