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
      String fingerprint,
      String lease,
      Instant reservedAt,
      Instant leaseUntil,
      Optional<Replay> answer) {
    Reservation seenBy(String otherFingerprint) {
      if (!fingerprint.equals(otherFingerprint)) {
        return new Reused();
      }
      return answer.isPresent() ? answer.get() : new Running();
    }

    boolean isFreeAt(Instant now, String otherLease) {
      return answer.isEmpty() && (!now.isBefore(leaseUntil) || lease.equals(otherLease));
    }
  }

  private final SharedLock lock;
  private final Map<Key, Entry> entries = new HashMap<>();

  InMemoryIdempotency(SharedLock lock) {
    this.lock = lock;
  }

  @Override
  public Reservation reserve(
      AccountId account,
      String key,
      String fingerprint,
      String lease,
      Instant now,
      Duration leaseTime) {
    return lock.hold(() -> {
      Key id = new Key(account, key);
      Entry stored = entries.get(id);
      if (stored != null
          && !(stored.fingerprint().equals(fingerprint) && stored.isFreeAt(now, lease))) {
        return stored.seenBy(fingerprint);
      }
      Instant reservedAt = stored == null ? now : stored.reservedAt();
      entries.put(
          id, new Entry(fingerprint, lease, reservedAt, now.plus(leaseTime), Optional.empty()));
      return new Fresh();
    });
  }

  @Override
  public boolean extend(
      AccountId account, String key, String lease, Instant now, Duration leaseTime) {
    return lock.hold(() -> {
      Key id = new Key(account, key);
      Entry entry = entries.get(id);
      if (entry == null || !holds(entry, lease) || entry.answer().isPresent()) {
        return false;
      }
      entries.put(
          id,
          new Entry(
              entry.fingerprint(),
              lease,
              entry.reservedAt(),
              now.plus(leaseTime),
              Optional.empty()));
      return true;
    });
  }

  private static boolean holds(Entry entry, String lease) {
    return entry.lease().equals(lease);
  }

  @Override
  public boolean complete(
      AccountId account, String key, String lease, int status, String body, Instant now) {
    return lock.hold(() -> {
      Key id = new Key(account, key);
      Entry entry = entries.get(id);
      if (entry == null || !holds(entry, lease)) {
        return false;
      }
      entries.put(
          id,
          new Entry(
              entry.fingerprint(),
              lease,
              entry.reservedAt(),
              entry.leaseUntil(),
              Optional.of(new Replay(status, body))));
      return true;
    });
  }

  @Override
  public void release(AccountId account, String key, String lease) {
    lock.hold(() -> {
      Key id = new Key(account, key);
      Entry entry = entries.get(id);
      return entry != null
          && holds(entry, lease)
          && entry.answer().isEmpty()
          && entries.remove(id) != null;
    });
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
