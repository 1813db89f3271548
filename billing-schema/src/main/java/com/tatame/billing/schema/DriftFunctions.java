package com.tatame.billing.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.drift.Drift;
import com.tatame.billing.drift.DriftStore;
import com.tatame.billing.projection.RowChange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What differs from what the provider holds, behind its functions. */
final class DriftFunctions implements DriftStore {
  private final Functions functions;

  DriftFunctions(Functions functions) {
    this.functions = functions;
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
  public void repaired(String customerId, String by, Instant at) {
    functions.call(
        "repaired_drift_v1",
        Row.empty().with("customer", customerId).with("by", by).with("at", at));
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
