package com.tatame.billing.testkit;

import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.CommitResult;
import com.tatame.billing.projection.ProjectionStore;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.refund.Refund;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** Stores that break one rule of commits each. */
@SuppressWarnings("unchecked") // Arguments of the ports' methods come untyped through a proxy.
final class BadCommits {
  private BadCommits() {}

  abstract static class BadCommit extends ForwardingStore {
    abstract List<CommitResult> commit(ProjectionStore store, List<Unit> units, Instant now);

    @Override
    public ProjectionStore projections() {
      return spoil(
          ProjectionStore.class,
          good.projections(),
          Map.of(
              "commit",
              args -> commit(good.projections(), (List<Unit>) args[0], (Instant) args[1])));
    }
  }

  private static CommitResult one(ProjectionStore store, Unit unit, Instant now) {
    return store.commit(List.of(unit), now).get(0);
  }

  private static Unit expecting(Unit unit, long version) {
    return new Unit(unit.subject(), version, unit.claim(), unit.events(), unit.changes());
  }

  static class CommitsWithoutTheVersion extends BadCommit {
    @Override
    List<CommitResult> commit(ProjectionStore store, List<Unit> units, Instant now) {
      return units.stream()
          .map(unit -> one(store, expecting(unit, Commits.version(good, unit.subject())), now))
          .toList();
    }
  }

  static class ChecksTheVersionTooEarly extends BadCommit {
    private final CyclicBarrier bothHaveChecked = new CyclicBarrier(2);

    @Override
    List<CommitResult> commit(ProjectionStore store, List<Unit> units, Instant now) {
      Unit unit = units.get(0);
      if (Commits.version(good, unit.subject()) != unit.expectedVersion()) {
        return List.of(new CommitResult.Stale());
      }
      try {
        bothHaveChecked.await(5, TimeUnit.SECONDS);
      } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
        throw new IllegalStateException(e);
      }
      CommitResult result;
      do {
        result = one(store, expecting(unit, Commits.version(good, unit.subject())), now);
      } while (!result.equals(new CommitResult.Applied()));
      return List.of(result);
    }
  }

  static class CommitsUnitsOfOneSubject extends BadCommit {
    @Override
    List<CommitResult> commit(ProjectionStore store, List<Unit> units, Instant now) {
      Map<SubjectId, Integer> earlier = new HashMap<>();
      return units.stream()
          .map(unit -> one(
              store,
              expecting(
                  unit,
                  unit.expectedVersion() + earlier.merge(unit.subject(), 1, Integer::sum) - 1),
              now))
          .toList();
    }
  }

  static class IgnoresLostLeases extends BadCommit {
    @Override
    List<CommitResult> commit(ProjectionStore store, List<Unit> units, Instant now) {
      return units.stream()
          .map(unit -> {
            CommitResult result = one(store, unit, now);
            return result.equals(new CommitResult.LeaseLost())
                ? one(store, without(unit, false), now)
                : result;
          })
          .toList();
    }
  }

  static class AppliesHalfAUnit extends BadCommit {
    @Override
    List<CommitResult> commit(ProjectionStore store, List<Unit> units, Instant now) {
      List<CommitResult> results = store.commit(units, now);
      for (int i = 0; i < units.size(); i++) {
        if (results.get(i) instanceof CommitResult.Rejected) {
          one(store, without(units.get(i), true), now);
        }
      }
      return results;
    }
  }

  static class RefusesTheNeighbours extends BadCommit {
    @Override
    List<CommitResult> commit(ProjectionStore store, List<Unit> units, Instant now) {
      boolean poisoned = units.size() > 1
          && units.stream()
              .anyMatch(unit -> unit.changes().stream().anyMatch(Change.Link.class::isInstance));
      return poisoned
          ? Collections.nCopies(units.size(), new CommitResult.Rejected("one of them"))
          : store.commit(units, now);
    }
  }

  static class AnswersInAnyOrder extends BadCommit {
    @Override
    List<CommitResult> commit(ProjectionStore store, List<Unit> units, Instant now) {
      List<CommitResult> results = new ArrayList<>(store.commit(units, now));
      Collections.rotate(results, 1);
      return results;
    }
  }

  abstract static class BadChanges extends BadCommit {
    abstract Stream<Change> spoiled(Change change);

    @Override
    List<CommitResult> commit(ProjectionStore store, List<Unit> units, Instant now) {
      return store.commit(
          units.stream()
              .map(unit -> new Unit(
                  unit.subject(),
                  unit.expectedVersion(),
                  unit.claim(),
                  unit.events(),
                  unit.changes().stream().flatMap(this::spoiled).toList()))
              .toList(),
          now);
    }
  }

  static class DropsMicroseconds extends BadChanges {
    @Override
    Stream<Change> spoiled(Change change) {
      return Stream.of(
          change instanceof Change.Put put
              ? new Change.Put(
                  put.state(), put.asOf().truncatedTo(ChronoUnit.SECONDS), put.source())
              : change);
    }
  }

  static class SkipsRefunds extends BadChanges {
    @Override
    Stream<Change> spoiled(Change change) {
      return Stream.of(change)
          .filter(one -> !(one instanceof Change.Put put && put.state() instanceof Refund));
    }
  }

  static class TakesIdsForUnique extends BadChanges {
    @Override
    Stream<Change> spoiled(Change change) {
      return Stream.of(
          change instanceof Change.Tombstone tombstone
                  && tombstone.object().kind() == ObjectKind.COUPON
              ? new Change.Tombstone(
                  new ObjectRef(ObjectKind.PROMOTION_CODE, tombstone.object().id()),
                  tombstone.asOf(),
                  tombstone.source())
              : change);
    }
  }

  static class AppendsFactsTwice extends BadCommit {
    private final List<Fact> facts = new CopyOnWriteArrayList<>();

    @Override
    List<CommitResult> commit(ProjectionStore store, List<Unit> units, Instant now) {
      units.forEach(unit -> unit.changes().forEach(change -> {
        if (change instanceof Change.Append append) {
          facts.add(append.fact());
        }
      }));
      return store.commit(units, now);
    }

    @Override
    public List<Fact> factsOf(SubjectId subject) {
      return facts.stream().filter(fact -> fact.subject().equals(subject)).toList();
    }
  }

  private static Unit without(Unit unit, boolean links) {
    return new Unit(
        unit.subject(),
        unit.expectedVersion(),
        Optional.empty(),
        Set.of(),
        unit.changes().stream()
            .filter(change -> !links || !(change instanceof Change.Link))
            .toList());
  }
}
