package com.tatame.billing.server;

import com.tatame.billing.mail.DeliveryReportReader;
import com.tatame.billing.mail.MailRenderer;
import com.tatame.billing.mail.MailTransport;
import java.util.List;
import java.util.Optional;

/**
 * By what the server sends mails.
 *
 * @param transport closed with the server
 * @param readers of what the service reports
 */
public record MailPlugin(
    MailRenderer renderer, MailTransport transport, List<DeliveryReportReader> readers) {
  public MailPlugin {
    readers = List.copyOf(readers);
  }

  /** The configured one; empty if no mails are sent. */
  static Optional<MailPlugin> of(BillingConfig.Mailing configured) {
    return switch (configured.provider()) {
      case NONE, CONSOLE, SMTP, SENDGRID, POSTMARK -> Optional.empty();
    };
  }
}
