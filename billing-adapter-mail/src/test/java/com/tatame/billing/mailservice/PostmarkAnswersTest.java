package com.tatame.billing.mailservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.mail.MailTransport.Accepted;
import com.tatame.billing.mail.MailTransport.Deferred;
import com.tatame.billing.mail.MailTransport.Unknown;
import com.tatame.billing.mailservice.HttpMailService.Reply;
import com.tatame.billing.mailservice.HttpMailService.Request;
import com.tatame.billing.testkit.MailServiceUnderTest.Behavior;
import com.tatame.billing.testkit.MailTransportContract;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PostmarkAnswersTest {
  private final PostmarkServer server = new PostmarkServer();

  @AfterEach
  void close() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      422 | 406  | Found inactive addresses: zoe.quill@example.com.         | Refused[reason=Postmark answered 422, error 406: the address is on its list of suppressed ones, undeliverable=true]
      422 | 300  | Error parsing 'To': Illegal email address 'zoe.quill'.   | Refused[reason=Postmark answered 422, error 300, undeliverable=true]
      422 | 300  | Invalid 'From' address: 'billing@example.org'.           | Deferred[reason=Postmark answered 422, error 300: it refuses the sender, retryAfter=Optional.empty]
      422 | 300  | Provide either email TextBody or HtmlBody or both.       | Refused[reason=Postmark answered 422, error 300, undeliverable=false]
      422 | 400  | The Sender Signature is not defined.                     | Deferred[reason=Postmark answered 422, error 400: it refuses the account or the sender, retryAfter=Optional.empty]
      422 | 405  | Not allowed to send: you ran out of credits.             | Deferred[reason=Postmark answered 422, error 405: it refuses the account or the sender, retryAfter=Optional.empty]
      422 | 412  | Your account is pending approval.                        | Deferred[reason=Postmark answered 422, error 412: it refuses the account or the sender, retryAfter=Optional.empty]
      422 | 1235 | The message stream does not exist.                       | Deferred[reason=Postmark answered 422, error 1235: it refuses the account or the sender, retryAfter=Optional.empty]
      422 | 402  | Invalid JSON.                                            | Refused[reason=Postmark answered 422, error 402, undeliverable=false]
      200 | 406  | Found inactive addresses.                                | Refused[reason=Postmark answered 200, error 406: the address is on its list of suppressed ones, undeliverable=true]
      401 | 10   | Bad or missing Server API token.                         | Deferred[reason=Postmark answered 401, error 10: it refuses the server token, retryAfter=Optional.empty]
      404 | 0    | Not found.                                               | Deferred[reason=Postmark answered 404: is the base URL that of Postmark's API?, retryAfter=Optional.empty]
      413 | 0    | Too large.                                               | Refused[reason=Postmark answered 413: the mail is too large, undeliverable=false]
      500 | 0    | Internal server error.                                   | Unknown[reason=Postmark answered 500]
      503 | 100  | Maintenance.                                             | Deferred[reason=Postmark answered 503, error 100, retryAfter=Optional.empty]
      """)
  void codeDecides(int status, int code, String message, String outcome) {
    server.answer(Reply.of(status, "{\"ErrorCode\":" + code + ",\"Message\":\"" + message + "\"}"));

    assertThat(server.transport().send(MailTransportContract.mail("mail_1"))).hasToString(outcome);
  }

  @Test
  void unreadableAnswerLeavesTheStatus() {
    for (String body : new String[] {"", "{", "[]", "null", "<html>"}) {
      server.answer(Reply.of(422, body));
      assertThat(server.transport().send(MailTransportContract.mail("mail_1")))
          .hasToString("Refused[reason=Postmark answered 422, undeliverable=false]");
      server.answer(Reply.of(200, body));
      assertThat(server.transport().send(MailTransportContract.mail("mail_1")))
          .isEqualTo(new Accepted(Optional.empty()));
    }
  }

  @Test
  void mailIsOneRequestInPostmarksForm() {
    server.behave(Behavior.ACCEPT);

    assertThat(server.transport().send(MailTransportContract.mail("mail_1")))
        .isEqualTo(new Accepted(Optional.of("0a129aee-e1cd-480d-b08d-000000000001")));

    Request request = server.requests().get(0);
    assertThat(request.method() + " " + request.uri()).isEqualTo("POST /email");
    assertThat(request.header("X-postmark-server-token")).isEqualTo("server-token");
    JsonNode mail = request.json();
    assertThat(mail.path("From").asText())
        .isEqualTo("\"Acme, \\\"Billing\\\"\" <billing@example.org>");
    assertThat(mail.path("To").asText()).isEqualTo("zoe.quill@example.com");
    assertThat(mail.path("MessageStream").asText()).isEqualTo("outbound");
    assertThat(mail.path("Tag").asText()).isEqualTo("receipt");
    assertThat(mail.path("TrackOpens").asBoolean(true)).isFalse();
    assertThat(mail.path("TrackLinks").asText()).isEqualTo("None");
    assertThat(mail.path("Metadata").toString()).isEqualTo("{\"billing-mail-id\":\"mail_1\"}");
    assertThat(mail.has("Headers")).isFalse();
  }

  @Test
  void foundMailHasItsMessageId() {
    server.behave(Behavior.LOSE_ANSWER);
    server.transport().send(MailTransportContract.mail("a mail/1&x=é"));
    server.behave(Behavior.ACCEPT);

    assertThat(server.transport().find("a mail/1&x=é", server.now()))
        .isEqualTo(new Accepted(Optional.of("0a129aee-e1cd-480d-b08d-000000000001")));
    assertThat(server.requests().get(1).header("X-postmark-server-token"))
        .isEqualTo("server-token");
  }

  @Test
  void absenceIsSureOnlyWhilePostmarkListsWhatItTook() {
    assertThat(server.transport().find("mail_1", server.now().minus(Duration.ofMinutes(9))))
        .isInstanceOf(Unknown.class);
    assertThat(server.transport().find("mail_1", server.now().minus(Duration.ofMinutes(11))))
        .isInstanceOf(Deferred.class);
    assertThat(server.transport().find("mail_1", server.now().minus(Duration.ofDays(5))))
        .isInstanceOf(Deferred.class);
    assertThat(server.transport().find("mail_1", server.now().minus(Duration.ofDays(7))))
        .isInstanceOf(Unknown.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "{}",
        "{\"Messages\":{}}",
        "{\"Messages\":[{\"MessageID\":\"other\",\"Metadata\":{\"billing-mail-id\":\"mail_2\"}}]}",
        "{\"Messages\":[{\"MessageID\":\"other\"}]}"
      })
  void listThatProvesNothingLeavesItUnknown(String body) {
    server.answerQuestions(Reply.of(200, body));

    assertThat(server.transport().find("mail_1", server.now().minus(Duration.ofHours(1))))
        .isInstanceOf(Unknown.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 404, 422, 429, 500, 503})
  void errorLeavesItUnknown(int status) {
    server.answerQuestions(new Reply(status, Map.of(), "{\"Messages\":[]}"));

    assertThat(server.transport().find("mail_1", server.now().minus(Duration.ofHours(1))))
        .isInstanceOf(Unknown.class);
  }

  @Test
  void idThatPostmarkCannotKeepIsRefusedBeforeItIsSent() {
    assertThatThrownBy(() -> server.transport().send(MailTransportContract.mail("x".repeat(81))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(server.attempts()).isZero();
  }

  @Test
  void settingsHideTheToken() {
    assertThat(PostmarkSettings.of("server-token").toString()).doesNotContain("server-token");
  }
}
