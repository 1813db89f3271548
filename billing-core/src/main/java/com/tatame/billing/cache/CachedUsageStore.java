package com.tatame.billing.cache;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.entitlement.AccountUsage;
import com.tatame.billing.entitlement.Consumption;
import com.tatame.billing.entitlement.DebitResult;
import com.tatame.billing.entitlement.PastUsage;
import com.tatame.billing.entitlement.UsageDebit;
import com.tatame.billing.entitlement.UsageRow;
import com.tatame.billing.entitlement.UsageStore;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Answers from the entitlement cache, and evicts an account whenever its use may have changed. */
final class CachedUsageStore implements UsageStore {
  private final UsageStore store;
  private final CachedEntitlements cache;

  CachedUsageStore(UsageStore store, CachedEntitlements cache) {
    this.store = store;
    this.cache = cache;
  }

  @Override
  public AccountUsage read(AccountId account, Instant now) {
    return cache.read(store, account, now);
  }

  // However old it is: whatever is drawn by it is compared with what the account has by then.
  @Override
  public AccountUsage recall(AccountId account, Instant now) {
    return cache.recall(store, account, now);
  }

  @Override
  public Map<AccountId, String> states(Set<AccountId> accounts, Instant now) {
    return store.states(accounts, now);
  }

  @Override
  public PastUsage past(AccountId account, Instant at) {
    return store.past(account, at);
  }

  @Override
  public List<DebitResult> consume(List<UsageDebit> debits) {
    List<DebitResult> results = List.of();
    try {
      results = store.consume(debits);
      return results;
    } finally {
      for (int i = 0; i < debits.size(); i++) {
        AccountId account = debits.get(i).account();
        if (i >= results.size() || results.get(i) instanceof DebitResult.Granted) {
          cache.spend(account);
        } else {
          cache.evict(account);
        }
      }
    }
  }

  @Override
  public Optional<Consumption> find(AccountId account, String feature, String consumptionId) {
    return store.find(account, feature, consumptionId);
  }

  @Override
  public Optional<Consumption> release(
      AccountId account, String feature, String consumptionId, Instant now) {
    return cache.changing(account, () -> store.release(account, feature, consumptionId, now));
  }

  @Override
  public void set(AccountId account, String feature, long value, Instant now) {
    cache.changing(account, () -> {
      store.set(account, feature, value, now);
      return Boolean.TRUE;
    });
  }

  @Override
  public List<UsageRow> list(
      AccountId account, Optional<String> feature, Optional<UsageRow> after, int limit) {
    return store.list(account, feature, after, limit);
  }

  @Override
  public int prune(Instant before) {
    return store.prune(before);
  }
}
