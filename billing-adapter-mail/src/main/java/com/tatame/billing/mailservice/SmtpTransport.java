package com.tatame.billing.mailservice;

import com.tatame.billing.mail.MailTransport;
import com.tatame.billing.mail.RenderedMail;
import com.tatame.billing.mailservice.SmtpExchange.Stage;
import com.tatame.billing.mailservice.SmtpSettings.Security;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLSocketFactory;

/** Hands mails to an SMTP server, each on a connection of its own. */
final class SmtpTransport implements MailTransport {
  private static final Duration MAX_CONNECT = Duration.ofSeconds(10);

  private final SmtpSettings settings;
  private final SenderAddress sender;
  private final InstantSource clock;
  private final TimeLimit limit;
  private final Session session;

  SmtpTransport(
      SmtpSettings settings,
      SenderAddress sender,
      InstantSource clock,
      Optional<SSLSocketFactory> tls) {
    this.settings = settings;
    this.sender = sender;
    this.clock = clock;
    this.limit = new TimeLimit(settings.timeout());
    this.session = Session.getInstance(properties(settings, sender, tls));
  }

  private static Properties properties(
      SmtpSettings settings, SenderAddress sender, Optional<SSLSocketFactory> tls) {
    long timeout = settings.timeout().toMillis();
    Properties properties = new Properties();
    properties.setProperty(
        "mail.smtp.connectiontimeout", String.valueOf(Math.min(timeout, MAX_CONNECT.toMillis())));
    properties.setProperty("mail.smtp.timeout", String.valueOf(timeout));
    properties.setProperty("mail.smtp.writetimeout", String.valueOf(timeout));
    // The answer to the content counts, and not the one to the farewell.
    properties.setProperty("mail.smtp.quitwait", "false");
    properties.setProperty("mail.smtp.from", sender.address());
    boolean starttls = settings.security() == Security.STARTTLS;
    properties.setProperty("mail.smtp.starttls.enable", String.valueOf(starttls));
    properties.setProperty("mail.smtp.starttls.required", String.valueOf(starttls));
    properties.setProperty(
        "mail.smtp.ssl.enable", String.valueOf(settings.security() == Security.TLS));
    properties.setProperty("mail.smtp.ssl.checkserveridentity", "true");
    properties.setProperty(
        "mail.smtp.auth", String.valueOf(settings.credentials().isPresent()));
    tls.ifPresent(factory -> properties.put("mail.smtp.ssl.socketFactory", factory));
    return properties;
  }

  @Override
  public String name() {
    return "smtp";
  }

  @Override
  public Outcome send(RenderedMail mail) {
    Optional<String> to = MailAddress.of(mail.to());
    if (to.isEmpty()) {
      return new Refused("the address can't be written to", true);
    }
    Handover handover = new Handover();
    SmtpExchange exchange = new SmtpExchange(session, handover);
    try {
      SmtpMessage message = SmtpMessage.of(session, sender, mail, to.get(), clock.instant());
      limit.call(() -> deliver(exchange, message), () -> {});
      return new Accepted(Optional.of(SmtpMessage.messageId(mail.id(), sender.address())));
    } catch (TimeLimit.Exceeded e) {
      return handover.giveUp()
          ? new Deferred(e.getMessage(), Optional.empty())
          : new Unknown(e.getMessage());
    } catch (ExecutionException e) {
      return outcome(e.getCause() == null ? e : e.getCause(), exchange.stage(), handover);
    } catch (MessagingException e) {
      throw new IllegalStateException("the mail can't be written as MIME", e);
    }
  }

  private boolean deliver(SmtpExchange exchange, SmtpMessage message) throws MessagingException {
    try {
      exchange.connect(
          settings.host(),
          settings.port(),
          settings.credentials().map(SmtpSettings.Credentials::user).orElse(null),
          settings.credentials().map(SmtpSettings.Credentials::password).orElse(null));
      exchange.sendMessage(message, message.getAllRecipients());
      return true;
    } finally {
      try {
        exchange.close();
      } catch (MessagingException e) {
        // The server has answered to the content, or an error is on its way that says more.
      }
    }
  }

  private static Outcome outcome(Throwable failure, Stage stage, Handover handover) {
    Optional<SmtpReply> reply = failure instanceof MessagingException messaging
        ? SmtpReply.of(messaging)
        : Optional.empty();
    if (reply.isPresent()) {
      return outcome(reply.get(), stage);
    }
    if (failure instanceof AuthenticationFailedException) {
      return new Deferred("the SMTP server refuses the credentials", Optional.empty());
    }
    boolean unanswered = failure instanceof MessagingException messaging
        && stage == Stage.CONNECTION
        && messaging.getNextException() == null;
    String reason = unanswered
        ? "the SMTP server doesn't offer the encryption or the sign-in that is configured"
        : FailureText.of(failure);
    return handover.giveUp() ? new Deferred(reason, Optional.empty()) : new Unknown(reason);
  }

  private static Outcome outcome(SmtpReply reply, Stage stage) {
    String reason = "the SMTP server " + reply + " to the " + stage.name().toLowerCase(Locale.ROOT);
    boolean notTheMails =
        stage == Stage.CONNECTION || (stage == Stage.SENDER && !reply.isTooLarge());
    if (reply.isTransient() || notTheMails) {
      return new Deferred(reason, Optional.empty());
    }
    return new Refused(reason, reply.isUndeliverable());
  }

  @Override
  public boolean canFind() {
    return false;
  }

  @Override
  public Outcome find(String id, Instant sentAt) {
    throw new UnsupportedOperationException("an SMTP server can't be asked for a mail");
  }

  @Override
  public void close() {
    limit.close();
  }
}
