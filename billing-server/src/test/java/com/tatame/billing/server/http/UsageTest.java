package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.apikey.Scope;
import com.tatame.billing.server.http.RunningServer.Reply;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What callers may do, and what is left of it once they have done it. */
final class UsageTest {
  private static final String REVIEWS = "/api/v1/entitlements/video_reviews";
  private static final String USAGE = "/api/v1/usage";
  private static final RunningServer SERVER = new RunningServer();

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Test
  void aCounterIsUsedUntilItsLimitIsReached() {
    Reply before = SERVER.get(REVIEWS, "user_uses");
    assertThat(before.at("/kind")).isEqualTo("counter");
    assertThat(before.at("/remaining")).isEqualTo("2");
    assertThat(before.at("/resetsAt")).endsWith("-01T00:00:00Z");

    Reply first = consume("user_uses", "{\"amount\":1,\"idempotencyKey\":\"a\"}");
    assertThat(first.status()).isEqualTo(200);
    assertThat(first.json().path("allowed").asBoolean()).isTrue();
    assertThat(first.at("/used")).isEqualTo("1");
    assertThat(first.at("/remaining")).isEqualTo("1");
    assertThat(first.json().path("charge").isNull()).isTrue();
    assertThat(first.at("/consumptionId")).startsWith("use_");
    assertThat(consume("user_uses", "{}").at("/remaining")).isEqualTo("0");

    Reply refused = consume("user_uses", "{\"amount\":1,\"idempotencyKey\":\"c\"}");
    assertThat(refused.status()).isEqualTo(402);
    assertThat(refused.code()).isEqualTo("limit_reached");
    assertThat(refused.at("/feature")).isEqualTo("video_reviews");
    assertThat(refused.at("/limit")).isEqualTo("2");
    assertThat(refused.at("/used")).isEqualTo("2");
    assertThat(refused.at("/remaining")).isEqualTo("0");
    assertThat(refused.at("/resetsAt")).isEqualTo(before.at("/resetsAt"));
    assertThat(refused.at("/upgrade")).isEqualTo("basic");

    Reply after = SERVER.get(REVIEWS, "user_uses");
    assertThat(after.json().path("allowed").asBoolean()).isFalse();
    assertThat(after.at("/reason")).contains("All 2 of video_reviews are used");
    assertThat(SERVER.get("/api/v1/entitlements", "user_uses").at("/features/video_reviews/used"))
        .isEqualTo("2");
  }

  @Test
  void limitThatIsPartlyUsedNamesTheUpgradeAsOneThatIsUsedUp() {
    Reply partly = consume("user_partly", "{\"amount\":3}");
    assertThat(partly.status()).isEqualTo(402);
    assertThat(partly.at("/remaining")).isEqualTo("2");
    assertThat(partly.at("/upgrade")).isEqualTo("basic");
    assertThat(SERVER.get(REVIEWS, "user_partly").json().path("upgrade").isNull())
        .isTrue();

    consume("user_partly", "{\"amount\":2}");
    assertThat(consume("user_partly", "{\"amount\":3}").at("/upgrade")).isEqualTo("basic");
    assertThat(SERVER.get(REVIEWS, "user_partly").at("/upgrade")).isEqualTo("basic");
  }

  @Test
  void aKeyTakesEffectOnceWhetherInTheBodyOrTheHeader() {
    Reply first = consume("user_keys", "{\"idempotencyKey\":\"k\"}");

    Reply again = SERVER.post(REVIEWS + "/consume", "user_keys", "{}", "Idempotency-Key", "k");

    assertThat(again.status()).isEqualTo(200);
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(first.header("Idempotent-Replayed")).isEmpty();
    assertThat(consume("user_keys", "{\"amount\":2,\"idempotencyKey\":\"k\"}").code())
        .isEqualTo("idempotency_key_reused");
    assertThat(SERVER
            .post(
                REVIEWS + "/consume",
                "user_keys",
                "{\"idempotencyKey\":\"k\"}",
                "Idempotency-Key",
                "other")
            .at("/errors/0/field"))
        .isEqualTo("idempotencyKey");
    assertThat(SERVER.get(REVIEWS, "user_keys").at("/used")).isEqualTo("1");
  }

