package com.tatame.billing.anonymous;

import com.tatame.billing.account.AccountId;
import java.time.Instant;
import java.util.Optional;

/** Port: anonymous sessions, each found by the hash of its token alone. */
public interface AnonymousSessionStore {
  /** Keeps a new session. */
  void add(AnonymousSession session, String hash);

  Optional<AnonymousSession> findByHash(String hash);

  /**
   * Makes all that the session bought, and all that becomes known of it later, the account's. The
   * first claim stays, whoever claims again.
   *
   * @return the session as it is then; empty if there is none
   */
  Optional<AnonymousSession> claim(String hash, AccountId by, Instant now);
}
