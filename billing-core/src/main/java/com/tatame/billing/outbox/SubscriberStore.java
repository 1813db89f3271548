package com.tatame.billing.outbox;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.audit.AuditEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Port: who receives the streams' entries, and how far each has come with each account. All instants
 * are wall time.
 */
public interface SubscriberStore {
  /** What a subscriber is. */
  enum Kind {
    HANDLER,
    ENDPOINT
  }

  /**
   * Accounts with something new for one subscriber.
   *
   * @param position sequence of the last entry that was received
   * @param attempts how often the next entry has failed
   * @param probing whether the subscriber fails for all accounts, so that this one is tried alone
   * @param failingSince since when the subscriber fails for all accounts, or has begun to
   * @param entries that follow the position, in order
   */
  record Due(
      String subscriber,
      AccountId account,
      long position,
      int attempts,
      boolean probing,
      Optional<Instant> failingSince,
      List<PublishedEvent> entries) {
    public Due {
      entries = List.copyOf(entries);
    }

    Duration failingFor(Instant now) {
      return failingSince.map(since -> Duration.between(since, now)).orElse(Duration.ZERO);
    }
  }

  /**
   * What came of claimed entries.
   *
   * @param position sequence of the last entry that was received
   * @param received how many were
   */
  record Ended(
      String subscriber,
      AccountId account,
      long position,
      int received,
      Optional<Failure> failure) {}

  /**
   * The entry behind the position was not received.
   *
   * @param error for people
   * @param counted whether it counts against the account; not while the subscriber fails for all
   * @param nextAt when it is due again
   * @param blocked whether it is given up, until a person decides
   * @param probeAt when the subscriber is tried again if it fails for all
   */
  record Failure(String error, boolean counted, Instant nextAt, boolean blocked, Instant probeAt) {}

  /**
   * One request to an endpoint.
   *
   * @param status of the answer; empty if there was none
   * @param error why it was not received; empty if it was
   */
  record Attempt(
      String subscriber,
      AccountId account,
      long sequence,
      String eventId,
      Instant at,
      Duration took,
      Optional<Integer> status,
      Optional<String> error) {}

  /** An attempt that was stored, with its number. */
  record StoredAttempt(long id, Attempt attempt) {}

  /** From now on it receives what is appended. A second time it changes nothing. */
  void add(String name, Kind kind, Instant now);

  /** Forgets a subscriber and how far it has come. */
  void remove(String name, AuditEntry audit);

  /** All of them, by name. */
  List<SubscriberStatus> list();

  /**
   * Claims accounts with something new. Of a subscriber with so many failures in a row one account is
   * claimed at a time.
   *
   * @param claim a name that no other claim uses
   * @param most how many accounts, by subscriber
   * @param entries most entries of each account
   * @param probing from how many failures in a row on one account is tried at a time
   */
  List<Due> claim(
      String claim,
      Map<String, Integer> most,
      int entries,
      int probing,
      Instant now,
      Duration lease);

  /**
   * Ends what was claimed.
   *
   * @return how many were no longer the claim's: another node delivers those
   */
  int end(String claim, List<Ended> ended, List<Attempt> attempts, Instant now);

  /** One page of the accounts whose next entry has failed, by account. */
  List<ParkedAccount> parked(String subscriber, Optional<AccountId> after, int limit);

  /** The account as a parked one; empty if its next entry has not failed. */
  Optional<ParkedAccount> parked(String subscriber, AccountId account);

  /**
   * Tries a parked entry at once.
   *
   * @param sequence of the entry that has failed
   * @return false if the account doesn't stand there
   */
  boolean retry(String subscriber, AccountId account, long sequence, Instant now, AuditEntry audit);

  /** Leaves a parked entry out, and goes on with the next; otherwise as {@link #retry}. */
  boolean skip(String subscriber, AccountId account, long sequence, Instant now, AuditEntry audit);

  /**
   * Sends everything again that was appended since.
   *
   * @param request for which it is done; asked again for the last one, it changes nothing
   * @return of how many accounts
   */
  int replay(String subscriber, String request, Instant since, Instant now, AuditEntry audit);

  /** One page of the requests to an endpoint, the newest first. */
  List<StoredAttempt> attempts(String subscriber, Optional<Long> before, int limit);

  /** Prunes requests that were made before. */
  void pruneAttempts(Instant before);
}
