package com.tatame.billing.server;

import com.tatame.billing.mail.DeliveryReportReader;
import com.tatame.billing.mail.MailRenderer;
import com.tatame.billing.mail.MailTransport;
import com.tatame.billing.mailservice.MailServices;
import com.tatame.billing.server.MailConfig.Service;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * By what the server sends mails.
 *
 * @param transport closed with the server
 * @param readers of what the service reports
 */
public record MailPlugin(
    MailRenderer renderer, MailTransport transport, List<DeliveryReportReader> readers) {
  private static final Logger LOG = LoggerFactory.getLogger(MailPlugin.class);

  public MailPlugin {
    readers = List.copyOf(readers);
  }

  /**
   * The configured one; empty if no mails are sent.
   *
   * @param clock wall time
   */
  static Optional<MailPlugin> of(MailConfig config, InstantSource clock) {
    return transport(config.service(), clock)
        .map(transport -> new MailPlugin(
            MailServices.templates(config.branding(), config.templates()),
            transport,
            reader(config.service(), clock).stream().toList()));
  }

  private static Optional<MailTransport> transport(Service service, InstantSource clock) {
    if (service instanceof Service.Smtp smtp) {
      return Optional.of(MailServices.smtp(smtp.server(), smtp.sender(), clock));
    }
    if (service instanceof Service.SendGrid sendGrid) {
      return Optional.of(MailServices.sendGrid(sendGrid.api(), sendGrid.sender(), clock));
    }
    if (service instanceof Service.Postmark postmark) {
      return Optional.of(MailServices.postmark(postmark.api(), postmark.sender(), clock));
    }
    return service instanceof Service.Console
        ? Optional.of(MailServices.console(LOG::info))
        : Optional.empty();
  }

  private static Optional<DeliveryReportReader> reader(Service service, InstantSource clock) {
    if (service instanceof Service.SendGrid sendGrid) {
      return sendGrid
          .reportKey()
          .map(key -> MailServices.sendGridReports(key, MailServices.REPORT_TOLERANCE, clock));
    }
    if (service instanceof Service.Postmark postmark) {
      return postmark
          .reportCredentials()
          .map(credentials -> MailServices.postmarkReports(
              credentials.user(), credentials.password().value()));
    }
    return Optional.empty();
  }
}
