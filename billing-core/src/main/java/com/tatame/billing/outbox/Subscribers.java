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
  private final EventDeliveries deliveries;
  private final InstantSource wallClock;

  public Subscribers(SubscriberStore store, EventDeliveries deliveries, InstantSource wallClock) {
    this.store = store;
    this.deliveries = deliveries;
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
   * @throws NotFound if the account is not parked with this subscriber
   * @throws Conflict if it went on meanwhile
   */
  public void retry(String name, AccountId account) {
    ParkedAccount parked = parkedAccount(name, account);
    Instant now = wallClock.instant();
    moved(store.retry(
        name,
        account,
        parked.sequence(),
        now,
        audit(AuditAction.RETRY_DELIVERY, name, account, parked, now)));
  }

  /**
   * Leaves the account's failed entry out: the subscriber never receives it.
   *
   * @throws NotFound if the account is not parked with this subscriber
   * @throws Conflict if it went on meanwhile
   */
  public void skip(String name, AccountId account) {
    ParkedAccount parked = parkedAccount(name, account);
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
   * @throws NotFound if there is none of this name
   */
  public void remove(String name) {
    SubscriberStatus subscriber = get(name);
    store.remove(
        name,
        AuditEntry.of(
            wallClock.instant(),
            AuditAction.REMOVE_SUBSCRIBER.code(),
            Optional.empty(),
            name,
            AuditChange.changed(Map.of("kind", subscriber.kind().name()), Map.of())));
  }

  private ParkedAccount parkedAccount(String name, AccountId account) {
    get(name);
    return store
        .parked(name, account)
        .orElseThrow(() -> new NotFound("parked account", account.value()));
  }

  private void moved(boolean moved) {
    if (!moved) {
      throw Conflict.because("The account has gone on meanwhile; look at it again.");
    }
    deliveries.wake();
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
