package com.tatame.billing.mailservice;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.mail.MailTransport.Accepted;
import com.tatame.billing.mailservice.HttpMailService.Reply;
import com.tatame.billing.mailservice.HttpMailService.Request;
import com.tatame.billing.testkit.MailServiceUnderTest.Behavior;
import com.tatame.billing.testkit.MailTransportContract;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SendGridAnswersTest {
  private final SendGridServer server = new SendGridServer();

  @AfterEach
  void close() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      400 | personalizations.0.to.0.email | Refused[reason=SendGrid answered 400: personalizations.0.to.0.email, undeliverable=true]
      400 | content.1.value               | Refused[reason=SendGrid answered 400: content.1.value, undeliverable=false]
      400 | from.email                    | Deferred[reason=SendGrid answered 400: from.email, retryAfter=Optional.empty]
      400 | reply_to                      | Deferred[reason=SendGrid answered 400: reply_to, retryAfter=Optional.empty]
      400 | zoe.quill@example.com         | Refused[reason=SendGrid answered 400, undeliverable=false]
      401 |                               | Deferred[reason=SendGrid answered 401: it refuses the API key or the sender, retryAfter=Optional.empty]
      403 | from                          | Deferred[reason=SendGrid answered 403: it refuses the API key or the sender, retryAfter=Optional.empty]
      404 |                               | Deferred[reason=SendGrid answered 404: is the base URL that of SendGrid's API?, retryAfter=Optional.empty]
      301 |                               | Deferred[reason=SendGrid answered 301: is the base URL that of SendGrid's API?, retryAfter=Optional.empty]
      413 |                               | Refused[reason=SendGrid answered 413: the mail is too large, undeliverable=false]
      429 |                               | Deferred[reason=SendGrid answered 429, retryAfter=Optional.empty]
      500 |                               | Unknown[reason=SendGrid answered 500]
      502 |                               | Unknown[reason=SendGrid answered 502]
      503 |                               | Deferred[reason=SendGrid answered 503, retryAfter=Optional.empty]
      504 |                               | Unknown[reason=SendGrid answered 504]
      """)
  void statusAndFieldDecide(int status, String field, String outcome) {
    server.answer(Reply.of(
        status,
        "{\"errors\":[{\"message\":\"zoe.quill@example.com\",\"field\":"
            + (field == null ? "null" : "\"" + field + "\"")
            + ",\"help\":null}]}"));

    assertThat(server.transport().send(MailTransportContract.mail("mail_1"))).hasToString(outcome);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      Retry-After       | 30         | 2026-03-01T09:00:30Z
      X-RateLimit-Reset | 1772355637 | 2026-03-01T09:00:37Z
      X-RateLimit-Reset | 1772355599 |
      Retry-After       | soon       |
      Retry-After       | -5         |
      """)
  void waitIsReadWhereItIsStated(String header, String value, String until) {
    server.answer(new Reply(429, Map.of(header, value), "{}"));

    assertThat(server.transport().send(MailTransportContract.mail("mail_1")).toString())
        .contains("retryAfter=" + Optional.ofNullable(until));
  }

  @Test
  void unreadableAnswerLeavesTheStatus() {
    for (String body : new String[] {"", "{", "[]", "null", "{\"errors\":7}", "<html>"}) {
      server.answer(Reply.of(400, body));

      assertThat(server.transport().send(MailTransportContract.mail("mail_1")))
          .hasToString("Refused[reason=SendGrid answered 400, undeliverable=false]");
    }
  }

  @Test
  void mailIsOneRequestInSendGridsForm() {
    server.behave(Behavior.ACCEPT);

    assertThat(server.transport().send(MailTransportContract.mail("mail_1")))
        .isEqualTo(new Accepted(Optional.of("14c5d75ce931")));

    Request request = server.requests().get(0);
    assertThat(request.method() + " " + request.uri()).isEqualTo("POST /v3/mail/send");
    assertThat(request.header("Authorization")).isEqualTo("Bearer SG.secret");
    assertThat(request.header("Content-type")).isEqualTo("application/json");
    JsonNode mail = request.json();
    assertThat(mail.path("from").toString())
        .isEqualTo("{\"email\":\"billing@example.org\",\"name\":\"Acme, \\\"Billing\\\"\"}");
    assertThat(mail.path("personalizations").toString())
        .isEqualTo("[{\"to\":[{\"email\":\"zoe.quill@example.com\"}],"
            + "\"custom_args\":{\"billing_mail_id\":\"mail_1\"}}]");
    assertThat(mail.path("categories").toString()).isEqualTo("[\"receipt\"]");
    assertThat(mail.path("tracking_settings").findValues("enable"))
        .hasSize(3)
        .allMatch(enabled -> !enabled.asBoolean(true));
  }

  @Test
  void settingsHideTheKey() {
    assertThat(SendGridSettings.of("SG.secret").toString()).doesNotContain("secret");
  }
}
