package com.tatame.billing.mailservice;

import com.tatame.billing.mail.DeliveryReportReader;
import com.tatame.billing.mail.MailTransport;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;

/** Makes what the core needs for mail: transports, templates, and readers of delivery reports. */
public final class MailServices {
  /**
   * SendGrid repeats reports for a day, and doesn't say whether it signs them anew. A report has an id,
   * so that one that comes again has no effect; the limit is for those whose id is forgotten.
   */
  public static final Duration REPORT_TOLERANCE = Duration.ofHours(25);

  private MailServices() {}

  /**
   * Delivers nothing.
   *
   * @param lines gets one line for each mail, without its address and its content
   */
  public static MailTransport console(Consumer<String> lines) {
    return new ConsoleTransport(lines);
  }

  /** Delivers nothing, and keeps the last mails for a sandbox to show. */
  public static RecentMails recent(int max) {
    return new RecentMails(max);
  }

  /**
   * Hands mails to an SMTP server.
   *
   * @param clock wall time
   */
  public static MailTransport smtp(
      SmtpSettings settings, SenderAddress sender, InstantSource clock) {
    return new SmtpTransport(settings, sender, clock, Optional.empty());
  }

  /**
   * Hands mails to SendGrid.
   *
   * @param clock wall time
   */
  public static MailTransport sendGrid(
      SendGridSettings settings, SenderAddress sender, InstantSource clock) {
    return new SendGridTransport(settings, sender, clock);
  }

  /**
   * Hands mails to Postmark.
   *
   * @param clock wall time
   */
  public static MailTransport postmark(
      PostmarkSettings settings, SenderAddress sender, InstantSource clock) {
    return new PostmarkTransport(settings, sender, clock);
  }

  /**
   * Renders mails.
   *
   * @param folder of files that replace those that ship with the product; docs/mail-templates.md says
   *     which
   */
  public static MailTemplates templates(MailBranding branding, Optional<Path> folder) {
    return new MailTemplates(branding, folder);
  }

  /**
   * Reads SendGrid's event webhook.
   *
   * @param verificationKey as SendGrid shows it
   * @param tolerance how old a signature may be, such as {@link #REPORT_TOLERANCE}
   * @param clock wall time
   * @throws IllegalArgumentException if the key can't be used
   */
  public static DeliveryReportReader sendGridReports(
      String verificationKey, Duration tolerance, InstantSource clock) {
    return new SendGridReports(verificationKey, tolerance, clock);
  }

  /**
   * Reads Postmark's webhooks, whose URL has these credentials.
   *
   * @throws IllegalArgumentException if the credentials are empty
   */
  public static DeliveryReportReader postmarkReports(String user, String password) {
    return new PostmarkReports(user, password);
  }
}
