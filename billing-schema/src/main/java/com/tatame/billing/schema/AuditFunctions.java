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
   * @param expected fields that the row has after this call, if others change it as well
   */
  record Watch(String function, Row argument, List<String> fields, Row expected) {
    Watch(String function, Row argument, String... fields) {
      this(function, argument, List.of(fields), Row.empty());
    }
  }

  /** Calls a function, and adds the entry in the same transaction if it changed what is watched. */
  JsonNode call(AuditEntry audit, Watch watch, String function, Row argument) {
    Row watched = Row.empty()
        .with("function", watch.function())
        .with("argument", watch.argument())
        .with("fields", watch.fields())
        .with("expected", watch.expected());
    return call(audit, function, argument, Row.empty().with("watch", watched));
  }

  /**
   * As {@link #call(AuditEntry, Watch, String, Row)}, if the function answers that it changed
   * something.
   *
   * @param list the field of the answer that names what was changed
   */
  JsonNode call(AuditEntry audit, String list, String function, Row argument) {
    return call(audit, function, argument, Row.empty().with("list", list));
  }

  private JsonNode call(AuditEntry audit, String function, Row argument, Row condition) {
    Row entry = Row.empty()
        .with("at", audit.at())
        .with("actor", audit.actor().value())
        .with("action", audit.action())
        .with("account_id", audit.account())
        .with("target", audit.target())
        .with("before", audit.change().before())
        .with("after", audit.change().after())
        .with("request_id", audit.requestId());
    return functions.call(
        "audited_v1",
        condition.with("audit", entry).with("function", function).with("argument", argument));
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
