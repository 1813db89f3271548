package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tatame.billing.server.http.RunningServer.Reply;
import com.tatame.billing.simulator.engine.Request;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What a user does from the price list to the end of a subscription. */
final class JourneyTest {
  private static final RunningServer SERVER = new RunningServer();

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Test
  void thePlansAreShownToEverybodyWithTheirPrices() {
    Reply reply = SERVER.get("/api/v1/plans", null);

    assertThat(reply.status()).isEqualTo(200);
    JsonNode pro = reply.json().at("/data/2");
    assertThat(pro.path("tier").asText()).isEqualTo("pro");
    assertThat(pro.path("trialDays").asInt()).isEqualTo(14);
    assertThat(pro.at("/prices/monthly/price").toString())
        .isEqualTo("{\"amount\":2499,\"currency\":\"usd\"}");
    assertThat(pro.at("/prices/monthly/priceId").asText()).startsWith("price_");
    assertThat(pro.at("/features/competition_planner/included").asBoolean()).isTrue();
    assertThat(reply.json().at("/data/0/prices")).isEmpty();
  }

  @Test
  void aCustomerIsCreatedOnceAndThenRead() {
    assertThat(SERVER.get("/api/v1/customer", "user_cust").code()).isEqualTo("not_found");

    Reply created = SERVER.post("/api/v1/customer", "user_cust", "{\"email\":\"ada@example.com\"}");
    assertThat(created.status()).isEqualTo(201);
    assertThat(created.header("Location")).isEqualTo("/api/v1/customer");
    assertThat(created.at("/accountId")).isEqualTo("user_cust");
    assertThat(created.at("/customerId")).startsWith("cus_");
    assertThat(created.at("/email")).isEqualTo("ada@example.com");
    assertThat(created.json().get("name").isNull()).isTrue();

    Reply again = SERVER.post("/api/v1/customer", "user_cust", null);
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.body()).isEqualTo(created.body());
    assertThat(SERVER.get("/api/v1/customer", "user_cust").body()).isEqualTo(created.body());
  }

  @Test
  void aPaidCheckoutIsASubscriptionThatEntitles() {
    assertThat(SERVER.get("/api/v1/entitlements", "user_buy").at("/tier")).isEqualTo("free");
    assertThat(allowed("user_buy", "technique_library")).isFalse();

    Reply opened = SERVER.post("/api/v1/checkout", "user_buy", RunningServer.checkoutOf("basic"));
    assertThat(opened.status()).isEqualTo(201);
    String sessionId = opened.at("/sessionId");
    assertThat(opened.header("Location")).isEqualTo("/api/v1/checkout/" + sessionId + "/confirm");
    Reply same = SERVER.post("/api/v1/checkout", "user_buy", RunningServer.checkoutOf("basic"));
    assertThat(same.status()).isEqualTo(200);
    assertThat(same.at("/sessionId")).isEqualTo(sessionId);

    SERVER.pay(opened.at("/url"));
    Reply confirmed = SERVER.post("/api/v1/checkout/" + sessionId + "/confirm", "user_buy", null);
    assertThat(confirmed.status()).isEqualTo(200);
    assertThat(confirmed.at("/status")).isEqualTo("paid");
    assertThat(confirmed.at("/subscription/tier")).isEqualTo("basic");
    assertThat(confirmed.at("/subscription/interval")).isEqualTo("monthly");
    assertThat(confirmed.json().get("purchase").isNull()).isTrue();
    assertThat(confirmed.at("/subscription/currentPeriodEnd"))
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");

    Reply entitlements = SERVER.get("/api/v1/entitlements", "user_buy");
    assertThat(entitlements.at("/tier")).isEqualTo("basic");
    assertThat(entitlements.at("/source/subscriptionId"))
        .isEqualTo(confirmed.at("/subscription/id"));
    assertThat(allowed("user_buy", "technique_library")).isTrue();
    Reply denied = SERVER.get("/api/v1/entitlements/competition_planner", "user_buy");
    assertThat(denied.status()).isEqualTo(200);
    assertThat(denied.at("/allowed")).isEqualTo("false");
    assertThat(denied.at("/reason")).contains("Basic");

    Reply second = SERVER.post("/api/v1/checkout", "user_buy", RunningServer.checkoutOf("pro"));
    assertThat(second.status()).isEqualTo(409);
    assertThat(second.code()).isEqualTo("subscription_exists");
    assertThat(second.at("/subscriptionId")).isEqualTo(confirmed.at("/subscription/id"));
  }

  @Test
  void whatCanNotBeSoldIsRefusedAndNotLeftOut() {
    for (String field : new String[] {"item", "promotionCode"}) {
      String body =
          RunningServer.checkoutOf("basic").replaceFirst("}$", ", \"" + field + "\": \"x\"}");
      Reply refused = SERVER.post("/api/v1/checkout", "user_code", body);
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.at("/errors/0/field")).isEqualTo(field);
    }
  }

  @Test
  void anUnpaidCheckoutIsPendingAndSaysWhenToAskAgain() {
    Reply opened = SERVER.post("/api/v1/checkout", "user_wait", RunningServer.checkoutOf("basic"));
    String path = "/api/v1/checkout/" + opened.at("/sessionId") + "/confirm";

    Reply pending = SERVER.post(path, "user_wait", null, "Idempotency-Key", "wait-1");
    assertThat(pending.status()).isEqualTo(202);
    assertThat(pending.header("Retry-After")).isEqualTo("2");
    assertThat(pending.at("/status")).isEqualTo("pending");
    assertThat(pending.json().get("subscription").isNull()).isTrue();

    SERVER.pay(opened.at("/url"));
    assertThat(SERVER.post(path, "user_wait", null, "Idempotency-Key", "wait-1").at("/status"))
        .as("a key does not keep a pending answer")
        .isEqualTo("paid");
  }

  @Test
  void aStartedTrialIsPaid() {
    Reply opened = SERVER.post("/api/v1/checkout", "user_try", RunningServer.checkoutOf("pro"));
    SERVER.pay(opened.at("/url"));

    Reply confirmed =
        SERVER.post("/api/v1/checkout/" + opened.at("/sessionId") + "/confirm", "user_try", null);

    assertThat(confirmed.at("/status")).isEqualTo("paid");
    assertThat(confirmed.at("/subscription/status")).isEqualTo("trialing");
    assertThat(confirmed.json().at("/subscription/trialEnd").isNull()).isFalse();
  }

  @Test
  void aSubscriptionIsCanceledResumedAndEnded() {
    String path = "/api/v1/subscriptions/" + SERVER.subscribe("user_end", "basic");

    Reply canceled =
        SERVER.post(path + "/cancel", "user_end", "{\"when\":\"period_end\",\"reason\":\"moved\"}");
    assertThat(canceled.status()).isEqualTo(200);
    assertThat(canceled.json().path("cancelAtPeriodEnd").asBoolean()).isTrue();
    assertThat(SERVER
            .post(path + "/resume", "user_end", null)
            .json()
            .path("cancelAtPeriodEnd")
            .asBoolean())
        .isFalse();

    Reply ended = SERVER.post(path + "/cancel", "user_end", "{\"when\":\"now\"}");
    assertThat(ended.at("/status")).isEqualTo("canceled");
    assertThat(ended.json().get("endedAt").isNull()).isFalse();
    assertThat(SERVER.post(path + "/resume", "user_end", null).code()).isEqualTo("conflict");
    assertThat(SERVER
            .get("/api/v1/subscriptions?status=canceled", "user_end")
            .json()
            .at("/data"))
        .hasSize(1);
    assertThat(SERVER.get("/stripe/subscriptions", "user_end").json().at("/data"))
        .isEmpty();
    assertThat(SERVER.get("/api/v1/entitlements", "user_end").at("/tier")).isEqualTo("free");
  }

  @Test
  void theApplicationsOwnPathsAnswerAsTheyExpect() {
    for (String path :
        new String[] {"/api/stripe/create-checkout-session", "/api/subscription/create"}) {
      Reply opened = SERVER.post(path, "user_seed", RunningServer.checkoutOf("basic"));
      assertThat(opened.status()).isIn(200, 201);
      assertThat(opened.json().fieldNames()).toIterable().containsExactly("sessionId", "url");
    }
    assertThat(SERVER
            .post(
                "/api/stripe/create-checkout-session",
                "user_seed",
                RunningServer.checkoutOf("basic")
                    .replace("{\"tier", "{\"userId\": \"user_other\", \"tier"))
            .code())
        .isEqualTo("forbidden");
    assertThat(SERVER.get("/stripe/products", "user_seed").json().at("/data")).hasSize(2);
    assertThat(SERVER.get("/api/v1/stripe/prices", "user_seed").json().at("/data"))
        .hasSize(4);
    assertThat(SERVER.get("/api/user/entitlements", "user_seed").at("/tier")).isEqualTo("free");
  }

  @Test
  void theOnlyPlanIsSoldByAnEmptyBody() throws IOException {
    try (RunningServer server = new RunningServer(Map.of(
        "BILLING_CATALOG", "../examples/mybeing/catalog.yaml",
        "BILLING_CHECKOUT_URLS", "https://example.com"))) {
      server.billing().setup().run();
      Reply opened = server.post("/api/subscription/create", "user_seed", null);

      assertThat(opened.status()).as(opened.body()).isEqualTo(201);
      JsonNode session = stripeSession(server, opened.at("/sessionId"));
      assertThat(session.path("success_url").asText())
          .startsWith("https://example.com/premium/thanks?session=");
      assertThat(session.path("cancel_url").asText()).isEqualTo("https://example.com/premium");
      assertThat(session.at("/metadata/tier").asText()).isEqualTo("premium");
      assertThat(server
              .post(
                  "/api/subscription/create",
                  "user_else",
                  "{\"cancelUrl\":\"https://bad.example/\"}")
              .at("/errors/0/field"))
          .isEqualTo("cancelUrl");
      assertThat(server.post("/api/v1/checkout", "user_else", "{}").at("/errors/0/field"))
          .as("the canonical route is as it was")
          .isEqualTo("successUrl");
    }
  }

  @Test
  void ofSeveralPlansOneMustBeNamed() {
    Reply refused = SERVER.post(
        "/api/subscription/create",
        "user_unsure",
        "{\"successUrl\":\"http://localhost:3000/\",\"cancelUrl\":\"http://localhost:3000/\"}");

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.at("/errors/0/field")).isEqualTo("tier");
  }

  private static JsonNode stripeSession(RunningServer server, String id) throws IOException {
    return new ObjectMapper()
        .readTree(server
            .stripe
            .call(Request.of("GET", "/v1/checkout/sessions/" + id, Map.of()))
            .body());
  }

  private static boolean allowed(String user, String feature) {
    return SERVER
        .get("/api/v1/entitlements/" + feature, user)
        .json()
        .path("allowed")
        .asBoolean();
  }
}
