package com.tatame.billing.schema;

import static com.tatame.billing.schema.ConversationFunctions.ownedBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.account.Owner;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.checkin.CheckIn;
import com.tatame.billing.checkin.CheckInFilter;
import com.tatame.billing.checkin.CheckInPeriod;
import com.tatame.billing.checkin.CheckInStore;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Check-ins, behind their functions. */
final class CheckInFunctions implements CheckInStore {
  private static final int MAX_KINDS = 100;
  private static final int MAX_PERIODS = 1000;

  private final Functions functions;
  private final AuditFunctions audited;

  CheckInFunctions(Functions functions, AuditFunctions audited) {
    this.functions = functions;
    this.audited = audited;
  }

  @Override
  public Optional<Added> add(CheckIn checkIn, int most) {
    return functions
        .row(
            "add_check_in_v1",
            ownedBy(checkIn.owner())
                .with("id", checkIn.id())
                .with("kind", checkIn.kind())
                .with("occurred_at", checkIn.occurredAt())
                .with("answers", checkIn.answers())
                .with("score", checkIn.score())
                .with("note", checkIn.note())
                .with("created_at", checkIn.createdAt())
                .with("most", most))
        .map(answer ->
            new Added(checkIn(answer.optionalRow("check_in").orElseThrow()), answer.flag("again")));
  }

  private static CheckIn checkIn(Row row) {
    Map<String, Object> answers = new HashMap<>();
    row.optionalRow("answers")
        .ifPresent(all -> all.json()
            .properties()
            .forEach(answer -> answers.put(answer.getKey(), value(answer.getValue()))));
    return new CheckIn(
        row.text("id"),
        ConversationFunctions.owner(row),
        row.text("kind"),
        row.instant("occurred_at"),
        answers,
        row.optionalDecimal("score"),
        row.optionalText("note"),
        row.instant("created_at"));
  }

  private static Object value(JsonNode node) {
    if (node.isArray()) {
      List<Object> values = new ArrayList<>();
      node.forEach(each -> values.add(value(each)));
      return values;
    } else if (node.isBoolean()) {
      return node.booleanValue();
    }
    return node.isNumber() ? node.decimalValue() : node.textValue();
  }

  @Override
  public Optional<CheckIn> find(Owner owner, String id) {
    return functions
        .row("find_check_in_v1", ownedBy(owner).with("id", id))
        .map(CheckInFunctions::checkIn);
  }

  @Override
  public List<CheckIn> list(Owner owner, CheckInFilter filter, Optional<String> after, int limit) {
    Page.check(limit);
    return functions
        .rows(
            "list_check_ins_v1", filtered(owner, filter).with("after", after).with("limit", limit))
        .map(CheckInFunctions::checkIn);
  }

  private static Row filtered(Owner owner, CheckInFilter filter) {
    return ownedBy(owner)
        .with("kind", filter.kind())
        .with("from", filter.from())
        .with("until", filter.until());
  }

  @Override
  public List<CheckIn> latest(Owner owner) {
    return functions
        .rows("latest_check_ins_v1", ownedBy(owner).with("limit", MAX_KINDS))
        .map(CheckInFunctions::checkIn);
  }

  @Override
  public List<CheckInPeriod> series(
      Owner owner, CheckInFilter filter, CheckInPeriod.Length length, ZoneId zone) {
    return functions
        .rows(
            "check_in_series_v1",
            filtered(owner, filter)
                .with("length", length)
                .with("zone", zone.getId())
                .with("limit", MAX_PERIODS))
        .map(CheckInFunctions::period);
  }

  private static CheckInPeriod period(Row row) {
    return new CheckInPeriod(
        LocalDate.parse(row.text("start")),
        row.number("count"),
        row.optionalDecimal("average")
            .map(average -> new CheckInPeriod.Scores(
                average,
                row.optionalDecimal("minimum").orElseThrow(),
                row.optionalDecimal("maximum").orElseThrow())));
  }

  @Override
  public boolean delete(Owner owner, String id, AuditEntry audit) {
    return !audited
        .call(audit, "deleted", "delete_check_in_v1", ownedBy(owner).with("id", id))
        .path("deleted")
        .isEmpty();
  }

  @Override
  public int prune(Instant before, int limit) {
    return functions
        .call("prune_check_ins_v1", Row.empty().with("before", before).with("limit", limit))
        .intValue();
  }
}
