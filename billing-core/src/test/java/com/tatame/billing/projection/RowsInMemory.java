package com.tatame.billing.projection;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.entitlement.AccountEntitlement;
import com.tatame.billing.entitlement.RecordedEntitlement;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** One subject's rows, as far as the projector's own tests need them. */
final class RowsInMemory {
  static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

  private final SubjectId subject;
  private final Projector projector;
  final Map<ObjectRef, StoredObject> rows = new HashMap<>();
  final Map<String, Fact> facts = new TreeMap<>();
  final TreeSet<ObjectRef> pending = new TreeSet<>();
  final TreeSet<String> alarms = new TreeSet<>();
  Optional<AccountId> linked = Optional.empty();
  Optional<RecordedEntitlement> recorded = Optional.empty();
  final Map<AccountId, String> customerOf = new HashMap<>();

  Optional<AccountEntitlement> entitlement() {
    return recorded.map(RecordedEntitlement::entitlement);
  }

  RowsInMemory(SubjectId subject, Projector projector) {
    this.subject = subject;
    this.projector = projector;
  }

  void see(List<Observation> observations) {
    Projection projection = projector.project(
        new SubjectState(subject, 0, rows, linked, customerOf, recorded), observations, NOW);
    alarms.addAll(projection.alarms());
    for (Change change : projection.changes()) {
      if (change instanceof Change.Put put) {
        rows.put(
            put.state().ref(),
            new StoredObject(Optional.of(put.state()), put.asOf(), put.source()));
      } else if (change instanceof Change.Tombstone tombstone) {
        rows.put(
            tombstone.object(),
            new StoredObject(Optional.empty(), tombstone.asOf(), tombstone.source()));
      } else if (change instanceof Change.Append append) {
        facts.putIfAbsent(append.fact().key(), append.fact());
      } else if (change instanceof Change.RequireRead required) {
        pending.add(required.object());
      } else if (change instanceof Change.SettleRead settled) {
        pending.remove(settled.object());
      } else if (change instanceof Change.Link link) {
        linked = Optional.of(link.account());
      } else if (change instanceof Change.Entitle entitle) {
        recorded = Optional.of(entitle.recorded());
      }
    }
  }

  Optional<ProviderObject> state(ObjectRef ref) {
    return Optional.ofNullable(rows.get(ref)).flatMap(StoredObject::state);
  }
}
