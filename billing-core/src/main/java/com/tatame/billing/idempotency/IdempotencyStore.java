package com.tatame.billing.idempotency;

import com.tatame.billing.account.AccountId;
import java.time.Duration;
import java.time.Instant;

/** Port: what was answered to requests that carry a key. All instants are wall time. */
public interface IdempotencyStore {
  /** What a key stands for. */
  sealed interface Reservation {}

  /** The key is new, or the lease of its holder has ended: carry on, then {@link #complete}. */
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
   * @param lease token of this attempt; asking again with it answers the same
   * @param leaseTime after which an unanswered reservation counts as abandoned, unless it is extended
   */
  Reservation reserve(
      AccountId account,
      String key,
      String fingerprint,
      String lease,
      Instant now,
      Duration leaseTime);

  /**
   * Keeps a reservation while its request runs.
   *
   * @param leaseTime from now on
   * @return false if it is answered or gone, or another attempt holds it; nothing was written then
   */
  boolean extend(AccountId account, String key, String lease, Instant now, Duration leaseTime);

  /**
   * Keeps the answer.
   *
   * @return false if another attempt took the reservation over; nothing was written then
   */
  boolean complete(
      AccountId account, String key, String lease, int status, String body, Instant now);

  /**
   * Deletes a reservation whose request failed without effect, so that it may be retried; not if
   * another attempt took it over.
   */
  void release(AccountId account, String key, String lease);

  /** Deletes keys from before; returns how many. */
  int prune(Instant before);
}
