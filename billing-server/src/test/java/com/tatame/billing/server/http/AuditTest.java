package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.apikey.Scope;
import com.tatame.billing.server.http.RunningServer.Reply;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Who changed what, as administrators read it. */
final class AuditTest {
  private static final String PATH = "/api/v1/audit";
  private static final String ROOT = "user_root";
  private static final RunningServer SERVER = new RunningServer();

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Test
  void grantIsEnteredWithItsGiverAndRequest() {
    Reply given = SERVER.post("/api/v1/grants", ROOT, grant("user_one"), "X-Request-ID", "req-1");
    String location = given.header("Location");
    SERVER.send("DELETE", location, null, null, key(Scope.GRANTS));
    SERVER.send("DELETE", location, ROOT, null);

    Reply log = SERVER.get(PATH + "?account=user_one", ROOT);

    assertThat(log.json().path("data")).as("a repetition changes nothing").hasSize(2);
    assertThat(log.at("/data/1/actor")).isEqualTo("administrator:" + ROOT);
    assertThat(log.at("/data/1/action")).isEqualTo("create_grant");
    assertThat(log.at("/data/1/accountId")).isEqualTo("user_one");
    assertThat(log.at("/data/1/target")).isEqualTo(given.at("/id"));
    assertThat(log.at("/data/1/requestId")).isEqualTo("req-1");
    assertThat(log.json().at("/data/1/before").isNull()).isTrue();
    assertThat(log.at("/data/1/after/units")).isEqualTo("3");
    assertThat(log.json().at("/data/1/hash").isNull()).isTrue();
    assertThat(log.at("/data/0/actor")).startsWith("api_key:bk_");
    assertThat(log.at("/data/0/action")).isEqualTo("revoke_grant");
    assertThat(log.at("/data/0/before/revoked")).isEqualTo("false");
    assertThat(log.at("/data/0/after/revoked")).isEqualTo("true");
    assertThat(log.body()).doesNotContain("to make up for it");
  }

  @Test
  void replayIsEnteredAndItsDryRunIsNot() {
    SERVER.subscribe("user_replayed", "basic");
    SERVER.settle();
    String id = SERVER.get("/api/v1/webhooks/events?limit=1", ROOT).at("/data/0/id");
    String one = "{\"from\":\"2026-01-01T00:00:00Z\",\"to\":\"2026-01-02T00:00:00Z\"}";

    SERVER.post("/api/v1/webhooks/replay", ROOT, "{\"status\":\"dead\",\"dryRun\":true}");
    SERVER.post("/api/v1/webhooks/replay", ROOT, one);
    Reply replayed =
        SERVER.post("/api/v1/webhooks/replay/" + id, ROOT, null, "X-Request-ID", "req-replay");
    assertThat(replayed.status()).as(replayed.body()).isLessThan(300);

    Reply log = SERVER.get(PATH + "?action=replay_events", ROOT);
    assertThat(log.json().path("data")).hasSize(1);
    assertThat(log.at("/data/0/target")).isEqualTo(id);
    assertThat(log.at("/data/0/requestId")).isEqualTo("req-replay");
    assertThat(log.json().at("/data/0/accountId").isNull()).isTrue();
  }

  @Test
  void changeOfASubscriptionTellsBothSidesAndNothingPersonal() {
    String id = SERVER.subscribe("user_changes", "basic");
    SERVER.settle();
    SERVER.send("PATCH", "/api/v1/customer", "user_changes", "{\"name\":\"Ada Lovelace\"}");
    SERVER.post(
        "/api/v1/tax-ids", "user_changes", "{\"type\":\"eu_vat\",\"value\":\"DE123456789\"}");
    Reply changed = SERVER.post(
        "/api/v1/subscriptions/" + id + "/update",
        "user_changes",
        "{\"tier\":\"pro\",\"interval\":\"monthly\",\"policy\":\"prorate\"}");
    assertThat(changed.status()).as(changed.body()).isEqualTo(200);

    Reply log = SERVER.get(PATH + "?account=user_changes", ROOT);
    assertThat(log.at("/data/0/action")).isEqualTo("change_subscription");
    assertThat(log.at("/data/0/actor")).isEqualTo("user:user_changes");
    assertThat(log.at("/data/0/target")).isEqualTo(id);
    assertThat(log.at("/data/0/before/price")).isNotEqualTo(log.at("/data/0/after/price"));
    assertThat(log.at("/data/0/after/price")).startsWith("price_");
    assertThat(log.json().findValuesAsText("action"))
        .contains("create_customer", "create_checkout", "update_customer", "add_tax_id");
    assertThat(log.json().findValuesAsText("fields")).containsExactly("name");
    assertThat(log.body()).doesNotContain("Ada", "DE123456789", "@example.com");
  }

  @Test
  void logIsFilteredAndPaged() {
    String id = SERVER.post("/api/v1/grants", ROOT, grant("user_two")).at("/id");
    SERVER.post("/api/v1/grants", ROOT, grant("user_two"));
    SERVER.send("DELETE", "/api/v1/grants/" + id, ROOT, null);
    String filter = PATH + "?account=user_two&actor=administrator:" + ROOT + "&limit=1";

    assertThat(SERVER.get(filter + "&action=create_grant", ROOT).at("/hasMore")).isEqualTo("true");
    assertThat(SERVER.get(filter + "&action=other", ROOT).json().path("data")).isEmpty();
    Reply first = SERVER.get(filter, ROOT);
    Reply second = SERVER.get(filter + "&cursor=" + first.at("/nextCursor"), ROOT);
    assertThat(first.at("/data/0/action")).isEqualTo("revoke_grant");
    assertThat(second.at("/data/0/action")).isEqualTo("create_grant");
    Instant at = Instant.parse(second.at("/data/0/at"));
    assertThat(SERVER.get(filter + "&to=" + at.minusSeconds(60), ROOT).json().path("data"))
        .isEmpty();
    assertThat(SERVER.get(filter + "&from=" + at.plusSeconds(3600), ROOT).json().path("data"))
        .isEmpty();
    assertThat(SERVER
            .get(PATH + "?from=2030-01-02T00:00:00Z&to=2030-01-01T00:00:00Z", ROOT)
            .code())
        .isEqualTo("validation_failed");
    assertThat(SERVER.get(PATH + "?cursor=YWJj", ROOT).code()).isEqualTo("validation_failed");
  }

  @Test
  void keyWithTheScopeReadsIt() {
    assertThat(SERVER.get(PATH, null, key(Scope.AUDIT_READ)).status()).isEqualTo(200);
    assertThat(SERVER.get(PATH, null, key(Scope.GRANTS)).status()).isEqualTo(403);
    assertThat(SERVER.get(PATH, "user_ada").status()).isEqualTo(403);
  }

  private static String[] key(Scope scope) {
    return new String[] {"Authorization", "Bearer " + SERVER.apiKey(scope)};
  }

  private static String grant(String account) {
    return "{\"accountId\":\"" + account
        + "\",\"reason\":\"to make up for it\",\"feature\":\"video_reviews\",\"units\":3}";
  }
}
