package com.tatame.billing.testkit.eventorder;

import com.tatame.billing.inbox.ClaimedEvent;
import com.tatame.billing.inbox.InboxStore;
import com.tatame.billing.inbox.ProjectedBatch;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation.Source;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.CommitResult;
import com.tatame.billing.projection.ProjectionStore;
import com.tatame.billing.projection.StoredObject;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.projection.SubjectState;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.store.BillingStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Looks at every commit of all nodes: what it met, and whether it broke a rule that the rows at the
 * end would not show, because a later read healed it.
 */
final class Ledger {
  private final ProofWorld world;
  private final Map<Long, String> idOf = new HashMap<>();
  private final Set<String> applied = new HashSet<>();
  private final Set<Coverage> met = EnumSet.noneOf(Coverage.class);
  private final List<String> complaints = new ArrayList<>();

  Ledger(ProofWorld world) {
    this.world = world;
  }

  Set<Coverage> met() {
    return met;
  }

  List<String> complaints() {
    return List.copyOf(complaints);
  }

  BillingStore watching(BillingStore store) {
    return FaultInjector.proxy(BillingStore.class, (proxy, method, arguments) -> {
      Object part = FaultInjector.invoke(method, store, arguments);
      if (part instanceof InboxStore inbox) {
        return watching(inbox, store.projections());
      }
      return part instanceof ProjectionStore projections ? watching(projections) : part;
    });
  }

  private InboxStore watching(InboxStore inbox, ProjectionStore store) {
    return FaultInjector.proxy(InboxStore.class, (proxy, method, arguments) -> {
      if (method.getName().equals("ingestAndApply")) {
        return ingestAndApply(inbox, store, (ProjectedBatch) arguments[0], (Instant) arguments[1]);
      }
      Object answer = FaultInjector.invoke(method, inbox, arguments);
      if (method.getName().equals("claim")) {
        for (Object event : (List<?>) answer) {
          ClaimedEvent claimed = (ClaimedEvent) event;
          idOf.put(claimed.seq(), claimed.id());
        }
      }
      return answer;
    });
  }

  private ProjectedBatch.Stored ingestAndApply(
      InboxStore inbox, ProjectionStore store, ProjectedBatch batch, Instant now) {
    List<SubjectState> before = batch.projected().stream()
        .map(projected -> known(store, projected.unit()))
        .toList();
    ProjectedBatch.Stored stored = inbox.ingestAndApply(batch, now);
    for (int i = 0; i < before.size(); i++) {
      ProjectedBatch.ProjectedUnit projected = batch.projected().get(i);
      if (!Collections.disjoint(projected.eventIds(), stored.waiting())) {
        met.add(Coverage.STALE);
      } else if (stored.fresh().containsAll(projected.eventIds())) {
        met.add(Coverage.ON_ARRIVAL);
        check(projected.unit(), projected.eventIds(), before.get(i));
      }
    }
    return stored;
  }

  private ProjectionStore watching(ProjectionStore store) {
    return FaultInjector.proxy(ProjectionStore.class, (proxy, method, arguments) -> {
      if (!method.getName().equals("commit")) {
        return FaultInjector.invoke(method, store, arguments);
      }
      List<Unit> units = new ArrayList<>();
      for (Object unit : (List<?>) arguments[0]) {
        units.add((Unit) unit);
      }
      return commit(store, units, (Instant) arguments[1]);
    });
  }

  private List<CommitResult> commit(ProjectionStore store, List<Unit> units, Instant now) {
    List<SubjectState> before = units.stream().map(unit -> known(store, unit)).toList();
    List<CommitResult> results = store.commit(units, now);
    for (int i = 0; i < results.size(); i++) {
      CommitResult result = results.get(i);
      world.trace(units.get(i).subject().value() + ": " + result.getClass().getSimpleName());
      if (result instanceof CommitResult.Applied) {
        check(units.get(i), eventIds(units.get(i)), before.get(i));
      } else if (result instanceof CommitResult.Stale) {
        met.add(Coverage.STALE);
      } else if (result instanceof CommitResult.LeaseLost) {
        met.add(Coverage.LEASE_LOST);
      } else if (result instanceof CommitResult.Rejected rejected) {
        complaints.add("a commit was rejected: " + rejected.reason());
      }
    }
    return results;
  }

  private static SubjectState known(ProjectionStore store, Unit unit) {
    Set<ObjectRef> objects = new HashSet<>();
    for (Change change : unit.changes()) {
      if (change instanceof Change.Put put) {
        objects.add(put.state().ref());
      } else if (change instanceof Change.RequireRead required) {
        objects.add(required.object());
      }
    }
    return store
        .load(List.of(new SubjectQuery(unit.subject(), objects, Set.of())))
        .getOrDefault(unit.subject(), SubjectState.nothing(unit.subject()));
  }

  private Set<String> eventIds(Unit unit) {
    Set<String> ids = new HashSet<>();
    unit.events().forEach(seq -> ids.add(idOf.getOrDefault(seq, "number " + seq)));
    return ids;
  }

  private void check(Unit unit, Set<String> events, SubjectState before) {
    for (String event : events) {
      if (!applied.add(event)) {
        complaints.add("event " + event + " took effect twice");
      }
    }
    Set<ObjectRef> required = new HashSet<>();
    for (Change change : unit.changes()) {
      if (change instanceof Change.RequireRead read) {
        required.add(read.object());
        if (Optional.ofNullable(before.rows().get(read.object()))
            .filter(Ledger::isFinal)
            .isPresent()) {
          complaints.add(
              "a snapshot required a read of " + read.object().id() + ", which is final");
        }
      }
      boolean reads = change instanceof Change.RequireRead || change instanceof Change.SettleRead;
      if (world.echoing() && !events.isEmpty() && reads) {
        complaints.add("a second event of what was known required a read: " + change);
      }
    }
    for (Change change : unit.changes()) {
      if (change instanceof Change.Put put) {
        put(put, Optional.ofNullable(before.rows().get(put.state().ref())), required);
      }
    }
  }

  private void put(Change.Put put, Optional<StoredObject> stored, Set<ObjectRef> required) {
    if (put.source() == Source.SNAPSHOT && required.contains(put.state().ref())) {
      met.add(Coverage.SNAPSHOT_FALLBACK);
    }
    boolean older = stored.filter(row -> put.asOf().isBefore(row.asOf())).isPresent();
    if (older && !put.state().terminal()) {
      complaints.add(put.state().id() + " went back to an older state");
    }
  }

  private static boolean isFinal(StoredObject row) {
    return row.state().map(state -> state.terminal()).orElse(true);
  }
}
