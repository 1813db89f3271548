package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.mail.RenderedMail;
import com.tatame.billing.subscription.Cancellation;
import com.tatame.billing.subscription.ChangePolicy;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What three users of each example application are mailed in a year, each in their own language. */
final class MailYearTest {
  private static final String PAYS = Buyer.PAYS;

  /** Names that are meant for programs, and what a template leaves where a value is missing. */
  private static final Pattern UNREADABLE =
      Pattern.compile("\\p{L}_\\p{L}|\\{\\{|null|Optional|\\s[,.]");

  private static final Pattern ADDRESS = Pattern.compile("https://\\S+");

  @Test
  void membersOfTatame() {
    try (MailYear year = new MailYear("tatame", "Tatame")) {
      MailYear.Reader anna = year.reader("Anna", "en-US", "America/New_York");
      MailYear.Reader bernd = year.reader("Bernd", "de-DE", "Europe/Berlin");
      MailYear.Reader clara = year.reader("Clara", "pt-BR", "America/Sao_Paulo");
      year.on("01-10");
      anna.subscribes("pro", BillingInterval.MONTHLY, PAYS);
      bernd.signsUp();
      bernd.uses("video_reviews", 2);
      year.on("01-12");
      bernd.subscribes("basic", BillingInterval.MONTHLY, PAYS);
      clara.buys("seminar-recording");
      year.on("02-20");
      clara.isRefunded();
      bernd.uses("video_reviews", 8);
      year.on("03-05");
      clara.subscribes("basic", BillingInterval.YEARLY, PAYS);
      bernd.changesTo("pro", BillingInterval.MONTHLY, ChangePolicy.PRORATE);
      anna.changesTo("basic", BillingInterval.MONTHLY, ChangePolicy.AT_RENEWAL);
      year.on("06-01");
      bernd.getsAnotherCard("pm_card_chargeCustomerFail");
      year.on("06-14");
      bernd.getsAnotherCard("pm_card_visa");
      year.on("07-01");
      anna.cancels(Cancellation.PERIOD_END);
      bernd.changesTo("pro", BillingInterval.YEARLY, ChangePolicy.PRORATE);
      year.on("12-31");
      year.write();
      assertMailed(
          anna,
          6,
          "2026-01-10 welcome",
          "2026-01-10 subscription_started",
          "2026-01-21 trial_ending",
          "2026-03-24 subscription_changed",
          "2026-07-01 subscription_canceled",
          "2026-07-24 subscription_ended");
      assertMailed(
          bernd,
          8,
          "2026-01-10 welcome",
          "2026-01-10 limit_near",
          "2026-01-12 subscription_started",
          "2026-02-20 limit_near",
          "2026-03-05 subscription_changed",
          "2026-06-12 payment_failed",
          "2026-07-01 subscription_changed");
      assertMailed(
          clara,
          1,
          "2026-01-12 welcome",
          "2026-01-12 purchase",
          "2026-02-20 refund",
          "2026-03-05 subscription_started");
    }
  }

  @Test
  void membersOfMyBeing() {
    try (MailYear year = new MailYear("mybeing", "MyBeing")) {
      MailYear.Reader anna = year.reader("Anna", "en-GB", "Europe/London");
      MailYear.Reader bernd = year.reader("Bernd", "de-CH", "Europe/Zurich");
      MailYear.Reader clara = year.reader("Clara", "pt-PT", "Europe/Lisbon");
      year.on("01-31");
      anna.subscribes("premium", BillingInterval.MONTHLY, PAYS);
      anna.buys("quiz-deep-profile");
      anna.buys("quiz-attachment");
      bernd.buys("quiz-energy");
      year.on("02-03");
      bernd.isRefunded();
      clara.subscribes("premium", BillingInterval.MONTHLY, Buyer.FAILS_AT_RENEWAL);
      year.on("05-04");
      bernd.subscribes("premium", BillingInterval.MONTHLY, PAYS);
      year.on("08-01");
      bernd.getsAnotherCard("pm_card_authenticationRequired");
      year.on("08-06");
      bernd.getsAnotherCard("pm_card_visa");
      year.on("09-01");
      anna.cancels(Cancellation.NOW);
      year.on("12-31");
      year.write();
      assertMailed(
          anna,
          8,
          "2026-01-31 welcome",
          "2026-01-31 purchase",
          "2026-01-31 subscription_started",
          "2026-09-01 subscription_ended");
      assertMailed(
          bernd,
          8,
          "2026-01-31 welcome",
          "2026-01-31 purchase",
          "2026-02-03 refund",
          "2026-05-04 subscription_started",
          "2026-08-04 payment_failed",
          "2026-08-04 payment_action_required");
      assertMailed(
          clara,
          1,
          "2026-02-03 welcome",
          "2026-02-03 subscription_started",
          "2026-03-03 payment_failed",
          "2026-03-17 subscription_ended");
    }
  }

  @Test
  void patientsOfPainTracker() {
    try (MailYear year = new MailYear("pain-tracker", "Pain Tracker")) {
      MailYear.Reader anna = year.reader("Anna", "en-AU", "Australia/Sydney");
      MailYear.Reader bernd = year.reader("Bernd", "de-AT", "Europe/Vienna");
      MailYear.Reader clara = year.reader("Clara", "pt-BR", "America/Manaus");
      year.on("01-20");
      anna.signsUp();
      anna.subscribes("basic", BillingInterval.MONTHLY, PAYS);
      anna.uses("pain_entry", 400);
      anna.uses("pain_entry", 100);
      bernd.subscribes("pro", BillingInterval.MONTHLY, PAYS);
      clara.subscribes("basic", BillingInterval.YEARLY, PAYS);
      year.on("02-01");
      bernd.cancels(Cancellation.PERIOD_END);
      year.on("05-10");
      anna.changesTo("pro", BillingInterval.YEARLY, ChangePolicy.PRORATE);
      year.on("10-02");
      bernd.subscribes("basic", BillingInterval.MONTHLY, PAYS);
      year.on("12-31");
      year.write();
      assertMailed(
          anna,
          5,
          "2026-01-20 welcome",
          "2026-01-20 subscription_started",
          "2026-01-20 limit_near",
          "2026-01-20 limit_near",
          "2026-01-31 trial_ending",
          "2026-05-10 subscription_changed");
      assertMailed(
          bernd,
          3,
          "2026-01-20 welcome",
          "2026-01-20 subscription_started",
          "2026-02-01 subscription_canceled",
          "2026-02-16 trial_ending suppressed: contradicted",
          "2026-02-19 subscription_ended",
          "2026-10-02 subscription_started");
      assertMailed(
          clara,
          1,
          "2026-01-20 welcome",
          "2026-01-20 subscription_started",
          "2026-01-31 trial_ending");
    }
  }

  private static void assertMailed(MailYear.Reader reader, int receipts, String... others) {
    assertThat(reader.mails()).filteredOn(mail -> mail.endsWith(" receipt")).hasSize(receipts);
    assertThat(reader.mails())
        .filteredOn(mail -> !mail.endsWith(" receipt"))
        .containsExactlyInAnyOrder(others);
    Set<String> texts = new HashSet<>();
    for (RenderedMail mail : reader.read()) {
      assertThat(mail.html()).contains("<html lang=\"" + reader.language() + "\">");
      String text = ADDRESS.matcher(mail.subject() + "\n" + mail.text()).replaceAll("");
      assertThat(UNREADABLE.matcher(text).find()).as(text).isFalse();
      assertThat(texts.add(mail.text())).as("told once: %s", mail.text()).isTrue();
    }
  }
}
