package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.apikey.Scope;
import com.tatame.billing.server.http.RunningServer.Reply;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What administrators give to accounts, and accounts see of it. */
final class GrantsTest {
  private static final String PATH = "/api/v1/grants";
  private static final String ROOT = "user_root";
  private static final String REVIEWS = "/api/v1/entitlements/video_reviews";
  private static final RunningServer SERVER = new RunningServer();

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Test
  void aPlanIsGivenSeenAndTakenBack() {
    Reply given = give("user_plan", "\"tier\":\"pro\",\"expiresAt\":\"2199-01-31T00:00:00Z\"");
    assertThat(given.status()).isEqualTo(201);
    assertThat(given.header("Location")).isEqualTo(PATH + "/" + given.at("/id"));
    assertThat(given.at("/kind")).isEqualTo("tier");
    assertThat(given.at("/reason")).isEqualTo("to make up for it");
    assertThat(given.at("/givenBy")).isEqualTo(ROOT);
    assertThat(given.json().path("units").isNull()).isTrue();

    Reply has = SERVER.get("/api/v1/entitlements", "user_plan");
    assertThat(has.at("/tier")).isEqualTo("pro");
    assertThat(has.at("/grant/id")).isEqualTo(given.at("/id"));
    assertThat(has.at("/grant/expiresAt")).isEqualTo("2199-01-31T00:00:00Z");
    assertThat(has.json().path("source").isNull()).isTrue();

    Reply revoked =
        SERVER.send("DELETE", given.header("Location") + "?reason=a%20mistake", ROOT, null);
    assertThat(revoked.status()).isEqualTo(204);
    Reply record = SERVER.get(given.header("Location"), ROOT);
    assertThat(record.at("/revokedBy")).isEqualTo(ROOT);
    assertThat(record.at("/revokedReason")).isEqualTo("a mistake");
    assertThat(SERVER.get("/api/v1/entitlements", "user_plan").at("/tier")).isEqualTo("free");
  }

  @Test
  void unitsAreGivenUsedAndGivenBack() {
    Reply given = give("user_units", "\"feature\":\"video_reviews\",\"units\":3");
    assertThat(given.at("/kind")).isEqualTo("units");

    Reply before = SERVER.get(REVIEWS, "user_units");
    assertThat(before.at("/limit")).isEqualTo("2");
    assertThat(before.at("/remaining")).isEqualTo("5");
    assertThat(before.at("/grants/0/remaining")).isEqualTo("3");
    assertThat(before.json().at("/grants/0/expiresAt").isNull()).isTrue();
    Reply used = SERVER.post(REVIEWS + "/consume", "user_units", "{\"amount\":4}");
    assertThat(used.at("/used")).isEqualTo("2");
    assertThat(used.at("/remaining")).isEqualTo("1");
    assertThat(used.json().path("charge").isNull()).isTrue();
    assertThat(SERVER.get(PATH + "/" + given.at("/id"), ROOT).at("/remaining")).isEqualTo("1");
    assertThat(SERVER.get("/api/v1/usage", "user_units").at("/data/0/granted")).isEqualTo("2");
    assertThat(SERVER.get("/api/v1/usage", "user_units").at("/data/0/amount")).isEqualTo("4");
    assertThat(SERVER.post(REVIEWS + "/consume", "user_units", "{\"amount\":2}").code())
        .isEqualTo("limit_reached");

    SERVER.post(
        REVIEWS + "/release",
        null,
        "{\"consumptionId\":\"" + used.at("/consumptionId") + "\"}",
        "Authorization",
        "Bearer " + SERVER.apiKey(Scope.ENTITLEMENTS),
        "X-Account-Id",
        "user_units");
    assertThat(SERVER.get(REVIEWS, "user_units").at("/grants/0/remaining")).isEqualTo("3");
  }

  @Test
  void aFlagIsGiven() {
    assertThat(SERVER
            .get("/api/v1/entitlements/technique_library", "user_flag")
            .json()
            .path("allowed")
            .asBoolean())
        .isFalse();
    assertThat(give("user_flag", "\"feature\":\"technique_library\"").at("/kind"))
        .isEqualTo("flag");

    Reply on = SERVER.get("/api/v1/entitlements/technique_library", "user_flag");
    assertThat(on.json().path("allowed").asBoolean()).isTrue();
    assertThat(on.json().at("/grants/0/remaining").isNull()).isTrue();
  }

