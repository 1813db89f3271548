package com.tatame.billing.testkit;

import com.tatame.billing.observation.Fact;
import com.tatame.billing.trial.Trial;
import com.tatame.billing.trial.Trial.Status;
import com.tatame.billing.trial.TrialStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

final class InMemoryTrials implements TrialStore {
  private final SharedLock lock;
  private final MirroredRows rows;
  private final Map<String, Trial> watched = new LinkedHashMap<>();
  private final Map<String, Set<Entry>> ledger = new LinkedHashMap<>();

  InMemoryTrials(SharedLock lock, MirroredRows rows) {
    this.lock = lock;
    this.rows = rows;
  }

  @Override
  public Found started(Optional<String> position, int limit) {
    PageLimit.require(limit);
    return lock.hold(() -> {
      int offset = position.map(Integer::valueOf).orElse(0);
      List<Started> trials = rows.factsOfType("subscription.trial_started")
          .skip(offset)
          .limit(limit)
          .map(InMemoryTrials::started)
          .toList();
      return new Found(trials, Integer.toString(offset + trials.size()));
    });
  }

  private static Started started(Fact fact) {
    return new Started(
        fact.subscriptionId().orElseThrow(), fact.subject().value(), fact.occurredAt());
  }

  @Override
  public void watch(Trial trial) {
    lock.hold(() -> watched.putIfAbsent(trial.subscriptionId(), trial) == null);
  }

  @Override
  public boolean replace(Status from, Trial next) {
    return lock.hold(() -> {
      Trial known = watched.get(next.subscriptionId());
      return known != null
          && known.status() == from
          && watched.replace(next.subscriptionId(), known, next);
    });
  }

  @Override
  public List<Trial> due(Instant now, int limit) {
    PageLimit.require(limit);
    return lock.hold(() -> watched.values().stream()
        .filter(trial -> trial.lookAt().filter(at -> !at.isAfter(now)).isPresent())
        .sorted(Comparator.comparing((Trial trial) -> trial.lookAt().orElseThrow())
            .thenComparing(Trial::subscriptionId))
        .limit(limit)
        .map(this::claimed)
        .toList());
  }

  private Trial claimed(Trial trial) {
    return new Trial(
        trial.subscriptionId(),
        trial.customerId(),
        rows.accountOf(trial.customerId()),
        trial.family(),
        trial.startedAt(),
        trial.status(),
        trial.repeats(),
        trial.lookAt(),
        trial.foundAt(),
        trial.endedAt());
  }

  @Override
  public List<Trial> repeated(boolean open, Optional<String> before, int limit) {
    PageLimit.require(limit);
    return lock.hold(() -> {
      if (before.isPresent() && !watched.containsKey(before.get())) {
        return List.of();
      }
      List<Trial> lastFirst = new ArrayList<>();
      for (Trial trial : watched.values()) {
        if (before.filter(trial.subscriptionId()::equals).isPresent()) {
          break;
        }
        if (open ? trial.status() == Status.ALERTED : trial.foundAt().isPresent()) {
          lastFirst.add(0, claimed(trial));
        }
      }
      return lastFirst.stream().limit(limit).toList();
    });
  }

  @Override
  public Optional<Trial> find(String subscriptionId) {
    return lock.hold(() -> Optional.ofNullable(watched.get(subscriptionId)).map(this::claimed));
  }

  @Override
  public long open() {
    return lock.hold(() -> watched.values().stream()
        .filter(trial -> trial.status() == Status.ALERTED)
        .count());
  }

  @Override
  public void record(
      String family, String subscriptionId, Instant startedAt, Collection<Mark> marks) {
    lock.hold(() -> {
      Set<Entry> entries = ledger.computeIfAbsent(family, name -> new LinkedHashSet<>());
      marks.stream()
          .filter(mark -> entries.stream()
              .noneMatch(entry ->
                  entry.mark().equals(mark) && entry.subscriptionId().equals(subscriptionId)))
          .map(mark -> new Entry(mark, subscriptionId, startedAt))
          .toList()
          .forEach(entries::add);
      return true;
    });
  }

  @Override
  public List<Entry> seen(String family, Collection<Mark> marks) {
    return lock.hold(() -> ledger.getOrDefault(family, Set.of()).stream()
        .filter(entry -> marks.contains(entry.mark()))
        .sorted(Comparator.comparing((Entry entry) -> entry.mark().kind())
            .thenComparing(entry -> entry.mark().hash())
            .thenComparing(Entry::subscriptionId))
        .toList());
  }
}
