package com.tatame.billing.testkit;

import com.tatame.billing.schedule.TaskStore;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

final class InMemoryTasks implements TaskStore {
  private record Row(
      Optional<String> position, Instant nextAt, Optional<String> runner, Instant leaseUntil) {}

  private final SharedLock lock;
  private final Map<String, Row> rows = new HashMap<>();

  InMemoryTasks(SharedLock lock) {
    this.lock = lock;
  }

  @Override
  public Optional<Turn> begin(String task, String runner, Instant now, Duration lease) {
    return lock.hold(() -> {
      Row row = rows.getOrDefault(
          task, new Row(Optional.empty(), Instant.MIN, Optional.empty(), Instant.MIN));
      boolean free = row.runner().filter(other -> !other.equals(runner)).isEmpty()
          || !row.leaseUntil().isAfter(now);
      if (row.nextAt().isAfter(now) || !free) {
        return Optional.<Turn>empty();
      }
      rows.put(task, new Row(row.position(), row.nextAt(), Optional.of(runner), now.plus(lease)));
      return Optional.of(new Turn(row.position()));
    });
  }

  @Override
  public boolean end(String task, String runner, Optional<String> position, Instant nextAt) {
    return lock.hold(() -> {
      boolean held = rows.containsKey(task) && rows.get(task).runner().equals(Optional.of(runner));
      if (held) {
        rows.put(task, new Row(position, nextAt, Optional.empty(), Instant.MIN));
      }
      return held;
    });
  }
}
