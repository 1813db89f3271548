package com.tatame.billing.testkit;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.entitlement.Grant;
import com.tatame.billing.entitlement.Grant.Revocation;
import com.tatame.billing.entitlement.GrantContent;
import com.tatame.billing.entitlement.GrantStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

final class InMemoryGrants implements GrantStore {
  private final SharedLock lock;
  private final InMemoryAudit audited;
  private final InMemoryStreams streams;
  private final Map<String, Grant> given = new LinkedHashMap<>();
  private final Map<KeyOf, Asked> keys = new HashMap<>();

  private record KeyOf(AccountId account, String key) {}

  private record Asked(String id, String fingerprint) {}

  InMemoryGrants(SharedLock lock, InMemoryAudit audited, InMemoryStreams streams) {
    this.lock = lock;
    this.audited = audited;
    this.streams = streams;
    streams.showing(this::of);
  }

  @Override
  public Kept add(Grant grant, String key, String fingerprint, AuditEntry audit) {
    return audited.changing(audit, () -> find(grant.id()).isPresent(), () -> {
      KeyOf of = new KeyOf(grant.account(), key);
      if (keys.putIfAbsent(of, new Asked(grant.id(), fingerprint)) == null) {
        given.put(grant.id(), grant);
        streams.examine(grant.account());
      }
      return findByKey(grant.account(), key).orElseThrow();
    });
  }

  @Override
  public Optional<Grant> revoke(
      AccountId account, String id, Revocation revocation, AuditEntry audit) {
    return audited.changing(
        audit,
        () -> find(id).flatMap(Grant::revoked),
        () -> find(id)
            .filter(grant -> grant.account().equals(account))
            .map(grant -> grant.revoked().isPresent() ? grant : revoke(grant, revocation)));
  }

  private Grant revoke(Grant grant, Revocation revocation) {
    streams.examine(grant.account());
    return replace(grant, grant.used(), Optional.of(revocation));
  }

  private Grant replace(Grant grant, long used, Optional<Revocation> revoked) {
    Grant next = with(grant, used, revoked);
    given.put(next.id(), next);
    return next;
  }

  private static Grant with(Grant grant, long used, Optional<Revocation> revoked) {
    return new Grant(
        grant.id(),
        grant.account(),
        grant.gift(),
        grant.reason(),
        grant.givenBy(),
        grant.givenAt(),
        grant.startsAt(),
        grant.expiresAt(),
        used,
        revoked);
  }

  @Override
  public Optional<Grant> find(String id) {
    return lock.hold(() -> Optional.ofNullable(given.get(id)));
  }

  @Override
  public Optional<Kept> findByKey(AccountId account, String key) {
    return lock.hold(() -> Optional.ofNullable(keys.get(new KeyOf(account, key)))
        .flatMap(asked -> find(asked.id()).map(grant -> new Kept(grant, asked.fingerprint()))));
  }

  @Override
  public List<Grant> list(Optional<AccountId> account, Optional<String> before, int limit) {
    PageLimit.require(limit);
    return lock.hold(() -> {
      List<Grant> latestFirst = new ArrayList<>(given.values());
      Collections.reverse(latestFirst);
      return latestFirst.stream()
          .dropWhile(grant -> before.filter(id -> !id.equals(grant.id())).isPresent())
          .skip(before.isPresent() ? 1 : 0)
          .filter(grant -> account.filter(only -> !only.equals(grant.account())).isEmpty())
          .limit(limit)
          .toList();
    });
  }

  /** Those that have not ended. */
  List<Grant> open(AccountId account, Instant now) {
    return of(account).stream()
        .filter(grant -> grant.expiresAt().map(now::isBefore).orElse(true))
        .filter(grant -> grant.revoked().map(Revocation::at).map(now::isBefore).orElse(true))
        .toList();
  }

  /** Those that had not ended at an instant, as they were then. */
  List<Grant> known(AccountId account, Instant at, ToLongFunction<String> drawnSince) {
    return of(account).stream()
        .filter(grant -> !grant.givenAt().isAfter(at))
        .filter(grant -> grant.expiresAt().map(at::isBefore).orElse(true))
        .filter(grant -> grant.revoked().map(Revocation::at).map(at::isBefore).orElse(true))
        .map(grant -> with(
            grant,
            Math.max(0, grant.used() - drawnSince.applyAsLong(grant.id())),
            Optional.empty()))
        .toList();
  }

  /** Another one once a grant is given or revoked. */
  String mark(AccountId account) {
    List<Grant> all = of(account);
    return all.isEmpty()
        ? ""
        : ":" + all.size() + ":"
            + all.stream().filter(grant -> grant.revoked().isPresent()).count();
  }

  /** How many units each has left. */
  Map<String, Long> left(AccountId account) {
    Map<String, Long> left = new HashMap<>();
    of(account).forEach(grant -> left.put(grant.id(), grant.left()));
    return left;
  }

  /** Uses units of a grant, or gives them back where there are less than none. */
  void debit(String id, long units) {
    Grant grant = find(id).orElseThrow();
    long most = ((GrantContent.Units) grant.gift()).units();
    replace(grant, Math.max(0, Math.min(most, grant.used() + units)), grant.revoked());
  }

  private List<Grant> of(AccountId account) {
    return given.values().stream()
        .filter(grant -> grant.account().equals(account))
        .toList();
  }
}