  @Test
  void whatWasRefusedIsGrantedUnderTheSameKeyOnceThereIsMore() {
    consume("user_later", "{\"amount\":2,\"idempotencyKey\":\"all\"}");
    String id =
        consume("user_later", "{\"amount\":2,\"idempotencyKey\":\"all\"}").at("/consumptionId");
    assertThat(consume("user_later", "{\"idempotencyKey\":\"late\"}").status()).isEqualTo(402);

    Reply released = release("user_later", id);
    assertThat(released.status()).isEqualTo(200);
    assertThat(released.at("/remaining")).isEqualTo("2");
    assertThat(release("user_later", id).body()).isEqualTo(released.body());

    assertThat(consume("user_later", "{\"idempotencyKey\":\"late\"}").status()).isEqualTo(200);
  }

  @Test
  void unitsAreNotGivenBackByThoseWhoUsedThem() {
    for (int i = 0; i < 2; i++) {
      String id = consume("user_returns", "{}").at("/consumptionId");
      Reply refused =
          SERVER.post(REVIEWS + "/release", "user_returns", "{\"consumptionId\":\"" + id + "\"}");
      assertThat(refused.code()).isEqualTo("forbidden");
      assertThat(refused.at("/detail")).contains("API key");
    }
    assertThat(consume("user_returns", "{}").code()).isEqualTo("limit_reached");

    String visitor =
        "Anonymous " + SERVER.post("/api/v1/anonymous-sessions", null, "{}").at("/token");
    String id = SERVER
        .post(REVIEWS + "/consume", null, "{}", "Authorization", visitor)
        .at("/consumptionId");
    assertThat(SERVER
            .post(
                REVIEWS + "/release",
                null,
                "{\"consumptionId\":\"" + id + "\"}",
                "Authorization",
                visitor)
            .code())
        .isEqualTo("forbidden");
  }

  @Test
  void keysOfUsersAndOfProgramsNeverMeet() {
    String body = "{\"amount\":1,\"idempotencyKey\":\"same\"}";
    Reply backend = forUser(REVIEWS + "/consume", "user_meets", body);

    Reply user = consume("user_meets", body);

    assertThat(user.status()).isEqualTo(200);
    assertThat(user.header("Idempotent-Replayed")).isEmpty();
    assertThat(user.at("/consumptionId")).isNotEqualTo(backend.at("/consumptionId"));
    assertThat(SERVER.get(REVIEWS, "user_meets").at("/used")).isEqualTo("2");
    assertThat(consume("user_meets", body).at("/consumptionId"))
        .isEqualTo(user.at("/consumptionId"));
    assertThat(forUser(REVIEWS + "/consume", "user_meets", body).at("/consumptionId"))
        .isEqualTo(backend.at("/consumptionId"));
  }

  @Test
  void backendReadsWhatItsUserConsumed() {
    Reply consumed = consume("user_front", "{\"amount\":2}");
    String id = consumed.at("/consumptionId");
    String path = REVIEWS + "/consumptions/" + id;

    Reply read = getFor(path, "user_front");

    assertThat(read.status()).as(read.body()).isEqualTo(200);
    assertThat(read.at("/accountId")).isEqualTo("user_front");
    assertThat(read.at("/amount")).isEqualTo("2");
    assertThat(read.json().path("released").asBoolean(true)).isFalse();
    assertThat(getFor(path, "user_elsewhere").code()).isEqualTo("not_found");
    assertThat(getFor("/api/v1/entitlements/class_booking/consumptions/" + id, "user_front")
            .code())
        .isEqualTo("not_found");
    assertThat(SERVER.get(path, "user_front").code()).isEqualTo("forbidden");
    release("user_front", id);
    assertThat(getFor(path, "user_front").json().path("released").asBoolean()).isTrue();
  }

  private static Reply forUser(String path, String account, String body) {
    return SERVER.post(path, null, body, byKeyFor(account));
  }

  private static Reply getFor(String path, String account) {
    return SERVER.get(path, null, byKeyFor(account));
  }

  private static String[] byKeyFor(String account) {
    return new String[] {
      "Authorization", "Bearer " + SERVER.apiKey(Scope.ENTITLEMENTS), "X-Account-Id", account
    };
  }

  @Test
  void whatIsNotTheCallersCantBeReleased() {
    String id = consume("user_owner", "{}").at("/consumptionId");

    assertThat(release("user_thief", id).code()).isEqualTo("not_found");
    assertThat(release("/api/v1/entitlements/video_storage", "user_owner", id).code())
        .isEqualTo("not_found");
    assertThat(release("user_owner", " ").at("/errors/0/field")).isEqualTo("consumptionId");
    assertThat(SERVER.get(REVIEWS, "user_owner").at("/used")).isEqualTo("1");
  }

