package com.tatame.billing.schema;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.metering.MeterReport;
import com.tatame.billing.metering.MeterReportStore;
import com.tatame.billing.metering.ReportOutcome;
import com.tatame.billing.projection.ClaimId;
import com.tatame.billing.schema.AuditFunctions.Watch;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The outbox of metered use, behind its functions. */
final class MeterReportFunctions implements MeterReportStore {
  private final Functions functions;
  private final AuditFunctions audited;

  MeterReportFunctions(Functions functions, AuditFunctions audited) {
    this.functions = functions;
    this.audited = audited;
  }

  @Override
  public List<MeterReport> claim(
      ClaimId claim, int limit, Instant now, Instant at, Duration lease, boolean urgent) {
    return functions
        .rows(
            "claim_meter_reports_v1",
            Row.empty()
                .with("claim", claim.value())
                .with("limit", limit)
                .with("now", now)
                .with("at", at)
                .with("lease_until", now.plus(lease))
                .with("urgent", urgent))
        .map(MeterReportFunctions::report);
  }

  @Override
  public void settle(ClaimId claim, List<ReportOutcome> outcomes) {
    functions.call(
        "settle_meter_reports_v1",
        Row.empty()
            .with("claim", claim.value())
            .with("outcomes", outcomes.stream().map(MeterReportFunctions::row).toList()));
  }

  private static Row row(ReportOutcome outcome) {
    Row row = Row.empty().with("id", outcome.id());
    if (outcome instanceof ReportOutcome.Sent) {
      return row.with("state", MeterReport.State.SENT);
    } else if (outcome instanceof ReportOutcome.Dead dead) {
      return row.with("state", MeterReport.State.DEAD).with("error", dead.error());
    } else if (outcome instanceof ReportOutcome.Undecided undecided) {
      return row.with("state", MeterReport.State.NEEDS_OPERATOR).with("error", undecided.error());
    } else if (outcome instanceof ReportOutcome.Later later) {
      return row.with("state", MeterReport.State.SENDING)
          .with("not_before", later.notBefore())
          .with("doubtful_since", later.doubtfulSince())
          .with("error", later.error());
    }
    throw new IllegalArgumentException("unknown outcome of " + outcome.id());
  }

  @Override
  public int hurry(String customerId, Instant until, Instant deadline) {
    return functions
        .call(
            "hurry_meter_reports_v1",
            Row.empty()
                .with("customer_id", customerId)
                .with("until", until)
                .with("deadline", deadline))
        .intValue();
  }

  @Override
  public List<Totals> totals(AccountId account, Instant from, Instant until) {
    return functions
        .rows(
            "meter_totals_v1",
            Row.empty().with("account_id", account).with("from", from).with("until", until))
        .map(row -> new Totals(
            row.text("meter"),
            row.number("sent"),
            row.number("pending"),
            row.number("dead"),
            row.number("undecided")));
  }

  @Override
  public List<MeterReport> list(Filter filter, Optional<String> after, int limit) {
    Page.check(limit);
    return functions
        .rows(
            "list_meter_reports_v1",
            Row.empty()
                .with("state", filter.state())
                .with("account_id", filter.account())
                .with("after", after)
                .with("limit", limit))
        .map(MeterReportFunctions::report);
  }

  @Override
  public Optional<MeterReport> find(String id) {
    return functions
        .row("find_meter_report_v1", Row.empty().with("id", id))
        .map(MeterReportFunctions::report);
  }

  @Override
  public Optional<MeterReport> resolve(String id, boolean sent, AuditEntry audit) {
    Watch watch = new Watch("find_meter_report_v1", Row.empty().with("id", id), "state");
    return audited
        .row(audit, watch, "resolve_meter_report_v1", Row.empty().with("id", id).with("sent", sent))
        .map(MeterReportFunctions::report);
  }

  @Override
  public Backlog backlog(Instant at) {
    Row row = functions.row("meter_backlog_v1", Row.empty().with("at", at)).orElseThrow();
    return new Backlog(
        row.number("pending"),
        row.number("unlinked"),
        row.number("overdue"),
        row.number("dead"),
        row.number("undecided"),
        row.optionalInstant("oldest"));
  }

  @Override
  public int prune(Instant before) {
    return functions
        .call("prune_meter_reports_v1", Row.empty().with("before", before))
        .intValue();
  }

  private static MeterReport report(Row row) {
    return new MeterReport(
        row.text("id"),
        new AccountId(row.text("user_id")),
        row.text("meter"),
        row.number("amount"),
        row.instant("used_at"),
        row.constant("state", MeterReport.State.class),
        row.optionalText("customer_id"),
        row.integer("attempts"),
        row.optionalInstant("doubtful_since"),
        row.optionalInstant("deadline"),
        row.optionalText("error"));
  }
}
