package com.tatame.billing.testkit;

import com.tatame.billing.account.Owner;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.checkin.CheckIn;
import com.tatame.billing.checkin.CheckInFilter;
import com.tatame.billing.checkin.CheckInPeriod;
import com.tatame.billing.checkin.CheckInStore;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.TemporalAdjusters;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

final class InMemoryCheckIns implements CheckInStore {
  private static final Comparator<CheckIn> LATEST_FIRST =
      Comparator.comparing(CheckIn::occurredAt).reversed().thenComparing(CheckIn::id);

  private final SharedLock lock;
  private final InMemoryAudit audited;
  private final Map<String, CheckIn> stored = new LinkedHashMap<>();

  InMemoryCheckIns(SharedLock lock, InMemoryAudit audited) {
    this.lock = lock;
    this.audited = audited;
  }

  @Override
  public Optional<Added> add(CheckIn checkIn, int most) {
    return lock.hold(() -> {
      Optional<Added> there =
          find(checkIn.owner(), checkIn.id()).map(before -> new Added(before, true));
      if (there.isPresent() || of(checkIn.owner()).count() >= most) {
        return there;
      }
      stored.put(checkIn.id(), checkIn);
      return Optional.of(new Added(checkIn, false));
    });
  }

  private Stream<CheckIn> of(Owner owner) {
    return stored.values().stream().filter(checkIn -> checkIn.owner().equals(owner));
  }

  @Override
  public Optional<CheckIn> find(Owner owner, String id) {
    return lock.hold(() ->
        Optional.ofNullable(stored.get(id)).filter(checkIn -> checkIn.owner().equals(owner)));
  }

  @Override
  public List<CheckIn> list(Owner owner, CheckInFilter filter, Optional<String> after, int limit) {
    PageLimit.require(limit);
    return lock.hold(() -> {
      Optional<CheckIn> last = after.flatMap(id -> find(owner, id));
      if (after.isPresent() && last.isEmpty()) {
        return List.of();
      }
      return of(owner)
          .filter(filter::matches)
          .filter(
              checkIn -> last.map(end -> LATEST_FIRST.compare(checkIn, end) > 0).orElse(true))
          .sorted(LATEST_FIRST)
          .limit(limit)
          .toList();
    });
  }

  @Override
  public List<CheckIn> latest(Owner owner) {
    return lock.hold(() -> {
      Map<String, CheckIn> byKind = new TreeMap<>();
      of(owner)
          .sorted(LATEST_FIRST)
          .forEach(checkIn -> byKind.putIfAbsent(checkIn.kind(), checkIn));
      return List.copyOf(byKind.values());
    });
  }

  @Override
  public List<CheckInPeriod> series(
      Owner owner, CheckInFilter filter, CheckInPeriod.Length length, ZoneId zone) {
    return lock.hold(() -> {
      Map<LocalDate, List<CheckIn>> periods = of(owner)
          .filter(filter::matches)
          .collect(Collectors.groupingBy(
              checkIn -> start(checkIn.occurredAt().atZone(zone).toLocalDate(), length),
              TreeMap::new,
              Collectors.toList()));
      return periods.entrySet().stream()
          .map(entry ->
              new CheckInPeriod(entry.getKey(), entry.getValue().size(), scores(entry.getValue())))
          .toList();
    });
  }

  private static LocalDate start(LocalDate day, CheckInPeriod.Length length) {
    return length == CheckInPeriod.Length.WEEK
        ? day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY))
        : day.withDayOfMonth(1);
  }

  private static Optional<CheckInPeriod.Scores> scores(List<CheckIn> checkIns) {
    List<BigDecimal> scores =
        checkIns.stream().flatMap(checkIn -> checkIn.score().stream()).sorted().toList();
    if (scores.isEmpty()) {
      return Optional.empty();
    }
    BigDecimal sum = scores.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    return Optional.of(new CheckInPeriod.Scores(
        sum.divide(
            BigDecimal.valueOf(scores.size()), CheckInPeriod.Scores.SCALE, RoundingMode.HALF_UP),
        scores.get(0),
        scores.get(scores.size() - 1)));
  }

  @Override
  public boolean delete(Owner owner, String id, AuditEntry audit) {
    return audited.entering(audit, deleted -> deleted, () -> {
      boolean there = find(owner, id).isPresent();
      if (there) {
        stored.remove(id);
      }
      return there;
    });
  }

  @Override
  public int prune(Instant before, int limit) {
    return lock.hold(() -> {
      List<String> old = stored.values().stream()
          .filter(checkIn -> checkIn.occurredAt().isBefore(before))
          .sorted(LATEST_FIRST.reversed())
          .limit(limit)
          .map(CheckIn::id)
          .toList();
      old.forEach(stored::remove);
      return old.size();
    });
  }
}
