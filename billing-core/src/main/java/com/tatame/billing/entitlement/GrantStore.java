package com.tatame.billing.entitlement;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.entitlement.Grant.Revocation;
import java.util.List;
import java.util.Optional;

/** Port: what administrators gave to accounts. Units of it are used through {@link UsageStore}. */
public interface GrantStore {
  /**
   * A grant as it is kept.
   *
   * @param fingerprint of what was asked under its key
   */
  record Kept(Grant grant, String fingerprint) {}

  /**
   * Keeps a grant, unless the account has one under this key.
   *
   * @return what is kept under the key: this one, or the one that was there
   */
  Kept add(Grant grant, String key, String fingerprint);

  /**
   * Takes a grant back, once: a second time changes nothing.
   *
   * @return as it is now; empty if the account has no such grant
   */
  Optional<Grant> revoke(AccountId account, String id, Revocation revocation);

  Optional<Grant> find(String id);

  /** What the account was given under this key. */
  Optional<Kept> findByKey(AccountId account, String key);

  /**
   * Grants with all their times, whether they hold or not.
   *
   * @param account only those of this one; empty for all
   * @param before the id of the last one of the page before; empty for the first page
   * @param limit 1 to 101
   * @return those given last first
   */
  List<Grant> list(Optional<AccountId> account, Optional<String> before, int limit);
}
