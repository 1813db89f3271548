package com.tatame.billing.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.CommitResult;
import com.tatame.billing.projection.PendingRead;
import com.tatame.billing.projection.ProjectionStore;
import com.tatame.billing.projection.StoredObject;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.projection.SubjectState;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.projection.UnreadableRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/** Mirrored rows behind their functions. */
final class ProjectionFunctions implements ProjectionStore {
  private static final String COMMIT = "commit_units_v1";

  private final Functions functions;

  ProjectionFunctions(Functions functions) {
    this.functions = functions;
  }

  @Override
  public Map<SubjectId, SubjectState> load(Collection<SubjectQuery> wanted) {
    Map<SubjectId, SubjectState> known = new LinkedHashMap<>();
    if (wanted.isEmpty()) {
      return known;
    }
    functions
        .rows("load_subjects_v1", wanted.stream().map(ProjectionFunctions::row).toList())
        .stream()
        .map(ProjectionFunctions::known)
        .forEach(subject -> known.put(subject.subject(), subject));
    return known;
  }

  private static Row row(SubjectQuery wanted) {
    Map<String, List<Object>> ids = new HashMap<>();
    for (ObjectRef object : new TreeSet<>(wanted.objects())) {
      ids.computeIfAbsent(MirrorRows.table(object.kind()), table -> new ArrayList<>())
          .add(
              MirrorRows.shares(object.kind())
                  ? Row.empty().with("kind", object.kind()).with("id", object.id())
                  : object.id());
    }
    Row row = Row.empty()
        .with("subject", wanted.subject().value())
        .with("accounts", wanted.accounts().stream().map(AccountId::value).toList());
    ids.forEach(row::with);
    return row;
  }

  private static SubjectState known(Row row) {
    SubjectId subject = new SubjectId(row.text("subject"));
    long version = row.optionalNumber("version").orElse(0L);
    Map<ObjectRef, StoredObject> rows = new HashMap<>();
    BiConsumer<ObjectKind, Row> add = (kind, stored) -> {
      ObjectRef object = new ObjectRef(kind, MirrorRows.id(kind, stored));
      rows.put(object, stored(object, stored, subject, version));
    };
    for (ObjectKind kind : ObjectKind.values()) {
      if (!MirrorRows.shares(kind)) {
        row.rows(MirrorRows.table(kind)).stream().forEach(object -> add.accept(kind, object));
      }
    }
    row.rows(MirrorRows.SHARED).stream()
        .forEach(object -> add.accept(object.constant("kind", ObjectKind.class), object));
    Map<AccountId, String> customerOf = new HashMap<>();
    row.texts("customer_of")
        .forEach((account, customer) -> customerOf.put(new AccountId(account), customer));
    return new SubjectState(
        subject,
        version,
        rows,
        row.optionalText("linked").map(AccountId::new),
        customerOf,
        row.optionalRow("entitlement").map(EntitlementRows::recorded));
  }

  private static StoredObject stored(ObjectRef object, Row row, SubjectId subject, long version) {
    try {
      return MirrorRows.stored(object.kind(), row);
    } catch (RuntimeException e) {
      throw new UnreadableRow(object, subject, version, e);
    }
  }

  @Override
  public List<CommitResult> commit(List<Unit> units, Instant now) {
    if (units.isEmpty()) {
      return List.of();
    }
    try {
      return results(units.size(), functions.askRow(COMMIT, UnitRows.document(units, now)));
    } catch (SqlFunctionFailed e) {
      if (e.meaning() != SqlStateMeaning.REFUSED) {
        throw Functions.failure(COMMIT, e);
      }
      return units.size() == 1
          ? List.of(new CommitResult.Rejected(e.reason()))
          : oneByOne(units, now);
    }
  }

  // One row that is refused undoes the whole call: only alone each unit shows what it is worth.
  private List<CommitResult> oneByOne(List<Unit> units, Instant now) {
    List<CommitResult> results = new ArrayList<>();
    units.forEach(unit -> results.addAll(commit(List.of(unit), now)));
    return results;
  }

  private static List<CommitResult> results(int units, Row answer) {
    List<CommitResult> results =
        new ArrayList<>(Collections.nCopies(units, new CommitResult.Applied()));
    for (JsonNode unit : answer.rows("stale").json()) {
      results.set(unit.intValue(), new CommitResult.Stale());
    }
    for (JsonNode unit : answer.rows("lease_lost").json()) {
      results.set(unit.intValue(), new CommitResult.LeaseLost());
    }
    return results;
  }

  @Override
  public List<PendingRead> pendingReads(int limit) {
    return functions
        .rows(
            "pending_reads_v1",
            Row.empty().with("kinds", List.of(ObjectKind.values())).with("limit", limit))
        .map(row -> new PendingRead(
            new ObjectRef(row.constant("kind", ObjectKind.class), row.text("object_id")),
            new SubjectId(row.text("subject_id")),
            UnitRows.priority(row.integer("priority")),
            row.instant("since")));
  }
}
