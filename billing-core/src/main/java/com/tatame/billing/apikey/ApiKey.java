package com.tatame.billing.apikey;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Principal;
import com.tatame.billing.failure.Unauthenticated;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * What is known of a key, which is all but the key itself. All instants are wall time.
 *
 * @param id {@code bk_} and 16 hexadecimal digits; also the beginning of the key, so that its
 *     holder can tell which one it is
 * @param name what it is for, in its maker's words
 * @param expiresAt from when it is refused; empty for never
 * @param revokedAt since when it is refused
 * @param lastUsedAt to the minute
 */
public record ApiKey(
    String id,
    String name,
    Set<Scope> scopes,
    Instant createdAt,
    Optional<Instant> expiresAt,
    Optional<Instant> revokedAt,
    Optional<Instant> lastUsedAt) {
  public ApiKey {
    scopes = Set.copyOf(scopes);
  }

  /** Whether one of its scopes permits what needs this one. */
  public boolean permits(Scope needed) {
    return scopes.stream().anyMatch(scope -> scope.permits(needed));
  }

  /**
   * Lets pass what is neither revoked nor expired.
   *
   * @throws Unauthenticated otherwise
   */
  public void requireLiveAt(Instant now) {
    if (revokedAt.isPresent()) {
      throw new Unauthenticated("The API key was revoked.");
    }
    if (expiresAt.filter(end -> !now.isBefore(end)).isPresent()) {
      throw new Unauthenticated("The API key has expired.");
    }
  }

  /** Its holder, acting for an account. */
  public Principal actingFor(AccountId account) {
    return Principal.ofApiKey(account, id, scopes.contains(Scope.ADMIN));
  }

  /** Its holder, acting for no account but its own; what it does belongs to an account that no user has. */
  public Principal asItself() {
    return actingFor(new AccountId(id));
  }
}
