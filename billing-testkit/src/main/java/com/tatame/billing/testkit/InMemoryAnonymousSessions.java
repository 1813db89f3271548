package com.tatame.billing.testkit;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Owner;
import com.tatame.billing.anonymous.AnonymousSession;
import com.tatame.billing.anonymous.AnonymousSessionStore;
import com.tatame.billing.audit.AuditEntry;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

final class InMemoryAnonymousSessions implements AnonymousSessionStore {
  private final SharedLock lock;
  private final InMemoryAudit audited;
  private final InMemoryUsage usage;
  private final BiConsumer<AccountId, Owner> conversations;
  private final Map<String, AnonymousSession> byHash = new LinkedHashMap<>();

  /**
   * @param conversations makes those of a visitor the claimer's
   */
  InMemoryAnonymousSessions(
      SharedLock lock,
      InMemoryUsage usage,
      BiConsumer<AccountId, Owner> conversations,
      InMemoryAudit audited) {
    this.lock = lock;
    this.audited = audited;
    this.usage = usage;
    this.conversations = conversations;
  }

  @Override
  public void add(AnonymousSession session, String hash) {
    lock.hold(() -> {
      boolean taken =
          byHash.values().stream().anyMatch(other -> other.account().equals(session.account()));
      if (taken || byHash.putIfAbsent(hash, session) != null) {
        throw new IllegalStateException("there is such a session already");
      }
      return true;
    });
  }

  @Override
  public Optional<AnonymousSession> findByHash(String hash) {
    return lock.hold(() -> Optional.ofNullable(byHash.get(hash)));
  }

  @Override
  public Optional<AnonymousSession> claim(String hash, Owner by, Instant now, AuditEntry audit) {
    return audited.changing(
        audit,
        () -> findByHash(hash),
        () -> Optional.ofNullable(byHash.computeIfPresent(
            hash,
            (same, session) ->
                session.claimedBy().isPresent() ? session : claimed(session, by, now))));
  }

  private AnonymousSession claimed(AnonymousSession session, Owner by, Instant now) {
    usage.move(session.account(), by.account());
    conversations.accept(session.account(), by);
    return new AnonymousSession(
        session.account(),
        session.createdAt(),
        session.expiresAt(),
        Optional.of(by.account()),
        Optional.of(now));
  }

  @Override
  public List<AccountId> gather(Instant claimedSince) {
    return lock.hold(() -> byHash.values().stream()
        .filter(session ->
            session.claimedAt().filter(at -> !at.isBefore(claimedSince)).isPresent())
        .filter(session -> usage.move(session.account(), session.claimedBy().orElseThrow()))
        .map(session -> session.claimedBy().orElseThrow())
        .toList());
  }

  /** Whether an account is a visitor's who has signed in; the store's lock is held. */
  boolean claimed(AccountId account) {
    return !ownerOf(account).equals(account);
  }

  /** Who claimed a session; the buyer itself where there is nothing to claim. */
  AccountId ownerOf(AccountId buyer) {
    return byHash.values().stream()
        .filter(session -> session.account().equals(buyer))
        .flatMap(session -> session.claimedBy().stream())
        .findFirst()
        .orElse(buyer);
  }

  /** Whether what one account bought is another's; the store's lock is held. */
  boolean owns(AccountId owner, AccountId buyer) {
    return owner.equals(buyer)
        || byHash.values().stream()
            .anyMatch(session -> session.account().equals(buyer)
                && session.claimedBy().filter(owner::equals).isPresent());
  }
}
