package com.tatame.billing.testkit;

import com.tatame.billing.apikey.ApiKey;
import com.tatame.billing.apikey.ApiKeyStore;
import com.tatame.billing.audit.AuditEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

final class InMemoryApiKeys implements ApiKeyStore {
  private static final Comparator<ApiKey> NEWEST_FIRST =
      Comparator.comparing(ApiKey::createdAt).reversed().thenComparing(ApiKey::id);

  private final SharedLock lock;
  private final InMemoryAudit audited;
  private final Map<String, ApiKey> byId = new HashMap<>();
  private final Map<String, String> idByHash = new HashMap<>();

  InMemoryApiKeys(SharedLock lock, InMemoryAudit audited) {
    this.lock = lock;
    this.audited = audited;
  }

  @Override
  public void add(ApiKey key, String hash, AuditEntry audit) {
    audited.entering(audit, added -> added, () -> {
      if (byId.containsKey(key.id()) || idByHash.containsKey(hash)) {
        throw new IllegalStateException("there is such a key already: " + key.id());
      }
      idByHash.put(hash, key.id());
      return byId.put(key.id(), key) == null;
    });
  }

  @Override
  public Optional<ApiKey> findByHash(String hash) {
    return lock.hold(() -> Optional.ofNullable(idByHash.get(hash)).map(byId::get));
  }

  @Override
  public Optional<ApiKey> find(String id) {
    return lock.hold(() -> Optional.ofNullable(byId.get(id)));
  }

  @Override
  public List<ApiKey> list(Optional<String> after, int limit) {
    PageLimit.require(limit);
    return lock.hold(() -> {
      Optional<ApiKey> cursor = after.map(byId::get);
      if (after.isPresent() && cursor.isEmpty()) {
        return List.of();
      }
      return byId.values().stream()
          .filter(key -> cursor.isEmpty() || NEWEST_FIRST.compare(key, cursor.get()) > 0)
          .sorted(NEWEST_FIRST)
          .limit(limit)
          .toList();
    });
  }

  @Override
  public Optional<ApiKey> revoke(String id, Instant now, AuditEntry audit) {
    return audited.changing(
        audit,
        () -> find(id).flatMap(ApiKey::revokedAt),
        () -> Optional.ofNullable(byId.computeIfPresent(
            id,
            (same, key) ->
                with(key, key.revokedAt().or(() -> Optional.of(now)), key.lastUsedAt()))));
  }

  @Override
  public void noteUse(String id, Instant now, Duration interval) {
    lock.hold(() -> byId.computeIfPresent(
            id,
            (same, key) -> key.lastUsedAt()
                    .filter(last -> last.isAfter(now.minus(interval)))
                    .isPresent()
                ? key
                : with(key, key.revokedAt(), Optional.of(now)))
        != null);
  }

  private static ApiKey with(
      ApiKey key, Optional<Instant> revokedAt, Optional<Instant> lastUsedAt) {
    return new ApiKey(
        key.id(),
        key.name(),
        key.scopes(),
        key.createdAt(),
        key.expiresAt(),
        revokedAt,
        lastUsedAt);
  }
}
