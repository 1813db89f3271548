package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.tatame.billing.server.http.RunningServer.Reply;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** From what happens at Stripe to what stands in a mailbox, by a real SMTP server. */
final class MailDeliveryTest {
  private final GreenMail mailboxes =
      new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));

  @BeforeEach
  void start() {
    mailboxes.start();
  }

  @AfterEach
  void stop() {
    mailboxes.stop();
  }

  private RunningServer server(int port) {
    return new RunningServer(Map.of(
        "BILLING_PUBLIC_URL", "https://billing.example.com",
        "BILLING_SECRETS_KEY", "k1:" + Base64.getEncoder().encodeToString(new byte[32]),
        "EMAIL_PROVIDER", "smtp",
        "EMAIL_FROM", "Acme <billing@example.com>",
        "BILLING_MAIL_ACCOUNT_URL", "https://app.example.com/account",
        "SMTP_HOST", "127.0.0.1",
        "SMTP_PORT", Integer.toString(port),
        "SMTP_SECURITY", "none"));
  }

  private RunningServer server() {
    return server(mailboxes.getSmtp().getPort());
  }

  private List<MimeMessage> to(String address) throws MessagingException {
    List<MimeMessage> mails = new ArrayList<>();
    for (MimeMessage mail : mailboxes.getReceivedMessages()) {
      if (mail.getRecipients(Message.RecipientType.TO)[0].toString().contains(address)) {
        mails.add(mail);
      }
    }
    return mails;
  }

  private static Map<String, Integer> listed(RunningServer server, String user, String status) {
    Map<String, Integer> templates = new TreeMap<>();
    server
        .get("/api/v1/emails?limit=100&status=" + status + "&account=" + user, "user_root")
        .json()
        .path("data")
        .forEach(mail -> templates.merge(mail.path("template").asText(), 1, Integer::sum));
    return templates;
  }

  @Test
  void aSubscriptionIsSoldAndItsMailsArriveOnce() throws MessagingException, IOException {
    try (RunningServer server = server()) {
      server.post("/api/v1/customer", "user_ada", "{\"email\":\"ada@example.org\"}");
      server.subscribe("user_ada", "basic");
      server.settle();
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> listed(server, "user_ada", "sent").containsKey("subscription_started"));
      server.settle();

      assertThat(listed(server, "user_ada", "sent"))
          .containsEntry("welcome", 1)
          .containsEntry("subscription_started", 1)
          .allSatisfy((template, count) -> assertThat(count).as(template).isEqualTo(1));
      List<MimeMessage> arrived = to("ada@example.org");
      assertThat(arrived).hasSameSizeAs(listed(server, "user_ada", "sent").keySet());
      MimeMessage first = arrived.get(0);
      assertThat(first.getFrom()[0].toString()).contains("Acme", "billing@example.com");
      assertThat(((MimeMultipart) first.getContent()).getCount()).isEqualTo(2);
    }
  }

  @Test
  void aServiceThatIsDownHoldsUpMailsAndNothingElse() throws MessagingException {
    int port = mailboxes.getSmtp().getPort();
    mailboxes.stop();
    try (RunningServer server = server(port)) {
      server.post("/api/v1/customer", "user_bob", "{\"email\":\"bob@example.org\"}");
      String subscription = server.subscribe("user_bob", "basic");
      server.settle();

      Reply entitlements = server.get("/api/v1/entitlements", "user_bob");
      assertThat(entitlements.status()).isEqualTo(200);
      assertThat(entitlements.body()).contains("basic");
      assertThat(subscription).isNotEmpty();
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> listed(server, "user_bob", "planned").containsKey("welcome"));
      assertThat(listed(server, "user_bob", "sent")).isEmpty();
      assertThat(server.get("/health", null).at("/status")).isEqualTo("ok");
    }
  }

  @Test
  void oneClickSwitchesOffThatLimitsAreNear() throws MessagingException, IOException {
    try (RunningServer server = server()) {
      server.post("/api/v1/customer", "user_eve", "{\"email\":\"eve@example.org\"}");
      server.send("PUT", "/api/v1/mail-preferences", "user_eve", "{\"locale\":\"de\"}");
      for (int i = 0; i < 2; i++) {
        server.post(
            "/api/v1/entitlements/video_reviews/consume",
            "user_eve",
            "{\"idempotencyKey\":\"k" + i + "\"}");
      }
      server.settle();
      await()
          .atMost(Duration.ofMinutes(1))
          .until(
              () -> listed(server, "user_eve", "sent").keySet(),
              Set.of("welcome", "limit_near")::equals);
      List<MimeMessage> optional = new ArrayList<>();
      for (MimeMessage mail : to("eve@example.org")) {
        if (mail.getHeader("List-Unsubscribe") != null) {
          optional.add(mail);
        }
      }
      assertThat(optional).as("what can be switched off").hasSize(1);
      MimeMessage near = optional.get(0);
      assertThat(((MimeMultipart) near.getContent()).getBodyPart(1).getContent().toString())
          .contains("lang=\"de\"");
      assertThat(near.getHeader("List-Unsubscribe-Post"))
          .containsExactly("List-Unsubscribe=One-Click");
      String link = near.getHeader("List-Unsubscribe")[0]
          .replaceAll("\\s", "")
          .replaceAll("^<|>$", "")
          .replace("https://billing.example.com", "");

      Reply done = server.send(HttpRequest.newBuilder(URI.create(server.url(link)))
          .header("Content-Type", "application/x-www-form-urlencoded")
          .POST(HttpRequest.BodyPublishers.ofString("List-Unsubscribe=One-Click"))
          .build());

      assertThat(done.status()).isEqualTo(200);
      assertThat(server.get("/api/v1/mail-preferences", "user_eve").at("/categories/limits"))
          .isEqualTo("false");
    }
  }
}
