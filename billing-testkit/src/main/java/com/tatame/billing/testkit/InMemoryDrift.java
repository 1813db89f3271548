package com.tatame.billing.testkit;

import com.tatame.billing.customer.Customer;
import com.tatame.billing.drift.Drift;
import com.tatame.billing.drift.DriftStore;
import com.tatame.billing.projection.RowChange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

final class InMemoryDrift implements DriftStore {
  private final SharedLock lock;
  private final MirroredRows rows;
  private final Map<String, Instant> proofs = new HashMap<>();
  private final List<Drift> reported = new ArrayList<>();

  InMemoryDrift(SharedLock lock, MirroredRows rows) {
    this.lock = lock;
    this.rows = rows;
  }

  @Override
  public List<String> customers(Optional<String> after, int limit) {
    PageLimit.require(limit);
    return lock.hold(() -> rows.living(Customer.class)
        .map(Customer::id)
        .filter(id -> after.filter(last -> id.compareTo(last) <= 0).isEmpty())
        .sorted()
        .limit(limit)
        .toList());
  }

  @Override
  public void prove(String customerId, Instant at) {
    lock.hold(() -> proofs.put(customerId, at));
  }

  @Override
  public Optional<Instant> provenAt(String customerId) {
    return lock.hold(() -> Optional.ofNullable(proofs.get(customerId)));
  }

  @Override
  public void report(Drift drift) {
    lock.hold(() -> {
      for (int i = 0; i < reported.size(); i++) {
        Drift open = reported.get(i);
        if (open.repairedAt().isEmpty() && isOfSameRow(open.difference(), drift.difference())) {
          return reported.set(
              i,
              new Drift(
                  open.id(),
                  open.customerId(),
                  drift.difference(),
                  drift.cause(),
                  open.foundAt(),
                  Optional.empty(),
                  Optional.empty()));
        }
      }
      return reported.add(drift);
    });
  }

  private static boolean isOfSameRow(RowChange one, RowChange other) {
    return one.kind().equals(other.kind()) && one.id().equals(other.id());
  }

  @Override
  public void repaired(String customerId, String by, Instant at) {
    lock.hold(() -> {
      reported.replaceAll(
          drift -> drift.customerId().equals(customerId) && drift.repairedAt().isEmpty()
              ? new Drift(
                  drift.id(),
                  customerId,
                  drift.difference(),
                  drift.cause(),
                  drift.foundAt(),
                  Optional.of(at),
                  Optional.of(by))
              : drift);
      return true;
    });
  }

  @Override
  public List<Drift> list(boolean open, Optional<String> before, int limit) {
    PageLimit.require(limit);
    return lock.hold(() -> {
      List<Drift> newestFirst = new ArrayList<>();
      for (Drift drift : reported) {
        if (before.filter(drift.id()::equals).isPresent()) {
          break;
        }
        if (!open || drift.repairedAt().isEmpty()) {
          newestFirst.add(0, drift);
        }
      }
      return newestFirst.stream().limit(limit).toList();
    });
  }

  @Override
  public Optional<Drift> find(String id) {
    return lock.hold(
        () -> reported.stream().filter(drift -> drift.id().equals(id)).findFirst());
  }
}
