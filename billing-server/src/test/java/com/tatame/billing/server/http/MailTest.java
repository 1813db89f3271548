package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.failure.InvalidSignature;
import com.tatame.billing.mail.DeliveryReport;
import com.tatame.billing.mail.DeliveryReport.Kind;
import com.tatame.billing.mail.DeliveryReportReader;
import com.tatame.billing.mail.Mail;
import com.tatame.billing.mail.MailTemplate;
import com.tatame.billing.server.MailPlugin;
import com.tatame.billing.server.http.RunningServer.Reply;
import com.tatame.billing.testkit.SimulatedMailService;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Mails as administrators see them, as accounts want them, and as services report on them. */
final class MailTest {
  private static final String ROOT = "user_root";
  private static final SimulatedMailService SERVICE = SimulatedMailService.thatCantBeAsked();
  private static final RunningServer SERVER = new RunningServer(
      Map.of(
          "BILLING_PUBLIC_URL",
          "https://billing.example.com",
          "BILLING_SECRETS_KEY",
          "k1:" + Base64.getEncoder().encodeToString(new byte[32])),
      parts ->
          parts.mail(new MailPlugin(SERVICE.renderer(), SERVICE, List.of(new ReaderOfTests()))));

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  /** Takes the id of a mail that bounced. */
  private static final class ReaderOfTests implements DeliveryReportReader {
    @Override
    public String service() {
      return "postmark";
    }

    @Override
    public List<DeliveryReport> read(Function<String, Optional<String>> header, byte[] body) {
      if (header.apply("Authorization").filter("Basic secret"::equals).isEmpty()) {
        throw new InvalidSignature(InvalidSignature.Reason.MISSING_HEADER, "no credentials");
      }
      return List.of(new DeliveryReport(
          "r1",
          Optional.of(new String(body, StandardCharsets.UTF_8)),
          Optional.empty(),
          "someone@example.com",
          Kind.HARD_BOUNCED,
          Optional.of("no such user"),
          Instant.parse("2026-01-02T03:04:05Z")));
    }
  }

  private static Reply welcomed(String user) {
    SERVER.post("/api/v1/customer", user, "{\"email\":\"" + user + "@example.com\"}");
    SERVER.settle();
    return SERVER.get("/api/v1/emails?account=" + user + "&template=welcome", ROOT);
  }

  @Test
  void mailIsListedReadAndSentAgainOnceForItsKey() {
    Reply listed = welcomed("user_one");
    assertThat(listed.json().path("data")).hasSize(1);
    assertThat(listed.at("/data/0/status")).isEqualTo("sent");
    assertThat(listed.at("/data/0/cause")).isEqualTo("user_one");
    assertThat(listed.at("/data/0/to")).isEqualTo("user_one@example.com");
    String id = listed.at("/data/0/id");
    assertThat(SERVER.get("/api/v1/emails/" + id, ROOT).at("/template")).isEqualTo("welcome");

    String path = "/api/v1/emails/" + id + "/resend";
    assertThat(SERVER.post(path, ROOT, "{}").code()).isEqualTo("validation_failed");
    String why = "{\"reason\":\"She lost it.\"}";
    Reply first = SERVER.post(path, ROOT, why, "Idempotency-Key", "again-1");
    Reply second = SERVER.post(path, ROOT, why, "Idempotency-Key", "again-1");
    SERVER.settle();
    assertThat(first.status()).isEqualTo(201);
    assertThat(second.at("/id")).isEqualTo(first.at("/id"));
    assertThat(SERVER.get("/api/v1/emails?cause=user_one", ROOT).json().path("data"))
        .hasSize(2);
    Reply audit = SERVER.get("/api/v1/audit?action=resend_mail&account=user_one", ROOT);
    assertThat(audit.json().path("data")).hasSize(1);
    assertThat(audit.body()).doesNotContain("She lost it");
    assertThat(SERVER.get("/api/v1/emails?status=gone", ROOT).code())
        .isEqualTo("validation_failed");
    assertThat(SERVER.get("/api/v1/emails", "user_one").status()).isEqualTo(403);
  }

