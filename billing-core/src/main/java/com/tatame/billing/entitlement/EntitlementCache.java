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

  /**
   * What may be answered of an account at this instant; while the store is known to be down, what was
   * last read, which then says so.
   */
  Optional<EntitlementSnapshot> fresh(AccountId account, Instant now);

  /** How many questions were answered by what was last read, since the store was down. */
  default long staleAnswers() {
    return 0;
  }

  /** What units may be debited by, however stale: the store compares the version. */
  Optional<EntitlementSnapshot> any(AccountId account, Instant now);
}