  @Test
  void aFlagThatIsOffRefusesAndNamesThePlanThatHasIt() {
    Reply refused =
        SERVER.post("/api/v1/entitlements/technique_library/consume", "user_flag", "{}");
    assertThat(refused.code()).isEqualTo("limit_reached");
    assertThat(refused.at("/upgrade")).isEqualTo("basic");
    assertThat(refused.json().path("resetsAt").isNull()).isTrue();

    Reply granted = SERVER.post("/api/v1/entitlements/class_booking/consume", "user_flag", "{}");
    assertThat(granted.status()).isEqualTo(200);
    assertThat(granted.json().path("consumptionId").isNull()).isTrue();
  }

  @Test
  void badInputNamesTheField() {
    assertThat(consume("user_bad", "{\"amount\":0}").at("/errors/0/field")).isEqualTo("amount");
    assertThat(consume("user_bad", "{\"amount\":1.5}").at("/errors/0/field")).isEqualTo("amount");
    assertThat(consume("user_bad", "{\"itemPrice\":{\"currency\":\"usd\"}}").at("/errors/0/field"))
        .isEqualTo("itemPrice.amount");
    assertThat(consume("user_bad", "{\"itemPrice\":{\"amount\":5,\"currency\":\"$\"}}")
            .at("/errors/0/field"))
        .isEqualTo("itemPrice.currency");
    assertThat(consume("user_bad", "{\"idempotencyKey\":\"\"}").at("/errors/0/field"))
        .isEqualTo("idempotencyKey");
    assertThat(SERVER
            .post("/api/v1/entitlements/nothing/consume", "user_bad", "{}")
            .code())
        .isEqualTo("not_found");
    assertThat(SERVER.get(REVIEWS, "user_bad").at("/used")).isEqualTo("0");
  }

  @Test
  void aVisitorHasWhatEverybodyHas() {
    String token = SERVER.post("/api/v1/anonymous-sessions", null, "{}").at("/token");

    assertThat(SERVER
            .post(REVIEWS + "/consume", null, "{}", "Authorization", "Anonymous " + token)
            .at("/remaining"))
        .isEqualTo("1");
  }

  @Test
  void whatAVisitorUsedCountsForTheAccountThatClaimsIt() {
    String token = SERVER.post("/api/v1/anonymous-sessions", null, "{}").at("/token");
    SERVER.post(REVIEWS + "/consume", null, "{}", "Authorization", "Anonymous " + token);
    SERVER.post(REVIEWS + "/consume", null, "{}", "Authorization", "Anonymous " + token);
    consume("user_claims", "{}");

    String claim = "{\"token\":\"" + token + "\"}";
    SERVER.post("/api/v1/anonymous-sessions/claim", "user_claims", claim);
    SERVER.post("/api/v1/anonymous-sessions/claim", "user_claims", claim);

    Reply after = SERVER.get(REVIEWS, "user_claims");
    assertThat(after.at("/used")).isEqualTo("3");
    assertThat(after.at("/remaining")).isEqualTo("0");
    assertThat(consume("user_claims", "{}").code()).isEqualTo("limit_reached");
  }

  @Test
  void whoMayReportsUseAlsoBeyondTheLimit() {
    String body = "{\"type\":\"video_reviews\",\"amount\":5,\"idempotencyKey\":\"r1\","
        + "\"metadata\":{\"device\":\"phone\"}}";
    assertThat(SERVER.post(USAGE, "user_told", body).code()).isEqualTo("forbidden");

    Reply reply = byKey("POST", USAGE, body, Scope.USAGE_WRITE);
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    assertThat(reply.at("/used")).isEqualTo("5");
    assertThat(reply.at("/remaining")).isEqualTo("0");
    assertThat(byKey("POST", USAGE, body, Scope.USAGE_WRITE).header("Idempotent-Replayed"))
        .isEqualTo("true");
    assertThat(consume("user_told", "{}").code()).isEqualTo("limit_reached");

    Reply summary = SERVER.get(USAGE + "/summary", "user_told");
    assertThat(summary.json().at("/data/0").toString())
        .contains("\"type\":\"video_reviews\"", "\"used\":5", "\"limit\":2", "\"remaining\":0");
    Reply windows = SERVER.get("/stripe/usage?type=video_reviews", "user_told");
    assertThat(windows.at("/data/0/amount")).isEqualTo("5");
    assertThat(windows.at("/data/0/periodStart")).endsWith("-01T00:00:00Z");
    assertThat(SERVER.get(USAGE + "?type=class_booking", "user_told").json().path("data"))
        .isEmpty();
  }

