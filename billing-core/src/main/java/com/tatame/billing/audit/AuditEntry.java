package com.tatame.billing.audit;

import com.tatame.billing.account.AccountId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * One change and who made it. A store writes it in the commit of the change, and not at all if nothing
 * was changed: a refused or repeated act leaves no entry.
 *
 * @param at wall time, to the microsecond
 * @param action the code of an {@link AuditAction} or of the kind of a command; a later release may
 *     have added more
 * @param account whose data was changed; empty for what belongs to no account
 * @param target the id of what was changed
 * @param requestId of the request that asked for it, as logs and answers name it
 */
public record AuditEntry(
    Instant at,
    AuditActor actor,
    String action,
    Optional<AccountId> account,
    String target,
    AuditChange change,
    Optional<String> requestId) {

  /**
   * What the calling thread is about to change, see {@link AuditScope}.
   *
   * @param at wall time
   * @param action the code of an {@link AuditAction} or of the kind of a command
   */
  public static AuditEntry of(
      Instant at, String action, Optional<AccountId> account, String target, AuditChange change) {
    AuditScope scope = AuditScope.current();
    return new AuditEntry(
        at.truncatedTo(ChronoUnit.MICROS),
        scope.actor(),
        action,
        account,
        target,
        change,
        scope.requestId());
  }
}
