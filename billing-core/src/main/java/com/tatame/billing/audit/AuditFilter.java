package com.tatame.billing.audit;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.time.TimeBounds;
import java.time.Instant;
import java.util.Optional;

/**
 * Which entries are asked for; what is empty doesn't matter.
 *
 * @param account only changes of this account
 * @param actor only what this one did
 * @param action only this, by its code
 * @param from only what was done at this instant or later
 * @param until only what was done before this instant
 */
public record AuditFilter(
    Optional<AccountId> account,
    Optional<AuditActor> actor,
    Optional<String> action,
    Optional<Instant> from,
    Optional<Instant> until) {
  public AuditFilter {
    TimeBounds.require("from", from);
    TimeBounds.require("to", until);
  }

  public static final AuditFilter ALL = new AuditFilter(
      Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /** Of one account. */
  public static AuditFilter of(AccountId account) {
    return new AuditFilter(
        Optional.of(account),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
