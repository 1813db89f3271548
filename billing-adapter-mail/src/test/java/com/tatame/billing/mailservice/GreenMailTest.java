package com.tatame.billing.mailservice;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.tatame.billing.mail.MailTemplate;
import com.tatame.billing.mail.MailTransport;
import com.tatame.billing.mail.MailTransport.Accepted;
import com.tatame.billing.mail.MailTransport.Deferred;
import com.tatame.billing.mail.RenderedMail;
import com.tatame.billing.mailservice.SmtpSettings.Credentials;
import com.tatame.billing.mailservice.SmtpSettings.Security;
import com.tatame.billing.testkit.MailTransportContract;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real SMTP server makes of the mails. */
final class GreenMailTest {
  private static final Instant NOW = Instant.parse("2026-03-01T09:00:00Z");
  private static final SenderAddress SENDER =
      new SenderAddress("billing@example.org", "Ação & Söhne", Optional.of("help@example.org"));

  private final GreenMail server = new GreenMail(new ServerSetup[] {
    new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP),
    new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTPS)
  });

  @TempDir
  private static Path folder = Path.of("");

  private static Optional<SSLSocketFactory> trusting = Optional.empty();

  @BeforeAll
  static void makeCertificate() throws Exception {
    TestCertificate certificate = TestCertificate.in(folder);
    System.setProperty("greenmail.tls.keystore.file", certificate.file().toString());
    System.setProperty("greenmail.tls.keystore.password", TestCertificate.PASSWORD);
    trusting = Optional.of(certificate.context().getSocketFactory());
  }

  @BeforeEach
  void start() {
    server.start();
    server.setUser("billing@example.org", "billing", "hush");
  }

  @AfterEach
  void stop() {
    server.stop();
  }

  private MailTransport transport(
      Security security, Optional<Credentials> credentials, Optional<SSLSocketFactory> tls) {
    int port = security == Security.TLS
        ? server.getSmtps().getPort()
        : server.getSmtp().getPort();
    return new SmtpTransport(
        new SmtpSettings("localhost", port, security, credentials, Duration.ofSeconds(10)),
        SENDER,
        InstantSource.fixed(NOW),
        tls);
  }

  @Test
  void renderedMailArrivesWhole() throws Exception {
    RenderedMail mail = new MailTemplates(MailTemplatesTest.BRANDING, Optional.empty())
        .preview(MailTemplate.LIMIT_NEAR, Locale.forLanguageTag("pt-BR"));
    try (MailTransport transport = transport(Security.NONE, Optional.empty(), Optional.empty())) {
      assertThat(transport.send(mail))
          .isEqualTo(new Accepted(Optional.of("<preview@example.org>")));
    }

    MimeMessage received = server.getReceivedMessages()[0];
    assertThat(received.getSubject()).isEqualTo(mail.subject());
    assertThat(received.getFrom())
        .containsExactly(new InternetAddress("billing@example.org", "Ação & Söhne", "UTF-8"));
    assertThat(received.getReplyTo()).containsExactly(new InternetAddress("help@example.org"));
    assertThat(received.getAllRecipients()).containsExactly(new InternetAddress(mail.to()));
    assertThat(received.getMessageID()).isEqualTo("<preview@example.org>");
    assertThat(received.getSentDate()).isEqualTo(Date.from(NOW));
    assertThat(received.getHeader("Auto-Submitted")).containsExactly("auto-generated");
    assertThat(received.getHeader("List-Unsubscribe-Post"))
        .containsExactly("List-Unsubscribe=One-Click");
    assertThat(received.getHeader("List-Unsubscribe", null).replaceAll("\\s", ""))
        .isEqualTo("<" + mail.unsubscribe().orElseThrow() + ">");
    MimeMultipart parts = (MimeMultipart) received.getContent();
    assertThat(received.getContentType()).startsWith("multipart/alternative");
    assertThat(parts.getCount()).isEqualTo(2);
    assertThat(parts.getBodyPart(0).isMimeType("text/plain")).isTrue();
    assertThat(lines(parts.getBodyPart(0).getContent())).isEqualTo(lines(mail.text()));
    assertThat(parts.getBodyPart(1).isMimeType("text/html")).isTrue();
    assertThat(lines(parts.getBodyPart(1).getContent())).isEqualTo(lines(mail.html()));
  }

  private static List<String> lines(Object text) {
    return String.valueOf(text).strip().lines().toList();
  }

  @Test
  void signsInOverTls() {
    Optional<Credentials> right = Optional.of(new Credentials("billing", "hush"));
    server.getUserManager().setAuthRequired(true);
    try (MailTransport transport = transport(Security.TLS, right, trusting)) {
      assertThat(transport.send(MailTransportContract.mail("mail_1"))).isInstanceOf(Accepted.class);
    }
    assertThat(server.getReceivedMessages()).hasSize(1);
  }

  @Test
  void refusedSignInIsDeferred() {
    Optional<Credentials> wrong = Optional.of(new Credentials("billing", "wrong"));
    server.getUserManager().setAuthRequired(true);
    try (MailTransport transport = transport(Security.NONE, wrong, Optional.empty())) {
      assertThat(transport.send(MailTransportContract.mail("mail_1")))
          .isEqualTo(new Deferred("the SMTP server refuses the credentials", Optional.empty()));
    }
    assertThat(server.getReceivedMessages()).isEmpty();
  }

  @Test
  void certificateThatIsNotTrustedIsDeferred() {
    try (MailTransport transport = transport(Security.TLS, Optional.empty(), Optional.empty())) {
      assertThat(transport.send(MailTransportContract.mail("mail_1")))
          .isEqualTo(new Deferred(
              "the certificate is not trusted, or for another host", Optional.empty()));
    }
    assertThat(server.getReceivedMessages()).isEmpty();
  }

  @Test
  void settingsHideThePassword() {
    assertThat(SmtpSettings.of(
                "smtp.example.org",
                587,
                Security.STARTTLS,
                Optional.of(new Credentials("me", "hush")))
            .toString())
        .doesNotContain("hush")
        .contains("smtp.example.org");
  }
}
