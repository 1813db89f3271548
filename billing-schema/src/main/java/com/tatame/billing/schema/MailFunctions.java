package com.tatame.billing.schema;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.mail.AddressSuppression;
import com.tatame.billing.mail.DeliveryReport;
import com.tatame.billing.mail.MailBacklog;
import com.tatame.billing.mail.MailCategory;
import com.tatame.billing.mail.MailContent;
import com.tatame.billing.mail.MailFilter;
import com.tatame.billing.mail.MailPreferences;
import com.tatame.billing.mail.MailResult;
import com.tatame.billing.mail.MailStatus;
import com.tatame.billing.mail.MailStore;
import com.tatame.billing.mail.MailTemplate;
import com.tatame.billing.mail.PlannedMail;
import com.tatame.billing.mail.StoredMail;
import com.tatame.billing.mail.SuppressionReason;
import com.tatame.billing.schema.AuditFunctions.Watch;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Mails and what became of them, behind their functions. */
final class MailFunctions implements MailStore {
  private static final String ID = "id";
  private static final String CLAIM = "claim";
  private static final String DETAIL = "detail";
  private static final String REASON = "reason";
  private static final String STATUS = "status";
  private static final String NEXT_AT = "next_at";
  private static final String ADDRESS = "address";
  private static final String ACCOUNT = "account_id";

  private final Functions functions;
  private final AuditFunctions audited;

  MailFunctions(Functions functions, AuditFunctions audited) {
    this.functions = functions;
    this.audited = audited;
  }

  @Override
  public void plan(List<PlannedMail> mails) {
    functions.call(
        "plan_mails_v1",
        Row.empty().with("mails", mails.stream().map(MailFunctions::row).toList()));
  }

  private static Row row(PlannedMail mail) {
    return Row.empty()
        .with(ID, mail.id())
        .with("template", mail.template())
        .with("cause", mail.cause())
        .with(ACCOUNT, mail.account())
        .with("copy", mail.copy())
        .with("object_id", mail.objectId())
        .with("event_id", mail.eventId())
        .with("content", RecordRows.row(mail.content()))
        .with(REASON, mail.reason())
        .with("planned_at", mail.plannedAt())
        .with("due_at", mail.dueAt())
        .with("expires_at", mail.expiresAt());
  }

  private static StoredMail stored(Row row) {
    return new StoredMail(
        new PlannedMail(
            row.text(ID),
            row.constant("template", MailTemplate.class),
            row.text("cause"),
            new AccountId(row.text(ACCOUNT)),
            row.text("object_id"),
            row.text("event_id"),
            RecordRows.read(MailContent.class, row.optionalRow("content").orElseThrow()),
            row.instant("planned_at"),
            row.instant("due_at"),
            row.instant("expires_at"),
            row.integer("copy"),
            row.optionalText(REASON)),
        row.constant(STATUS, MailStatus.class),
        row.optionalConstant("suppressed", SuppressionReason.class),
        new StoredMail.Progress(
            row.integer("attempts"),
            row.integer("failures"),
            row.integer("losses"),
            row.optionalInstant("sent_at"),
            row.optionalText("message_id"),
            row.optionalText(ADDRESS),
            row.optionalText(DETAIL),
            row.optionalInstant(NEXT_AT)),
        row.optionalConstant("delivery", DeliveryReport.Kind.class)
            .map(kind -> new StoredMail.Delivery(
                kind, row.instant("delivery_at"), row.optionalText("delivery_detail"))));
  }

  @Override
  public List<StoredMail> claim(
      String claim, int most, Instant now, Instant billingNow, Duration lease) {
    Row asked = Row.empty()
        .with(CLAIM, claim)
        .with("limit", most)
        .with("now", now)
        .with("billing_now", billingNow)
        .with("lease_until", now.plus(lease));
    return functions.rows("claim_mails_v1", asked).map(MailFunctions::stored);
  }

  @Override
  public boolean begin(String id, String claim, String address, Instant now) {
    Row asked = held(id, claim, now).with(ADDRESS, address);
    return functions.call("begin_mail_v1", asked).booleanValue();
  }

  private static Row held(String id, String claim, Instant now) {
    return Row.empty().with(ID, id).with(CLAIM, claim).with("now", now);
  }

  @Override
  public boolean end(String id, String claim, MailResult result, Instant now) {
    Row asked = held(id, claim, now);
    if (result instanceof MailResult.Sent sent) {
      asked.with(STATUS, MailStatus.SENT).with("message_id", sent.messageId());
    } else if (result instanceof MailResult.Refused refused) {
      asked
          .with(STATUS, MailStatus.REFUSED)
          .with(DETAIL, refused.detail())
          .with("undeliverable", refused.undeliverable());
    } else if (result instanceof MailResult.Postponed postponed) {
      asked
          .with(STATUS, MailStatus.PLANNED)
          .with(DETAIL, postponed.detail())
          .with(NEXT_AT, postponed.nextAt());
    } else if (result instanceof MailResult.Lost lost) {
      asked
          .with(STATUS, MailStatus.UNKNOWN)
          .with(DETAIL, lost.detail())
          .with(NEXT_AT, lost.nextAt());
    } else if (result instanceof MailResult.Suppressed suppressed) {
      asked.with(STATUS, MailStatus.SUPPRESSED).with("suppressed", suppressed.reason());
    }
    return functions.call("end_mail_v1", asked).booleanValue();
  }

