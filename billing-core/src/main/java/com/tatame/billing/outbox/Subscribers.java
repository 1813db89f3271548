package com.tatame.billing.outbox;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.audit.AuditAction;
import com.tatame.billing.audit.AuditChange;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.NotFound;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Use cases: how deliveries are doing, and what operators do about those that fail. */
public final class Subscribers {
  private final SubscriberStore store;
  private final Runnable wake;
  private final InstantSource wallClock;

  /**
   * Wires the use cases.
   *
   * @param wake tells the deliveries of this program that something is due
   */
  public Subscribers(SubscriberStore store, Runnable wake, InstantSource wallClock) {
    this.store = store;
    this.wake = wake;
    this.wallClock = wallClock;
  }

  /** All of them, by name. */
  public List<SubscriberStatus> list() {
    return store.list();
  }

  /**
   * One of them.
   *
   * @throws NotFound if there is none of this name
   */
  public SubscriberStatus get(String name) {
    return store.list().stream()
        .filter(subscriber -> subscriber.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new NotFound("subscriber", name));
  }

  /**
   * One page of the accounts whose next entry has failed, by account.
   *
   * @param limit 1 to 101
   * @throws NotFound if there is no such subscriber
   */
  public List<ParkedAccount> parked(String name, Optional<AccountId> after, int limit) {
    get(name);
    return store.parked(name, after, limit);
  }

  /**
   * Tries the account's failed entry at once, and as often as the first time.
   *
   * <p>Of an account that is not parked nothing is left to try.
   *
   * @throws NotFound if there is no such subscriber
   */
  public void retry(String name, AccountId account) {
    get(name);
    Instant now = wallClock.instant();
    store
        .parked(name, account)
        .ifPresent(parked -> store.retry(
            name,
            account,
            parked.sequence(),
            now,
            audit(AuditAction.RETRY_DELIVERY, name, account, parked, now)));
    wake.run();
  }

  /**
   * Leaves the account's failed entry out: the subscriber never receives it.
   *
   * <p>Nothing is left out if the account has gone beyond that entry already.
   *
   * @param sequence of the entry, so that a repetition doesn't leave out another one
   * @throws NotFound if there is no such subscriber
   * @throws Conflict if the account has not come to that entry
   */
  public void skip(String name, AccountId account, long sequence) {
    get(name);
    Optional<ParkedAccount> stands = store.parked(name, account);
    if (stands.filter(parked -> parked.sequence() <= sequence).isEmpty()) {
      return;
    }
    ParkedAccount parked = stands.orElseThrow();
    if (parked.sequence() < sequence) {
      throw Conflict.because("The account has failed at entry " + parked.sequence() + ".");
    }
    Instant now = wallClock.instant();
    moved(store.skip(
        name,
        account,
        parked.sequence(),
        now,
        audit(AuditAction.SKIP_DELIVERY, name, account, parked, now)));
  }

  /**
   * Forgets a subscriber that no program uses any more, and how far it has come.
   *
   * <p>A second time it changes nothing.
   */
  public void remove(String name) {
    store.remove(
        name,
        AuditEntry.of(
            wallClock.instant(),
            AuditAction.REMOVE_SUBSCRIBER.code(),
            Optional.empty(),
            name,
            AuditChange.changed(Map.of("subscriber", name), Map.of())));
  }

  private void moved(boolean moved) {
    if (!moved) {
      throw Conflict.because("The account has gone on meanwhile; look at it again.");
    }
    wake.run();
  }

  private static AuditEntry audit(
      AuditAction action, String name, AccountId account, ParkedAccount parked, Instant now) {
    return AuditEntry.of(
        now,
        action.code(),
        Optional.of(account),
        name,
        AuditChange.created(
            Map.of("sequence", Long.toString(parked.sequence()), "event", parked.eventId())));
  }
}
