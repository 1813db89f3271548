package com.tatame.billing.entitlement;

import com.tatame.billing.account.AccountId;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/**
 * What an administrator gave an account, and why. It is never deleted or changed but for two things:
 * units are drawn from it, and it may be revoked. All instants are by the billing clock.
 *
 * @param reason in words, for who looks at it later
 * @param givenBy the administrator or API key
 * @param startsAt when it begins to hold; no earlier than it was given
 * @param expiresAt when it ceases to; empty for never
 * @param used how many of its units are used now; 0 where there are none
 * @param revoked empty unless it was taken back
 */
public record Grant(
    String id,
    AccountId account,
    GrantContent gift,
    String reason,
    String givenBy,
    Instant givenAt,
    Instant startsAt,
    Optional<Instant> expiresAt,
    long used,
    Optional<Revocation> revoked) {
  /** Those that are lost soonest first. */
  static final Comparator<Grant> EARLIEST_FIRST = Comparator.comparing(
          (Grant grant) -> grant.expiresAt().orElse(Instant.MAX))
      .thenComparing(Grant::givenAt)
      .thenComparing(Grant::id);

  /**
   * That a grant was taken back.
   *
   * @param at from when it gives nothing any more; what was used of it stays used
   * @param reason in words; empty if none was given
   */
  public record Revocation(Instant at, String by, Optional<String> reason) {}

  /** Whether it gives anything at this instant. */
  boolean holdsAt(Instant now) {
    return !now.isBefore(startsAt)
        && expiresAt.map(now::isBefore).orElse(true)
        && revoked.map(Revocation::at).map(now::isBefore).orElse(true);
  }

  /** How many units it still has, never less than 0; 0 where it has none to count. */
  public long left() {
    return gift instanceof GrantContent.Units units ? Math.max(0, units.units() - used) : 0;
  }
}
