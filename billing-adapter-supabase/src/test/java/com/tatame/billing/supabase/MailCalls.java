package com.tatame.billing.supabase;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.mail.DeliveryReport;
import com.tatame.billing.mail.DeliveryReport.Kind;
import com.tatame.billing.mail.MailCategory;
import com.tatame.billing.mail.MailContent;
import com.tatame.billing.mail.MailFilter;
import com.tatame.billing.mail.MailPreferences;
import com.tatame.billing.mail.MailResult;
import com.tatame.billing.mail.MailTemplate;
import com.tatame.billing.mail.PlannedMail;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.supabase.PortCalls.PortCall;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** The part of the story in which an account is sent a mail, which bounces. */
final class MailCalls {
  private static final Duration LEASE = Duration.ofMinutes(1);
  private static final String CLAIM = "claim_1";
  private static final String MAIL = "mail_1";
  private static final String ADDRESS = "Ada@example.com";

  private final List<PortCall> calls = new ArrayList<>();
  private final AccountId account;
  private final Instant now;
  private final AuditEntry audit;

  private MailCalls(AccountId account, Instant now, AuditEntry audit) {
    this.account = account;
    this.now = now;
    this.audit = audit;
  }

  static List<PortCall> of(AccountId account, Instant now, AuditEntry audit) {
    MailCalls story = new MailCalls(account, now, audit);
    story.sending();
    story.suppression();
    story.administration();
    return story.calls;
  }

  private void then(String function, Function<BillingStore, Object> answer) {
    calls.add(new PortCall(function, answer));
  }

  private void thenDo(String function, Consumer<BillingStore> action) {
    then(function, store -> {
      action.accept(store);
      return true;
    });
  }

  private void sending() {
    thenDo("plan_mails_v1", store -> store.mails().plan(List.of(planned())));
    then("claim_mails_v1", store -> store.mails().claim(CLAIM, 10, now, now, LEASE));
    then("mail_backlog_v1", store -> store.mails().backlog(now, now));
    then("begin_mail_v1", store -> store.mails().begin(MAIL, CLAIM, ADDRESS, now));
    then(
        "end_mail_v1",
        store ->
            store.mails().end(MAIL, CLAIM, new MailResult.Sent(Optional.of("message_1")), now));
    then(
        "report_mails_v1",
        store -> store
            .mails()
            .report(List.of(new DeliveryReport(
                "report_1",
                Optional.empty(),
                Optional.of("message_1"),
                ADDRESS,
                Kind.HARD_BOUNCED,
                Optional.of("no such user"),
                now))));
    then("find_mail_v1", store -> store.mails().find(MAIL));
  }

  private void suppression() {
    then("find_suppression_v1", store -> store.mails().suppression(ADDRESS));
    then("list_suppressions_v1", store -> store.mails().suppressions(Optional.empty(), 10));
    then("lift_suppression_v1", store -> store.mails().lift(MAIL, audit));
    thenDo(
        "put_mail_preferences_v1",
        store -> store
            .mails()
            .put(
                account,
                new MailPreferences(
                    Optional.of("de"), Optional.of("Europe/Berlin"), Set.of(MailCategory.LIMITS)),
                audit));
    then("find_mail_preferences_v1", store -> store.mails().preferences(account));
  }

  private void administration() {
    then(
        "copy_mail_v1",
        store -> store.mails().copy(MAIL, "mail_2", "asked for it", now, now, audit));
    then("list_mails_v1", store -> store.mails().list(MailFilter.ALL, Optional.empty(), 10));
    then("prune_mails_v1", store -> store.mails().prune(now.plus(LEASE), 10));
  }

  private PlannedMail planned() {
    return new PlannedMail(
        MAIL,
        MailTemplate.RECEIPT,
        "in_1",
        account,
        "in_1",
        "in_1:paid",
        new MailContent(
            Optional.empty(),
            Optional.of("Pro"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Optional.empty()),
        now,
        now,
        now.plus(Duration.ofDays(7)),
        0,
        Optional.empty());
  }
}
