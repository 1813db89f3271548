package com.tatame.billing.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.audit.AuditActor;
import com.tatame.billing.audit.AuditChange;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.audit.AuditFilter;
import com.tatame.billing.audit.AuditRecord;
import com.tatame.billing.audit.AuditStore;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;

/** The audit log: calls that add an entry in the same transaction, and what they added. */
final class AuditFunctions implements AuditStore {
  private final Functions functions;

  AuditFunctions(Functions functions) {
    this.functions = functions;
  }

  /**
   * What an audited call changes: nothing was changed if these fields of the row are the same after it.
   *
   * @param function answers with the row, or null
   * @param fields that the call alone changes
   */
  record Watch(String function, Row argument, List<String> fields) {}

  /** Calls a function, and adds the entry in the same transaction if it changed what is watched. */
  JsonNode call(AuditEntry audit, Watch watch, String function, Row argument) {
    Row entry = Row.empty()
        .with("at", audit.at())
        .with("actor", audit.actor().value())
        .with("action", audit.action())
        .with("account_id", audit.account())
        .with("target", audit.target())
        .with("before", audit.change().before())
        .with("after", audit.change().after())
        .with("request_id", audit.requestId());
    Row watched = Row.empty()
        .with("function", watch.function())
        .with("argument", watch.argument())
        .with("fields", watch.fields());
    return functions.call(
        "audited_v1",
        Row.empty()
            .with("audit", entry)
            .with("watch", watched)
            .with("function", function)
            .with("argument", argument));
  }

  /** As {@link #call}, for an answer of one row or none. */
  Optional<Row> row(AuditEntry audit, Watch watch, String function, Row argument) {
    JsonNode answer = call(audit, watch, function, argument);
    return answer.isNull() ? Optional.empty() : Optional.of(new Row(answer));
  }

  @Override
  public List<AuditRecord> list(AuditFilter filter, OptionalLong before, int limit) {
    Page.check(limit);
    Row asked = Row.empty()
        .with("account_id", filter.account())
        .with("actor", filter.actor().map(AuditActor::value))
        .with("action", filter.action())
        .with("from", filter.from())
        .with("until", filter.until())
        .with("limit", limit);
    before.ifPresent(seq -> asked.with("before", seq));
    return functions.rows("list_audit_log_v1", asked).map(AuditFunctions::entry);
  }

  private static AuditRecord entry(Row row) {
    return new AuditRecord(
        row.number("seq"),
        new AuditEntry(
            row.instant("at"),
            new AuditActor(row.text("actor")),
            row.text("action"),
            row.optionalText("account_id").map(AccountId::new),
            row.text("target"),
            new AuditChange(fields(row, "before"), fields(row, "after")),
            row.optionalText("request_id")));
  }

  private static Optional<SortedMap<String, String>> fields(Row row, String column) {
    return row.has(column) ? Optional.of(row.texts(column)) : Optional.empty();
  }
}