  @Test
  void underOneKeyOneGrantIsGiven() {
    String body = body("user_key", "\"tier\":\"pro\",\"idempotencyKey\":\"ticket-7\"");
    Reply first = SERVER.post(PATH, ROOT, body);

    Reply again = SERVER.post(
        PATH, ROOT, body("user_key", "\"tier\":\"pro\""), "Idempotency-Key", "ticket-7");

    assertThat(again.status()).isEqualTo(201);
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(give("user_key", "\"tier\":\"basic\",\"idempotencyKey\":\"ticket-7\"")
            .code())
        .isEqualTo("idempotency_key_reused");
    assertThat(SERVER.get(PATH + "?account=user_key", ROOT).json().path("data")).hasSize(1);
  }

  @Test
  void allAreListedPageByPage() {
    String first = give("user_list", "\"tier\":\"basic\"").at("/id");
    String second = give("user_list", "\"tier\":\"pro\"").at("/id");

    Reply page = SERVER.get(PATH + "?account=user_list&limit=1", ROOT);
    assertThat(page.at("/data/0/id")).isEqualTo(second);
    assertThat(SERVER
            .get(PATH + "?account=user_list&limit=1&cursor=" + page.at("/nextCursor"), ROOT)
            .at("/data/0/id"))
        .isEqualTo(first);
    assertThat(SERVER.get(PATH, ROOT).json().path("data")).isNotEmpty();
  }

  @Test
  void onlyAdministratorsAndKeysWithTheScopeGive() {
    String body = body("user_own", "\"tier\":\"pro\"");
    assertThat(SERVER.post(PATH, "user_own", body).status()).isEqualTo(403);
    assertThat(SERVER.get(PATH, "user_own").status()).isEqualTo(403);
    assertThat(SERVER
            .post(PATH, null, body, "Authorization", "Bearer " + SERVER.apiKey(Scope.REFUNDS))
            .status())
        .isEqualTo(403);
    String key = SERVER.apiKey(Scope.GRANTS);
    Reply given = SERVER.post(PATH, null, body, "Authorization", "Bearer " + key);
    assertThat(given.status()).isEqualTo(201);
    assertThat(given.at("/givenBy")).startsWith("bk_");
    assertThat(SERVER.send("DELETE", given.header("Location"), "user_own", null).status())
        .isEqualTo(403);
  }

  @Test
  void badInputNamesTheField() {
    assertThat(field("{\"tier\":\"pro\",\"reason\":\"why\"}")).isEqualTo("accountId");
    assertThat(field("{\"accountId\":\"a\",\"tier\":\"pro\"}")).isEqualTo("reason");
    assertThat(field(body("a", "\"tier\":\"gold\""))).isEqualTo("tier");
    assertThat(field(body("a", "\"tier\":\"pro\",\"feature\":\"video_reviews\"")))
        .isEqualTo("tier");
    assertThat(field("{\"accountId\":\"a\",\"reason\":\"why\"}")).isEqualTo("tier");
    assertThat(field(body("a", "\"tier\":\"pro\",\"units\":1"))).isEqualTo("units");
    assertThat(field(body("a", "\"feature\":\"video_reviews\",\"units\":0"))).isEqualTo("units");
    assertThat(field(body("a", "\"feature\":\"video_reviews\""))).isEqualTo("feature");
    assertThat(field(body("a", "\"tier\":\"pro\",\"expiresAt\":\"soon\""))).isEqualTo("expiresAt");
    assertThat(field(body("a", "\"tier\":\"pro\",\"expiresAt\":\"2001-01-01T00:00:00Z\"")))
        .isEqualTo("expiresAt");
    assertThat(SERVER.send("DELETE", PATH + "/gr_none", ROOT, null).code()).isEqualTo("not_found");
    assertThat(SERVER.get(PATH + "?account=a", ROOT).json().path("data")).isEmpty();
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
