package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.server.http.RunningServer.Reply;
import com.tatame.billing.testkit.WebhookSigner;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Webhooks from listed addresses only. */
final class WebhookSourcesTest {
  private static final String STRIPES = "3.18.12.63";
  private static final String THIS_MACHINE = "127.0.0.0/8,::1";

  @Test
  void fromAnotherAddressNothingIsStoredUnderAnyPath() {
    try (RunningServer server = new RunningServer(Map.of("STRIPE_WEBHOOK_SOURCES", "stripe"))) {
      for (String path :
          List.of("/webhooks/stripe", "/api/stripe/webhook", "/api/webhooks/stripe")) {
        for (String claimed : List.of("", STRIPES)) {
          Reply refused = webhook(server, path, "X-Forwarded-For", claimed);

          assertThat(refused.status()).isEqualTo(403);
          assertThat(refused.code()).isEqualTo("forbidden");
        }
      }
      // What the provider itself lists may have been fetched meanwhile.
      assertThat(server.get("/api/v1/webhooks/events", "user_root").body())
          .doesNotContain("evt_source");
      assertThat(server.get("/api/v1/webhooks/events/evt_source", "user_root").status())
          .isEqualTo(404);
      assertThat(server.get("/api/v1/plans", null).status()).isEqualTo(200);
    }
  }

  @Test
  void aListedAddressIsTakenAndItsSignatureCheckedAllTheSame() {
    try (RunningServer server =
        new RunningServer(Map.of("STRIPE_WEBHOOK_SOURCES", "stripe," + THIS_MACHINE))) {
      assertThat(webhook(server, "/webhooks/stripe").status()).isEqualTo(200);
      assertThat(server.post("/webhooks/stripe", null, "{}").code()).isEqualTo("invalid_signature");
    }
  }

  @Test
  void aTrustedProxyTellsTheAddress() {
    try (RunningServer server = new RunningServer(
        Map.of("STRIPE_WEBHOOK_SOURCES", "stripe", "TRUSTED_PROXIES", THIS_MACHINE))) {
      String path = "/webhooks/stripe";

      assertThat(webhook(server, path, "X-Forwarded-For", STRIPES).status()).isEqualTo(200);
      assertThat(
              webhook(server, path, "X-Forwarded-For", STRIPES + ", 127.0.0.1").status())
          .isEqualTo(200);
      assertThat(webhook(server, path, "X-Forwarded-For", STRIPES + ", 203.0.113.7")
              .status())
          .isEqualTo(403);
      assertThat(webhook(server, path).status()).isEqualTo(403);
    }
  }

  private static Reply webhook(RunningServer server, String path, String... headers) {
    String event = """
        {"id":"evt_source","object":"event","type":"unheard.of","created":1767225600,
         "livemode":false,"api_version":"2026-07-29.dahlia",
         "data":{"object":{"id":"x_1","object":"x"}}}""";
    String[] all = new String[headers.length + 2];
    all[0] = "Stripe-Signature";
    all[1] = new WebhookSigner(RunningServer.WEBHOOK_SECRET).header(event, Instant.now());
    System.arraycopy(headers, 0, all, 2, headers.length);
    return server.post(path, null, event, all);
  }
}
