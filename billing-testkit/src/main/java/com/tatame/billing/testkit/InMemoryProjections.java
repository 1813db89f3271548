package com.tatame.billing.testkit;

import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.CommitResult;
import com.tatame.billing.projection.PendingRead;
import com.tatame.billing.projection.ProjectionStore;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.projection.SubjectState;
import com.tatame.billing.projection.Unit;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

final class InMemoryProjections implements ProjectionStore {
  private final SharedLock lock;
  private final MirroredRows rows;
  private final InMemoryInbox inbox;

  InMemoryProjections(SharedLock lock, MirroredRows rows, InMemoryInbox inbox) {
    this.lock = lock;
    this.rows = rows;
    this.inbox = inbox;
  }

  @Override
  public Map<SubjectId, SubjectState> load(Collection<SubjectQuery> wanted) {
    return lock.hold(() -> {
      Map<SubjectId, SubjectState> known = new HashMap<>();
      wanted.forEach(each -> known.put(each.subject(), rows.known(each)));
      return known;
    });
  }

  @Override
  public List<CommitResult> commit(List<Unit> units, Instant now) {
    return lock.hold(() -> units.stream().map(unit -> commit(unit, now)).toList());
  }

  void requireStorable(Unit unit) {
    if (rows.version(unit.subject()) == unit.expectedVersion()) {
      violation(unit.changes()).ifPresent(reason -> {
        throw new IllegalStateException(reason);
      });
    }
  }

  CommitResult commit(Unit unit, Instant now) {
    if (!unit.claim().map(claim -> inbox.holds(claim, unit.events(), now)).orElse(true)) {
      return new CommitResult.LeaseLost();
    }
    if (rows.version(unit.subject()) != unit.expectedVersion()) {
      return new CommitResult.Stale();
    }
    Optional<String> violation = violation(unit.changes());
    if (violation.isPresent()) {
      return new CommitResult.Rejected(violation.get());
    }
    unit.changes().forEach(change -> rows.apply(unit.subject(), change));
    rows.ledger().append(unit.changes(), now);
    rows.raiseVersion(unit.subject());
    inbox.finish(unit.events(), now);
    return new CommitResult.Applied();
  }

  // Everything is checked before anything is written: there is no way back in memory.
  private Optional<String> violation(List<Change> changes) {
    Set<Object> linked = new HashSet<>();
    Set<ObjectRef> written = new HashSet<>();
    for (Change change : changes) {
      if (change instanceof Change.Link link) {
        if (rows.link(link.account()).isPresent() || !linked.add(link.account())) {
          return Optional.of("the account has a customer already");
        }
        if (rows.accountOf(link.customerId()).isPresent() || !linked.add(link.customerId())) {
          return Optional.of("the customer has an account already");
        }
      }
      Optional<ObjectRef> row = writtenRow(change);
      if (row.isPresent() && !written.add(row.get())) {
        return Optional.of("the unit writes a row twice");
      }
    }
    return Optional.empty();
  }

  private static Optional<ObjectRef> writtenRow(Change change) {
    if (change instanceof Change.Put put) {
      return Optional.of(put.state().ref());
    }
    return change instanceof Change.Tombstone tombstone
        ? Optional.of(tombstone.object())
        : Optional.empty();
  }

  @Override
  public List<PendingRead> pendingReads(int limit) {
    return lock.hold(() -> rows.pendingReads().stream().limit(limit).toList());
  }
}
