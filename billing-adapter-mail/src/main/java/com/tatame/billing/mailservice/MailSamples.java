package com.tatame.billing.mailservice;

import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.mail.Mail;
import com.tatame.billing.mail.MailContent;
import com.tatame.billing.mail.MailContent.Line;
import com.tatame.billing.mail.MailContent.Usage;
import com.tatame.billing.mail.MailTemplate;
import com.tatame.billing.money.Money;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Invented mails, by which templates are tried and previewed. */
final class MailSamples {
  static final MailContent EMPTY = new MailContent(
      Optional.empty(),
      Optional.empty(),
      Optional.empty(),
      Optional.empty(),
      Optional.empty(),
      Optional.empty(),
      Optional.empty(),
      Optional.empty(),
      List.of(),
      Optional.empty());

  private static final URI UNSUBSCRIBE =
      URI.create("https://billing.example.com/emails/unsubscribe?token=preview");

  private MailSamples() {}

  /** With everything that this template may be given. */
  static MailContent full(MailTemplate template) {
    boolean feature = template == MailTemplate.LIMIT_NEAR;
    boolean item = template == MailTemplate.PURCHASE || template == MailTemplate.REFUND;
    Money amount = new Money(item ? 1_500 : 2_499, "eur");
    return new MailContent(
        Optional.of("Ada Lovelace"),
        // A reader who is welcomed has a plan only if it was bought at once.
        Optional.of(feature ? "exports" : item ? "500 credits" : "Pro")
            .filter(title -> template != MailTemplate.WELCOME),
        Optional.of("Starter"),
        Optional.of(BillingInterval.MONTHLY),
        Optional.of(amount),
        Optional.of("F3A1-0042"),
        Optional.of(Instant.parse("2026-12-09T15:30:00Z")),
        Optional.of(URI.create("https://invoice.stripe.com/i/acct_1/preview")),
        List.of(
            new Line("Pro, December 2026", new Money(2_999, "eur")),
            new Line("Discount", new Money(-500, "eur"))),
        Optional.of(new Usage(900, 1_000)));
  }

  static Mail mail(MailTemplate template, MailContent content, Locale locale) {
    return new Mail(
        "preview",
        template,
        content,
        "ada@example.com",
        locale,
        ZoneId.of("Europe/Berlin"),
        template.optional() ? Optional.of(UNSUBSCRIBE) : Optional.empty());
  }
}
