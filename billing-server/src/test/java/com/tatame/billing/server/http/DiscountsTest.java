package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.apikey.Scope;
import com.tatame.billing.server.http.RunningServer.Reply;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Discounts that administrators give, and accounts see on their subscriptions. */
final class DiscountsTest {
  private static final String PATH = "/api/v1/discounts";
  private static final String ROOT = "user_root";
  private static final RunningServer SERVER = new RunningServer();

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Test
  void aDiscountIsGivenSeenAndTakenOff() {
    String subscription = SERVER.subscribe("user_discounted", "basic");

    Reply given = give(
        "user_discounted", "\"percentOff\":12.5,\"duration\":\"repeating\",\"durationInMonths\":3");
    assertThat(given.status()).isEqualTo(201);
    assertThat(given.header("Location")).isEqualTo(PATH + "/" + given.at("/id"));
    assertThat(given.at("/status")).isEqualTo("given");
    assertThat(given.at("/subscriptionId")).isEqualTo(subscription);
    assertThat(given.at("/percentOff")).isEqualTo("12.5");
    assertThat(given.json().path("amountOff").isNull()).isTrue();
    assertThat(given.at("/givenBy")).isEqualTo(ROOT);
    Reply seen = SERVER.get("/api/v1/subscriptions/" + subscription, "user_discounted");
    assertThat(seen.at("/discount/couponId")).isEqualTo(given.at("/id"));
    assertThat(seen.at("/discount/percentOff")).isEqualTo("12.5");

    Reply removed = SERVER.send("DELETE", given.header("Location") + "?reason=over", ROOT, null);
    assertThat(removed.status()).isEqualTo(204);
    Reply record = SERVER.get(given.header("Location"), ROOT);
    assertThat(record.at("/removedBy")).isEqualTo(ROOT);
    assertThat(record.at("/removedReason")).isEqualTo("over");
    assertThat(SERVER
            .get("/api/v1/subscriptions/" + subscription, "user_discounted")
            .json()
            .path("discount")
            .isNull())
        .isTrue();
    assertThat(SERVER.send("DELETE", given.header("Location"), ROOT, null).status())
        .isEqualTo(204);
  }

  @Test
  void underOneKeyOneDiscountIsGiven() {
    SERVER.subscribe("user_key", "basic");
    String what = "\"amountOff\":{\"amount\":100,\"currency\":\"usd\"},\"duration\":\"once\"";
    Reply first = give("user_key", what + ",\"idempotencyKey\":\"ticket-7\"");

    Reply again = SERVER.post(PATH, ROOT, body("user_key", what), "Idempotency-Key", "ticket-7");

    assertThat(again.body()).isEqualTo(first.body());
    assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(first.header("Idempotent-Replayed")).isEmpty();
    assertThat(give(
                "user_key",
                "\"percentOff\":5,\"duration\":\"once\",\"idempotencyKey\":\"ticket-7\"")
            .code())
        .isEqualTo("idempotency_key_reused");
    Reply listed = SERVER.get(PATH + "?account=user_key", ROOT);
    assertThat(listed.json().path("data")).hasSize(1);
    assertThat(listed.at("/data/0/amountOff/amount")).isEqualTo("100");
  }

  @Test
  void onlyAdministratorsAndKeysWithTheScopeGive() {
    SERVER.subscribe("user_own", "basic");
    String body = body("user_own", "\"percentOff\":5,\"duration\":\"once\"");

    assertThat(SERVER.post(PATH, "user_own", body).status()).isEqualTo(403);
    assertThat(SERVER.get(PATH, "user_own").status()).isEqualTo(403);
    String key = SERVER.apiKey(Scope.GRANTS);
    Reply given = SERVER.post(PATH, null, body, "Authorization", "Bearer " + key);
    assertThat(given.status()).isEqualTo(201);
    assertThat(given.at("/givenBy")).startsWith("bk_");
    assertThat(SERVER.send("DELETE", given.header("Location"), "user_own", null).status())
        .isEqualTo(403);
  }

  @Test
  void badInputNamesTheField() {
    String once = ",\"duration\":\"once\"";
    assertThat(field("{\"percentOff\":5,\"reason\":\"why\"" + once + "}")).isEqualTo("accountId");
    assertThat(field("{\"accountId\":\"a\",\"percentOff\":5" + once + "}")).isEqualTo("reason");
    assertThat(field(body("a", "\"percentOff\":5"))).isEqualTo("duration");
    assertThat(field(body("a", "\"percentOff\":101" + once))).isEqualTo("percentOff");
    assertThat(field(body("a", "\"percentOff\":1.005" + once))).isEqualTo("percentOff");
    assertThat(field(body("a", "\"duration\":\"once\""))).isEqualTo("percentOff");
    assertThat(field(body("a", "\"amountOff\":{\"currency\":\"usd\"}" + once)))
        .isEqualTo("amountOff.amount");
    assertThat(field(body("a", "\"percentOff\":5,\"duration\":\"repeating\"")))
        .isEqualTo("durationInMonths");
    assertThat(give("user_nobody", "\"percentOff\":5" + once).code()).isEqualTo("conflict");
    assertThat(SERVER.send("DELETE", PATH + "/disc_none", ROOT, null).code())
        .isEqualTo("not_found");
  }

  private static String field(String body) {
    Reply refused = SERVER.post(PATH, ROOT, body);
    assertThat(refused.status()).isEqualTo(400);
    return refused.at("/errors/0/field");
  }

  private static Reply give(String account, String what) {
    return SERVER.post(PATH, ROOT, body(account, what));
  }

  private static String body(String account, String what) {
    return "{\"accountId\":\"" + account + "\",\"reason\":\"to make up for it\"," + what + "}";
  }
}
