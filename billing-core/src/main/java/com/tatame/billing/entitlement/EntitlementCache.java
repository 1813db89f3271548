package com.tatame.billing.entitlement;

import com.tatame.billing.account.AccountId;
import java.time.Instant;
import java.util.Optional;

/** A cache of entitlement snapshots by account. Never blocks and never asks the store. */
public interface EntitlementCache {
  /** Caches nothing. */
  EntitlementCache NONE = new EntitlementCache() {
    @Override
    public Optional<EntitlementSnapshot> fresh(AccountId account, Instant now) {
      return Optional.empty();
    }

    @Override
    public Optional<EntitlementSnapshot> any(AccountId account, Instant now) {
      return Optional.empty();
    }
  };

  /** What may be answered of an account at this instant. */
  Optional<EntitlementSnapshot> fresh(AccountId account, Instant now);

  /** What units may be debited by, however stale: the store compares the version. */
  Optional<EntitlementSnapshot> any(AccountId account, Instant now);
}
