package com.tatame.billing.testkit;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.idempotency.IdempotencyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

final class InMemoryIdempotency implements IdempotencyStore {
  private record Key(AccountId account, String value) {}

  private record Entry(
      String fingerprint, Instant reservedAt, Instant leaseUntil, Optional<Replay> answer) {
    Reservation seenBy(String otherFingerprint) {
      if (!fingerprint.equals(otherFingerprint)) {
        return new Reused();
      }
      return answer.isPresent() ? answer.get() : new Running();
    }

    boolean isAbandonedAt(Instant now) {
      return answer.isEmpty() && !now.isBefore(leaseUntil);
    }
  }

  private final SharedLock lock;
  private final Map<Key, Entry> entries = new HashMap<>();

  InMemoryIdempotency(SharedLock lock) {
    this.lock = lock;
  }

  @Override
  public Reservation reserve(
      AccountId account, String key, String fingerprint, Instant now, Duration lease) {
    return lock.hold(() -> {
      Key id = new Key(account, key);
      Entry stored = entries.get(id);
      boolean repeatable =
          stored != null && stored.fingerprint().equals(fingerprint) && stored.isAbandonedAt(now);
      if (stored != null && !repeatable) {
        return stored.seenBy(fingerprint);
      }
      entries.put(id, new Entry(fingerprint, now, now.plus(lease), Optional.empty()));
      return new Fresh();
    });
  }

  @Override
  public void complete(AccountId account, String key, int status, String body, Instant now) {
    lock.hold(() -> entries.computeIfPresent(
            new Key(account, key),
            (id, entry) -> new Entry(
                entry.fingerprint(),
                entry.reservedAt(),
                entry.leaseUntil(),
                Optional.of(new Replay(status, body))))
        != null);
  }

  @Override
  public void release(AccountId account, String key) {
    lock.hold(() -> entries.remove(new Key(account, key)) != null);
  }

  @Override
  public int prune(Instant before) {
    return lock.hold(() -> {
      int count = entries.size();
      entries.values().removeIf(entry -> entry.reservedAt().isBefore(before));
      return count - entries.size();
    });
  }
}
