package com.tatame.billing.anonymous;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Owner;
import com.tatame.billing.audit.AuditEntry;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Port: anonymous sessions, each found by the hash of its token alone. */
public interface AnonymousSessionStore {
  /** With what the ids of visitors' accounts begin. */
  String PREFIX = "anonymous:";

  /** Keeps a new session. */
  void add(AnonymousSession session, String hash);

  Optional<AnonymousSession> findByHash(String hash);

  /**
   * Makes all that the session bought, and all that becomes known of it later, the account's, and
   * counts what it used as used by the account, in the same windows. Its conversations go on as the
   * claimer's. The first claim stays; later ones change nothing.
   *
   * @param by who claims: within an organisation's account, a member
   * @param audit written in the same commit, if this is the first claim
   * @return the session as it is then; empty if there is none
   */
  Optional<AnonymousSession> claim(String hash, Owner by, Instant now, AuditEntry audit);

  /**
   * Counts as used by the claimers what sessions used that were claimed meanwhile: a request may have
   * been under way.
   *
   * @param claimedSince only of sessions that were claimed then or later, of a thousand at most: the
   *     last
   * @return the accounts that have used more now
   */
  List<AccountId> gather(Instant claimedSince);
}
