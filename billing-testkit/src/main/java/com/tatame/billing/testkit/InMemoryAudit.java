package com.tatame.billing.testkit;

import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.audit.AuditFilter;
import com.tatame.billing.audit.AuditRecord;
import com.tatame.billing.audit.AuditStore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.function.Supplier;

final class InMemoryAudit implements AuditStore {
  private static final Comparator<AuditRecord> NEWEST_FIRST = Comparator.comparing(
          (AuditRecord stored) -> stored.entry().at())
      .thenComparing(AuditRecord::seq)
      .reversed();

  private final SharedLock lock;
  private final List<AuditRecord> log = new ArrayList<>();

  InMemoryAudit(SharedLock lock) {
    this.lock = lock;
  }

  /**
   * Does work, and adds the entry if it changed what is watched.
   *
   * @throws IllegalStateException if the entry can't be stored; nothing was done then
   */
  <T> T changing(AuditEntry entry, Supplier<?> watched, Supplier<T> work) {
    return lock.hold(() -> {
      Object before = watched.get();
      return entering(entry, answer -> !before.equals(watched.get()), work);
    });
  }

  /**
   * As {@link #changing}, if the answer tells that something was changed.
   *
   * @throws IllegalStateException if the entry can't be stored; nothing was done then
   */
  <T> T entering(AuditEntry entry, Predicate<T> changed, Supplier<T> work) {
    return lock.hold(() -> {
      requireStorable(entry);
      T answer = work.get();
      if (changed.test(answer)) {
        log.add(new AuditRecord(log.size() + 1L, entry));
      }
      return answer;
    });
  }

  // As PostgreSQL, whose texts hold no such character.
  private static void requireStorable(AuditEntry entry) {
    if (entry.toString().indexOf('\0') >= 0) {
      throw new IllegalStateException("an audit entry can't hold the character NUL");
    }
  }

  @Override
  public List<AuditRecord> list(AuditFilter filter, OptionalLong before, int limit) {
    PageLimit.require(limit);
    return lock.hold(() -> {
      Optional<AuditRecord> last = log.stream()
          .filter(stored -> before.isPresent() && before.getAsLong() == stored.seq())
          .findFirst();
      if (before.isPresent() && last.isEmpty()) {
        return List.of();
      }
      return log.stream()
          .filter(
              stored -> last.map(end -> NEWEST_FIRST.compare(stored, end) > 0).orElse(true))
          .filter(stored -> asked(filter, stored.entry()))
          .sorted(NEWEST_FIRST)
          .limit(limit)
          .toList();
    });
  }

  private static boolean asked(AuditFilter filter, AuditEntry entry) {
    return filter
            .account()
            .map(only -> entry.account().equals(Optional.of(only)))
            .orElse(true)
        && filter.actor().map(entry.actor()::equals).orElse(true)
        && filter.action().map(entry.action()::equals).orElse(true)
        && filter.from().map(from -> !entry.at().isBefore(from)).orElse(true)
        && filter.until().map(entry.at()::isBefore).orElse(true);
  }
}
