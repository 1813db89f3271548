package com.tatame.billing.entitlement;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.audit.AuditEntry;
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
   * @param audit written in the same commit, if this grant is kept
   * @return what is kept under the key: this one, or the one that was there
   */
  Kept add(Grant grant, String key, String fingerprint, AuditEntry audit);

  /**
   * Takes a grant back, once: a second time changes nothing.
   *
   * @param audit written in the same commit, if the grant was not taken back before
   * @return as it is now; empty if the account has no such grant
   */
  Optional<Grant> revoke(AccountId account, String id, Revocation revocation, AuditEntry audit);

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