  @Override
  public int report(List<DeliveryReport> reports) {
    List<Row> rows = reports.stream()
        .map(report -> Row.empty()
            .with("mail_id", report.mailId())
            .with("message_id", report.messageId())
            .with("kind", report.kind())
            .with(DETAIL, report.detail())
            .with("at", report.at()))
        .toList();
    return functions.call("report_mails_v1", Row.empty().with("reports", rows)).intValue();
  }

  @Override
  public List<StoredMail> list(MailFilter filter, Optional<String> after, int limit) {
    Page.check(limit);
    Row asked = Row.empty()
        .with(ACCOUNT, filter.account())
        .with("template", filter.template())
        .with(STATUS, filter.status())
        .with("cause", filter.cause())
        .with("after", after)
        .with("limit", limit);
    return functions.rows("list_mails_v1", asked).map(MailFunctions::stored);
  }

  @Override
  public Optional<StoredMail> find(String id) {
    return functions.row("find_mail_v1", Row.empty().with(ID, id)).map(MailFunctions::stored);
  }

  @Override
  public Optional<StoredMail> copy(
      String original,
      String id,
      String reason,
      Instant now,
      Instant billingNow,
      AuditEntry audit) {
    Row asked = Row.empty()
        .with("original", original)
        .with(ID, id)
        .with(REASON, reason)
        .with("now", now)
        .with("billing_now", billingNow);
    return audited
        .row(audit, new Watch("find_mail_v1", Row.empty().with(ID, id), ID), "copy_mail_v1", asked)
        .map(MailFunctions::stored);
  }

  @Override
  public MailBacklog backlog(Instant now, Instant billingNow) {
    Row answer = new Row(functions.call(
        "mail_backlog_v1", Row.empty().with("now", now).with("billing_now", billingNow)));
    return new MailBacklog(
        answer.number("due"),
        answer.number("ready"),
        answer.optionalInstant("oldest"),
        answer.number("unknown"));
  }

  @Override
  public int prune(Instant before, int limit) {
    return functions
        .call("prune_mails_v1", Row.empty().with("before", before).with("limit", limit))
        .intValue();
  }

  @Override
  public Optional<AddressSuppression> suppression(String address) {
    Row asked = Row.empty().with(ADDRESS, AddressSuppression.normalized(address));
    return functions.row("find_suppression_v1", asked).map(MailFunctions::suppression);
  }

  private static AddressSuppression suppression(Row row) {
    return new AddressSuppression(
        row.text(ID),
        row.text(ADDRESS),
        row.constant(REASON, AddressSuppression.Reason.class),
        row.optionalText(DETAIL),
        row.instant("since"));
  }

  @Override
  public List<AddressSuppression> suppressions(Optional<String> after, int limit) {
    Page.check(limit);
    return functions
        .rows("list_suppressions_v1", Row.empty().with("after", after).with("limit", limit))
        .map(MailFunctions::suppression);
  }

  @Override
  public boolean lift(String id, AuditEntry audit) {
    Row asked = Row.empty().with(ID, id);
    return audited
        .call(audit, new Watch("find_suppression_v1", asked, ID), "lift_suppression_v1", asked)
        .booleanValue();
  }

  @Override
  public MailPreferences preferences(AccountId account) {
    Row row =
        new Row(functions.call("find_mail_preferences_v1", Row.empty().with(ACCOUNT, account)));
    // A category of a later release is left out, and stays off once that release is back.
    Set<MailCategory> off = row.textList("off").stream()
        .flatMap(code -> MailCategory.of(code).stream())
        .collect(Collectors.toUnmodifiableSet());
    return new MailPreferences(row.optionalText("locale"), row.optionalText("time_zone"), off);
  }

  @Override
  public void put(AccountId account, MailPreferences preferences, AuditEntry audit) {
    Row asked = Row.empty()
        .with(ACCOUNT, account)
        .with("locale", preferences.locale())
        .with("time_zone", preferences.timeZone())
        .with("off", new TreeSet<>(preferences.off()));
    audited.call(
        audit,
        new Watch(
            "find_mail_preferences_v1",
            Row.empty().with(ACCOUNT, account),
            "locale",
            "time_zone",
            "off"),
        "put_mail_preferences_v1",
        asked);
  }
}
