package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.tatame.billing.server.http.RunningServer.Reply;
import com.tatame.billing.testkit.WebhookSigner;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class WebhooksTest {
  private static final RunningServer SERVER = new RunningServer();

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Test
  void anEventIsTakenOnceUnderEachOfItsPaths() {
    String event = event("evt_once");

    assertThat(signed("/webhooks/stripe", event).body())
        .isEqualTo("{\"received\":true,\"duplicate\":false}");
    for (String path :
        new String[] {"/webhooks/stripe", "/api/stripe/webhook", "/api/webhooks/stripe"}) {
      assertThat(signed(path, event).body()).isEqualTo("{\"received\":true,\"duplicate\":true}");
    }
    assertThat(SERVER.get("/api/v1/webhooks/events", "user_root").json().findValuesAsText("id"))
        .contains("evt_once");
  }

  @Test
  void whatCanNotBeTrustedIsRefused() {
    String event = event("evt_forged");
    Instant now = Instant.now();
    WebhookSigner ours = new WebhookSigner(RunningServer.WEBHOOK_SECRET);

    for (String signature : new String[] {
      "",
      "nonsense",
      "t=1,v1=00",
      new WebhookSigner("whsec_other").header(event, now),
      ours.header(event + " ", now),
      ours.header(event, now.minus(Duration.ofHours(1))),
      ours.header(event, now.plus(Duration.ofHours(1)))
    }) {
      Reply reply = SERVER.post("/webhooks/stripe", null, event, "Stripe-Signature", signature);
      assertThat(reply.status()).as(signature).isEqualTo(400);
      assertThat(reply.code()).isEqualTo("invalid_signature");
    }
    assertThat(SERVER.post("/webhooks/stripe", null, event).code()).isEqualTo("invalid_signature");
    assertThat(SERVER.get("/api/v1/webhooks/events", "user_root").body())
        .doesNotContain("evt_forged");
  }

  @Test
  void whyOneIsRefusedIsLoggedWithoutItsBodyOrASecret() {
    Instant now = Instant.now();
    WebhookSigner ours = new WebhookSigner(RunningServer.WEBHOOK_SECRET);
    String event = event("evt_topsecret");
    Logger log = (Logger) LoggerFactory.getLogger("com.tatame.billing.http.RejectedWebhooks");
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    log.addAppender(lines);
    try (RunningServer server = new RunningServer()) {
      for (String signature : new String[] {
        "",
        "nonsense",
        ours.header(event, now.minus(Duration.ofHours(1))),
        ours.header(event, now.plus(Duration.ofHours(1))),
        new WebhookSigner("whsec_other").header(event, now),
        ours.header("topsecret", now)
      }) {
        String body = signature.equals(ours.header("topsecret", now)) ? "topsecret" : event;
        for (int i = 0; i < 20; i++) {
          server.post("/webhooks/stripe", null, body, "Stripe-Signature", signature);
        }
      }
    } finally {
      log.detachAppender(lines);
    }

    assertThat(lines.list.stream()
            .map(line -> line.getKeyValuePairs().stream()
                .filter(pair -> pair.key.equals("reason"))
                .findFirst()
                .orElseThrow()
                .value))
        .containsExactly(
            "missing_header",
            "malformed_header",
            "timestamp_too_old",
            "timestamp_in_future",
            "no_matching_secret",
            "unreadable_body");
    assertThat(lines.list.toString()).doesNotContain("topsecret", "whsec_", "v1=");
  }

  @Test
  void whatCouldNotBeStoredIsAskedForAgain() {
    SERVER.cutOffStore(true);
    Reply refused = signed("/webhooks/stripe", event("evt_later"));
    SERVER.cutOffStore(false);

    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.header("Retry-After")).isNotEmpty();
    assertThat(signed("/webhooks/stripe", event("evt_later")).at("/duplicate")).isEqualTo("false");
  }

  @Test
  void whileTheStoreMovesNoEventIsTakenThatIsNotStored() {
    SERVER.pauseWrites(true);
    Reply refused = signed("/webhooks/stripe", event("evt_during_move"));
    SERVER.pauseWrites(false);

    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.code()).isEqualTo("writes_paused");
    assertThat(refused.header("Retry-After")).isEqualTo("2");
    assertThat(refused.at("/detail")).isEqualTo("The store is being moved.");
    assertThat(signed("/webhooks/stripe", event("evt_during_move")).at("/duplicate"))
        .isEqualTo("false");
  }

  private static String event(String id) {
    return """
        {"id":"%s","object":"event","type":"unheard.of","created":1767225600,"livemode":false,
         "api_version":"2026-07-29.dahlia","data":{"object":{"id":"x_1","object":"x"}}}""".formatted(id);
  }

  private static Reply signed(String path, String event) {
    String signature = new WebhookSigner(RunningServer.WEBHOOK_SECRET).header(event, Instant.now());
    return SERVER.post(path, null, event, "Stripe-Signature", signature);
  }
}
