package com.tatame.billing.anonymous;

import com.tatame.billing.account.AccountId;
import java.time.Instant;
import java.util.Optional;

/**
 * A visitor who has not signed in. All instants are wall time.
 *
 * @param account under which the visitor buys
 * @param expiresAt from when its token is no proof any more; what was bought can be claimed later, too
 * @param claimedBy whose it is by now
 */
public record AnonymousSession(
    AccountId account,
    Instant createdAt,
    Instant expiresAt,
    Optional<AccountId> claimedBy,
    Optional<Instant> claimedAt) {
  /** Whether its token still proves who calls. */
  boolean liveAt(Instant now) {
    return claimedBy.isEmpty() && now.isBefore(expiresAt);
  }
}
