package com.tatame.billing.apikey;

import com.tatame.billing.audit.AuditEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Port: who may call by key. It never sees a key, only its hash, and gives none out. */
public interface ApiKeyStore {
  /**
   * Adds a key.
   *
   * @param hash by which it is found
   * @param audit written in the same commit
   * @throws IllegalStateException if there is one with this id or hash
   */
  void add(ApiKey key, String hash, AuditEntry audit);

  Optional<ApiKey> findByHash(String hash);

  Optional<ApiKey> find(String id);

  /**
   * All keys, newest first, revoked and expired ones included.
   *
   * @param after the id of the last key before the page
   * @param limit 1 to 101
   */
  List<ApiKey> list(Optional<String> after, int limit);

  /**
   * Revokes a key for good; the first revocation is the one that counts.
   *
   * @param audit written in the same commit, if it was not revoked before
   * @return the key as it now stands; empty if there is none
   */
  Optional<ApiKey> revoke(String id, Instant now, AuditEntry audit);

  /**
   * Writes down that a key was used, unless it was noted less than {@code interval} before, or
   * after.
   */
  void noteUse(String id, Instant now, Duration interval);
}
