package com.tatame.billing.idempotency;

import com.tatame.billing.account.AccountId;
import java.time.Duration;
import java.time.Instant;

/** Port: what was answered to requests that carry a key. All instants are wall time. */
public interface IdempotencyStore {
  /** What a key stands for. */
  sealed interface Reservation {}

  /** The key is new, or its first request never ended: carry on, then {@link #complete}. */
  record Fresh() implements Reservation {}

  /** The first answer, to be given again. */
  record Replay(int status, String body) implements Reservation {}

  /** The key came with another request before. */
  record Reused() implements Reservation {}

  /** The first request with this key is still running. */
  record Running() implements Reservation {}

  /**
   * Reserves the key for this request.
   *
   * @param fingerprint hash of method, path and body
   * @param lease after which an unanswered reservation counts as abandoned
   */
  Reservation reserve(
      AccountId account, String key, String fingerprint, Instant now, Duration lease);

  /** Keeps the answer. */
  void complete(AccountId account, String key, int status, String body, Instant now);

  /** Forgets a reservation whose request failed without effect, so that it may be repeated. */
  void release(AccountId account, String key);

  /** Deletes keys from before; returns how many. */
  int prune(Instant before);
}
