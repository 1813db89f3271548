package com.tatame.billing.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.drift.Drift;
import com.tatame.billing.drift.DriftStore;
import com.tatame.billing.drift.MirroredObject;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.RowChange;
import com.tatame.billing.schema.AuditFunctions.Watch;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** What differs from what the provider holds, behind its functions. */
final class DriftFunctions implements DriftStore {
  private final Functions functions;
  private final AuditFunctions audited;

  DriftFunctions(Functions functions, AuditFunctions audited) {
    this.functions = functions;
    this.audited = audited;
  }

  @Override
  public List<String> customers(Optional<String> after, int limit) {
    Page.check(limit);
    List<String> ids = new ArrayList<>();
    for (JsonNode id : functions.call(
        "customers_after_v1", Row.empty().with("after", after).with("limit", limit))) {
      ids.add(id.textValue());
    }
    return ids;
  }

  @Override
  public List<MirroredObject> objects(Optional<ObjectRef> after, int limit) {
    Page.check(limit);
    return functions
        .rows(
            "mirrored_after_v1",
            Row.empty()
                .with("kinds", List.of(ObjectKind.values()))
                .with("kind", after.map(ObjectRef::kind))
                .with("id", after.map(ObjectRef::id))
                .with("limit", limit))
        .map(DriftFunctions::object);
  }

  @Override
  public Optional<MirroredObject> object(ObjectRef object) {
    return functions
        .row("find_mirrored_v1", Row.empty().with("kind", object.kind()).with("id", object.id()))
        .map(DriftFunctions::object);
  }

  private static MirroredObject object(Row row) {
    return new MirroredObject(
        new ObjectRef(row.constant("kind", ObjectKind.class), row.text("id")),
        new SubjectId(row.text("subject_id")),
        row.flag("with_customer"),
        row.rows("copies").stream()
            .map(copy -> new MirroredObject.Copy(
                copy.text("column"), plain(copy, "stored"), plain(copy, "derived")))
            .filter(copy -> !copy.stored().equals(copy.derived()))
            .toList());
  }

  // A column writes an instant with another zone than the text that it repeats.
  private static Optional<String> plain(Row copy, String field) {
    if (!copy.has(field)) {
      return Optional.empty();
    }
    String text = copy.json().get(field).asText();
    try {
      return Optional.of(OffsetDateTime.parse(text).toInstant().toString());
    } catch (DateTimeException e) {
      return Optional.of(text);
    }
  }

  @Override
  public void prove(String customerId, Instant at) {
    functions.call("prove_customer_v1", Row.empty().with("customer", customerId).with("at", at));
  }

  @Override
  public Optional<Instant> provenAt(String customerId) {
    return functions
        .row("customer_proof_v1", Row.empty().with("customer", customerId))
        .map(row -> row.instant("proven_at"));
  }

  @Override
  public void report(Drift drift) {
    functions.call(
        "report_drift_v1",
        Row.empty()
            .with("id", drift.id())
            .with("customer", drift.customerId())
            .with("kind", drift.difference().kind())
            .with("object_id", drift.difference().id())
            .with("before", drift.difference().before())
            .with("after", drift.difference().after())
            .with("cause", drift.cause())
            .with("found_at", drift.foundAt()));
  }

  @Override
  public void repaired(Collection<String> ids, String by, Instant at, Optional<AuditEntry> audit) {
    Row asked = Row.empty().with("ids", ids).with("by", by).with("at", at);
    if (audit.isEmpty()) {
      functions.call("close_drift_v1", asked);
      return;
    }
    // The monitor closes differences as well, at any time.
    Watch watch = new Watch(
        "find_drift_v1",
        Row.empty().with("id", audit.get().target()),
        List.of("repaired_by"),
        Row.empty().with("repaired_by", by));
    audited.call(audit.get(), watch, "close_drift_v1", asked);
  }

  @Override
  public long open() {
    return functions.call("count_open_drift_v1", Row.empty()).longValue();
  }

  @Override
  public List<Drift> openOf(String customerId) {
    return functions
        .rows("open_drift_v1", Row.empty().with("customer", customerId))
        .map(DriftFunctions::drift);
  }

  @Override
  public List<Drift> list(boolean open, Optional<String> before, int limit) {
    Page.check(limit);
    Row asked = Row.empty().with("open", open).with("before", before).with("limit", limit);
    return functions.rows("list_drift_v1", asked).map(DriftFunctions::drift);
  }

  @Override
  public Optional<Drift> find(String id) {
    return functions.row("find_drift_v1", Row.empty().with("id", id)).map(DriftFunctions::drift);
  }

  private static Drift drift(Row row) {
    return new Drift(
        row.text("id"),
        row.text("stripe_customer_id"),
        new RowChange(
            row.text("kind"), row.text("object_id"), row.texts("before"), row.texts("after")),
        row.constant("cause", Drift.Cause.class),
        row.instant("found_at"),
        row.optionalInstant("repaired_at"),
        row.optionalText("repaired_by"));
  }
}