  @Test
  void anAdministratorReportsForOthersAndAKeyForWhomItActs() {
    String body = "{\"type\":\"video_reviews\",\"accountId\":\"user_watched\"}";
    assertThat(SERVER.post(USAGE, "user_watched", body).code()).isEqualTo("forbidden");
    assertThat(SERVER.post(USAGE, "user_root", body).status()).isEqualTo(200);
    assertThat(byKey("POST", USAGE, body, Scope.USAGE_WRITE).at("/errors/0/field"))
        .isEqualTo("accountId");

    assertThat(SERVER.get(REVIEWS, "user_watched").at("/used")).isEqualTo("1");
    assertThat(SERVER.get(REVIEWS, "user_root").at("/used")).isEqualTo("0");

    String gauge = "/api/v1/entitlements/video_storage";
    String level = "{\"value\":7,\"accountId\":\"user_watched\"}";
    assertThat(SERVER.send("PUT", gauge, "user_watched", level).code()).isEqualTo("forbidden");
    assertThat(SERVER.send("PUT", gauge, "user_root", level).at("/used")).isEqualTo("7");
    assertThat(SERVER.get(gauge, "user_watched").at("/used")).isEqualTo("7");
    assertThat(SERVER.get(gauge, "user_root").at("/used")).isEqualTo("0");
  }

  @Test
  void whatIsReportedWronglyNamesTheField() {
    for (String[] bad : new String[][] {
      {"{\"amount\":1}", "type"},
      {"{\"type\":\"class_booking\"}", "type"},
      {"{\"type\":\"video_reviews\",\"amount\":-1}", "amount"},
      {"{\"type\":\"video_reviews\",\"occurredAt\":\"yesterday\"}", "occurredAt"},
      {"{\"type\":\"video_reviews\",\"occurredAt\":\"2020-01-01T00:00:00Z\"}", "occurredAt"},
      {"{\"type\":\"video_reviews\",\"metadata\":{\"a\":null}}", "metadata.a"}
    }) {
      assertThat(byKey("POST", USAGE, bad[0], Scope.USAGE_WRITE).at("/errors/0/field"))
          .as(bad[0])
          .isEqualTo(bad[1]);
    }
    assertThat(byKey("POST", USAGE, "{\"type\":\"nothing\"}", Scope.USAGE_WRITE).code())
        .isEqualTo("not_found");
  }

  @Test
  void aGaugeIsSetByThoseWhoMeasureIt() {
    String gauge = "/api/v1/entitlements/video_storage";
    assertThat(SERVER.send("PUT", gauge, "user_told", "{\"value\":1}").code())
        .isEqualTo("forbidden");

    Reply set = byKey("PUT", gauge, "{\"value\":600}", Scope.USAGE_WRITE);
    assertThat(set.at("/used")).isEqualTo("600");
    assertThat(set.at("/limit")).isEqualTo("500");
    assertThat(set.at("/remaining")).isEqualTo("0");
    assertThat(set.json().path("allowed").asBoolean()).isFalse();
    assertThat(byKey("PUT", gauge, "{\"value\":490}", Scope.USAGE_WRITE).at("/remaining"))
        .isEqualTo("10");
    assertThat(byKey("PUT", gauge, "{\"value\":-1}", Scope.USAGE_WRITE).at("/errors/0/field"))
        .isEqualTo("value");
    assertThat(byKey("PUT", gauge, "{}", Scope.USAGE_WRITE).at("/errors/0/field"))
        .isEqualTo("value");
    assertThat(byKey("PUT", REVIEWS, "{\"value\":1}", Scope.USAGE_WRITE).at("/errors/0/field"))
        .isEqualTo("feature");
  }

  private static Reply byKey(String method, String path, String body, Scope scope) {
    return SERVER.send(
        method,
        path,
        null,
        body,
        "Authorization",
        "Bearer " + SERVER.apiKey(scope),
        "X-Account-Id",
        "user_told");
  }

  private static Reply consume(String user, String body) {
    return SERVER.post(REVIEWS + "/consume", user, body);
  }

  private static Reply release(String user, String consumptionId) {
    return release(REVIEWS, user, consumptionId);
  }

  /** A backend gives back what its user consumed. */
  private static Reply release(String feature, String user, String consumptionId) {
    return SERVER.post(
        feature + "/release",
        null,
        "{\"consumptionId\":\"" + consumptionId + "\"}",
        "Authorization",
        "Bearer " + SERVER.apiKey(Scope.ENTITLEMENTS),
        "X-Account-Id",
        user);
  }
}