  @Test
  void bounceSuppressesTheAddressUntilItIsLifted() {
    String id = welcomed("user_gone").at("/data/0/id");
    assertThat(SERVER.post("/webhooks/sendgrid", null, id).status()).isEqualTo(404);
    assertThat(SERVER.post("/webhooks/postmark", null, id).code()).isEqualTo("invalid_signature");
    Reply taken = SERVER.post("/webhooks/postmark", null, id, "Authorization", "Basic secret");
    assertThat(taken.at("/applied")).isEqualTo("1");
    assertThat(SERVER.get("/api/v1/emails/" + id, ROOT).at("/delivery/status"))
        .isEqualTo("hard_bounced");
    Reply suppressed = SERVER.get("/api/v1/email-suppressions", ROOT);
    assertThat(suppressed.at("/data/0/address")).isEqualTo("user_gone@example.com");
    assertThat(suppressed.at("/data/0/reason")).isEqualTo("hard_bounce");

    String lifted = "/api/v1/email-suppressions/" + suppressed.at("/data/0/id");
    assertThat(SERVER.send("DELETE", lifted, ROOT, null).status()).isEqualTo(204);
    assertThat(SERVER.send("DELETE", lifted, ROOT, null).status()).isEqualTo(204);
    assertThat(SERVER.get("/api/v1/email-suppressions", ROOT).json().path("data"))
        .isEmpty();
    Reply audit = SERVER.get("/api/v1/audit?action=lift_mail_suppression", ROOT);
    assertThat(audit.json().path("data")).hasSize(1);
    assertThat(audit.body()).doesNotContain("@");
  }

  @Test
  void accountSaysWhatItWants() {
    String path = "/api/v1/mail-preferences";
    assertThat(SERVER.get(path, "user_two").body())
        .isEqualTo("{\"locale\":null,\"timeZone\":null,\"categories\":{\"limits\":true}}");
    Reply put = SERVER.send(
        "PUT",
        path,
        "user_two",
        "{\"locale\":\"pt-BR\",\"timeZone\":\"America/Sao_Paulo\",\"categories\":{\"limits\":false}}");
    assertThat(put.body())
        .isEqualTo(
            "{\"locale\":\"pt-BR\",\"timeZone\":\"America/Sao_Paulo\",\"categories\":{\"limits\":false}}");
    assertThat(SERVER.send("PUT", path, "user_two", "{\"locale\":\"de\"}").body())
        .as("what is left out stays")
        .isEqualTo(
            "{\"locale\":\"de\",\"timeZone\":\"America/Sao_Paulo\",\"categories\":{\"limits\":false}}");
    assertThat(
            SERVER.send("PUT", path, "user_two", "{\"locale\":\"no language\"}").code())
        .isEqualTo("validation_failed");
  }

  @Test
  void limitThatIsNearIsToldUntilItsLinkIsPosted() {
    welcomed("user_busy");
    for (int i = 0; i < 2; i++) {
      SERVER.post(
          "/api/v1/entitlements/video_reviews/consume",
          "user_busy",
          "{\"idempotencyKey\":\"k" + i + "\"}");
    }
    SERVER.settle();
    List<Mail> near = SERVICE.received().stream()
        .filter(mail -> mail.template() == MailTemplate.LIMIT_NEAR)
        .toList();
    assertThat(near).isNotEmpty();
    String link = near.get(0).unsubscribe().orElseThrow().getPath();
    assertThat(link).startsWith("/mail/unsubscribe/").doesNotContain("user_busy");

    assertThat(SERVER.get(link, null).body()).contains("<form method=\"post\">");
    assertThat(SERVER.get("/api/v1/mail-preferences", "user_busy").at("/categories/limits"))
        .as("scanners follow links")
        .isEqualTo("true");
    Reply posted = SERVER.post(link, null, "List-Unsubscribe=One-Click");
    assertThat(posted.status()).isEqualTo(200);
    assertThat(SERVER.get("/api/v1/mail-preferences", "user_busy").at("/categories/limits"))
        .isEqualTo("false");
    assertThat(SERVER.post("/mail/unsubscribe/bm9uZQ", null, "").status()).isEqualTo(404);
    assertThat(SERVER
            .get("/metrics", null, "Authorization", "Bearer metrics-token")
            .body())
        .contains("billing_mails_total", "billing_mails_due", "billing_mails_unknown");
  }
}
