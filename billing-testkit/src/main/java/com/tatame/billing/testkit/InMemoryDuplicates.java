package com.tatame.billing.testkit;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.duplicate.Duplicate;
import com.tatame.billing.duplicate.Duplicate.Status;
import com.tatame.billing.duplicate.DuplicateStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

final class InMemoryDuplicates implements DuplicateStore {
  private final SharedLock lock;
  private final MirroredRows rows;
  private final Map<String, Duplicate> found = new LinkedHashMap<>();

  InMemoryDuplicates(SharedLock lock, MirroredRows rows) {
    this.lock = lock;
    this.rows = rows;
  }

  @Override
  public Several several(Optional<String> position, int limit) {
    PageLimit.require(limit);
    return lock.hold(() -> {
      long last = position.map(Long::valueOf).orElse(0L);
      List<AccountId> accounts = new ArrayList<>();
      for (Map.Entry<AccountId, Long> several : rows.entitledSeverally().entrySet()) {
        if (several.getValue() > last && accounts.size() < limit) {
          accounts.add(several.getKey());
          last = several.getValue();
        }
      }
      return new Several(accounts, Long.toString(last));
    });
  }

  @Override
  public Duplicate report(Duplicate duplicate) {
    return lock.hold(() -> found.merge(
        duplicate.subscriptionId(),
        duplicate,
        (listed, again) -> listed.status() == Status.OVER ? again : listed));
  }

  @Override
  public boolean replace(Status from, Duplicate next) {
    return lock.hold(() -> {
      Duplicate listed = found.get(next.subscriptionId());
      return listed != null
          && listed.status() == from
          && found.replace(next.subscriptionId(), listed, next);
    });
  }

  @Override
  public List<Duplicate> due(Instant now, int limit) {
    PageLimit.require(limit);
    return lock.hold(() -> found.values().stream()
        .filter(duplicate -> duplicate.lookAt().filter(at -> !at.isAfter(now)).isPresent())
        .sorted(Comparator.comparing((Duplicate duplicate) -> duplicate.lookAt().orElseThrow())
            .thenComparing(Duplicate::subscriptionId))
        .limit(limit)
        .toList());
  }

  @Override
  public List<Duplicate> list(boolean open, Optional<String> before, int limit) {
    PageLimit.require(limit);
    return lock.hold(() -> {
      if (before.isPresent() && !found.containsKey(before.get())) {
        return List.of();
      }
      List<Duplicate> lastFirst = new ArrayList<>();
      for (Duplicate duplicate : found.values()) {
        if (before.filter(duplicate.subscriptionId()::equals).isPresent()) {
          break;
        }
        if (!open || duplicate.status().open()) {
          lastFirst.add(0, duplicate);
        }
      }
      return lastFirst.stream().limit(limit).toList();
    });
  }

  @Override
  public Optional<Duplicate> find(String subscriptionId) {
    return lock.hold(() -> Optional.ofNullable(found.get(subscriptionId)));
  }

  @Override
  public long open() {
    return lock.hold(() ->
        found.values().stream().filter(duplicate -> duplicate.status().open()).count());
  }
}
