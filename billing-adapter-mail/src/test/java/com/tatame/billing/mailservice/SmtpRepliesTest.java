package com.tatame.billing.mailservice;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.mail.MailTransport;
import com.tatame.billing.mail.MailTransport.Accepted;
import com.tatame.billing.mail.MailTransport.Deferred;
import com.tatame.billing.mailservice.SmtpServer.Step;
import com.tatame.billing.mailservice.SmtpSettings.Security;
import com.tatame.billing.testkit.MailTransportContract;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class SmtpRepliesTest {
  private final SmtpServer server = new SmtpServer();

  @AfterEach
  void close() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      RCPT     | 550 5.1.1 <zoe.quill@example.com> unknown  | Refused[reason=the SMTP server answered 550 5.1.1 to the recipient, undeliverable=true]
      RCPT     | 550 5.2.1 mailbox disabled                 | Refused[reason=the SMTP server answered 550 5.2.1 to the recipient, undeliverable=true]
      RCPT     | 550 5.7.1 relaying denied                  | Refused[reason=the SMTP server answered 550 5.7.1 to the recipient, undeliverable=false]
      RCPT     | 552 5.2.2 mailbox full                     | Refused[reason=the SMTP server answered 552 5.2.2 to the recipient, undeliverable=false]
      RCPT     | 550 No such user here                      | Refused[reason=the SMTP server answered 550 to the recipient, undeliverable=true]
      RCPT     | 550 blocked by our policy                  | Refused[reason=the SMTP server answered 550 to the recipient, undeliverable=false]
      RCPT     | 450 4.2.1 busy                             | Deferred[reason=the SMTP server answered 450 4.2.1 to the recipient, retryAfter=Optional.empty]
      RCPT     | 421 4.3.2 shutting down                    | Deferred[reason=the SMTP server answered 421 4.3.2 to the recipient, retryAfter=Optional.empty]
      MAIL     | 550 5.7.1 sender not allowed               | Deferred[reason=the SMTP server answered 550 5.7.1 to the sender, retryAfter=Optional.empty]
      MAIL     | 552 5.3.4 message too big                  | Refused[reason=the SMTP server answered 552 5.3.4 to the sender, undeliverable=false]
      MAIL     | 451 4.3.0 try later                        | Deferred[reason=the SMTP server answered 451 4.3.0 to the sender, retryAfter=Optional.empty]
      DATA     | 554 no valid recipients                    | Refused[reason=the SMTP server answered 554 to the content, undeliverable=false]
      END      | 554 5.7.1 spam                             | Refused[reason=the SMTP server answered 554 5.7.1 to the end, undeliverable=false]
      END      | 451 4.3.0 disk full                        | Deferred[reason=the SMTP server answered 451 4.3.0 to the end, retryAfter=Optional.empty]
      END      | close                                      | Unknown[reason=the connection was closed before an answer]
      DATA     | close                                      | Deferred[reason=the connection was closed before an answer, retryAfter=Optional.empty]
      RCPT     | close                                      | Deferred[reason=the connection was closed before an answer, retryAfter=Optional.empty]
      """)
  void stageAndCodeDecide(Step step, String reply, String outcome) {
    server.answer(step, reply);

    assertThat(server.transport().send(MailTransportContract.mail("mail_1"))).hasToString(outcome);
    assertThat(server.taken()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      GREETING | 554 5.7.1 your network is blocked
      GREETING | close
      EHLO     | close
      EHLO     | 421 4.3.2 shutting down
      """)
  void serverThatServesNotIsDeferred(Step step, String reply) {
    server.answer(step, reply);

    assertThat(server.transport().send(MailTransportContract.mail("mail_1")))
        .isInstanceOf(Deferred.class);
  }

  @Test
  void nothingIsSentWhereEncryptionIsNotOffered() {
    try (MailTransport encrypted = server.transport(Security.STARTTLS)) {
      assertThat(encrypted.send(MailTransportContract.mail("mail_1")))
          .hasToString("Deferred[reason=the SMTP server doesn't offer the encryption or the sign-in"
              + " that is configured, retryAfter=Optional.empty]");
      assertThat(server.attempts()).isZero();
    }
  }

  @Test
  void mailIsEncryptedByStarttls(@TempDir Path folder) throws Exception {
    SSLContext tls = TestCertificate.in(folder).context();
    server.offerStarttls(tls.getSocketFactory());

    try (MailTransport encrypted =
        server.transport("localhost", Security.STARTTLS, Optional.of(tls.getSocketFactory()))) {
      assertThat(encrypted.send(MailTransportContract.mail("mail_1"))).isInstanceOf(Accepted.class);
    }
    assertThat(server.commands().get(0)).startsWith("EHLO ");
    assertThat(server.commands().get(1)).isEqualTo("STARTTLS");
    assertThat(server.taken()).hasSize(1);
  }

  @Test
  void certificateOfAnotherHostIsRefused(@TempDir Path folder) throws Exception {
    SSLContext tls = TestCertificate.in(folder).context();
    server.offerStarttls(tls.getSocketFactory());

    try (MailTransport encrypted =
        server.transport("127.0.0.1", Security.STARTTLS, Optional.of(tls.getSocketFactory()))) {
      assertThat(encrypted.send(MailTransportContract.mail("mail_1"))).isInstanceOf(Deferred.class);
    }
    assertThat(server.attempts()).isZero();
  }

  @Test
  void plainServerIsNotSpokenToInTls() {
    try (MailTransport encrypted = server.transport(Security.TLS)) {
      assertThat(encrypted.send(MailTransportContract.mail("mail_1"))).isInstanceOf(Deferred.class);
      assertThat(server.attempts()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"GREETING", "DATA", "END"})
  void silenceBeforeTheContentIsDeferred(Step step) {
    server.answer(step, SmtpServer.HANG);

    MailTransport.Outcome outcome = server.transport().send(MailTransportContract.mail("mail_1"));

    assertThat(outcome instanceof Deferred).as("%s: %s", step, outcome).isEqualTo(step != Step.END);
    assertThat(server.taken()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "mail_1,            <mail_1@example.org>",
    "a.b/c,             <a=2Eb=2Fc@example.org>",
    "'x>\r\nBcc: eve',  <x=3E=0D=0ABcc=3A=20eve@example.org>",
    "é,                 <=C3=A9@example.org>"
  })
  void idIsSafeAsMessageId(String id, String messageId) {
    assertThat(SmtpMessage.messageId(id, "billing@example.org")).isEqualTo(messageId);
  }
}
