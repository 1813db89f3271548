package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.Principal;
import com.tatame.billing.apikey.Scope;
import com.tatame.billing.server.http.Description.Operation;
import com.tatame.billing.server.http.RunningServer.Reply;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Programs that call with a key: every route of the description with every scope. */
final class ApiKeysTest {
  private static final RunningServer SERVER = new RunningServer();
  private static final List<Operation> OPERATIONS = new Description(
          SERVER.get("/openapi.json", null).json())
      .operations().stream()
          .filter(o -> Set.of("signed_in", "administrator").contains(o.access()))
          .toList();
  private static final String PATH = "/api/v1/api-keys";

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Test
  void aKeyIsMadeUsedAndRevoked() {
    Reply made = SERVER.post(
        PATH,
        "user_root",
        "{\"name\":\"reports\",\"scopes\":[\"webhooks:read\"],\"expiresAt\":\"2199-01-31T00:00:00Z\"}");
    String key = made.at("/key");
    assertThat(made.status()).isEqualTo(201);
    assertThat(made.header("Cache-Control")).isEqualTo("no-store");
    assertThat(key).startsWith(made.at("/id") + "_");

    assertThat(withKey("GET", "/api/v1/webhooks/status", key).status()).isEqualTo(200);
    Reply read = SERVER.get(made.header("Location"), "user_root");
    assertThat(read.at("/name")).isEqualTo("reports");
    assertThat(read.at("/scopes/0")).isEqualTo("webhooks:read");
    assertThat(read.at("/expiresAt")).isEqualTo("2199-01-31T00:00:00Z");
    assertThat(read.at("/lastUsedAt")).isNotEqualTo("null");
    Reply listed = SERVER.get(PATH + "?limit=1", "user_root");
    assertThat(listed.at("/data/0/id")).isEqualTo(made.at("/id"));
    assertThat(read.body() + listed.body()).doesNotContain(key.substring(20));

    Reply revoked = SERVER.send("DELETE", made.header("Location"), "user_root", null);
    assertThat(revoked.status()).isEqualTo(204);
    assertThat(revoked.body()).isEmpty();
    Reply refused = withKey("GET", "/api/v1/webhooks/status", key);
    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.at("/detail")).isEqualTo("The API key was revoked.");
    assertThat(SERVER.get(made.header("Location"), "user_root").at("/revokedAt"))
        .isNotBlank();
  }

  @Test
  void aRepeatedAnswerHoldsNoKey() {
    String body = "{\"name\":\"once\",\"scopes\":[\"account\"]}";
    Reply first = SERVER.post(PATH, "user_root", body, "Idempotency-Key", "once");
    Reply again = SERVER.post(PATH, "user_root", body, "Idempotency-Key", "once");

    assertThat(first.at("/key")).startsWith("bk_");
    assertThat(again.status()).isEqualTo(201);
    assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(again.at("/id")).isEqualTo(first.at("/id"));
    assertThat(again.json().get("key").isNull()).isTrue();
  }

  @Test
  void everyRouteTakesTheScopesThatPermitItAndNoOther() {
    assertThat(OPERATIONS).hasSizeGreaterThan(30);
    for (Scope scope : Scope.values()) {
      String key = SERVER.apiKey(scope);
      for (Operation operation : OPERATIONS) {
        Reply reply =
            withKey(operation.method(), operation.pathWith("any"), key, "X-Account-Id", "user_k");
        String what = operation + " with " + scope.code() + ": " + reply.body();

        if (opens(scope.code(), operation.scope())) {
          assertThat(reply.status()).as(what).isNotIn(401, 403).isLessThan(500);
        } else {
          assertThat(reply.code()).as(what).isEqualTo("forbidden");
          assertThat(reply.at("/detail")).contains("scope " + operation.scope());
        }
      }
    }
  }

  private static boolean opens(String scope, String needed) {
    return scope.equals("admin")
        || scope.equals(needed)
        || (scope.equals("account") && Set.of("entitlements", "chat").contains(needed));
  }

  @Test
  void whatIsNoGoodKeyOpensNothing() {
    String good = SERVER.apiKey(Scope.ADMIN);
    String revoked = SERVER.apiKey(Scope.ADMIN);
    SERVER.store().apiKeys().revoke(revoked.substring(0, 19), Instant.now(), AnAuditEntry.any());
    String expired = SERVER.apiKey(Instant.now().minus(Duration.ofDays(366)), Scope.ADMIN);
    String last = good.endsWith("A") ? "B" : "A";
    List<String> bad = List.of(
        revoked,
        expired,
        "bk_",
        good.substring(0, 19),
        good + "A",
        good.substring(0, 62) + last,
        good.substring(0, 20) + expired.substring(20));
    for (Operation operation : OPERATIONS) {
      for (String key : bad) {
        Reply reply =
            withKey(operation.method(), operation.pathWith("any"), key, "X-Account-Id", "user_k");

        assertThat(reply.status()).as(operation + " with " + key).isEqualTo(401);
        assertThat(reply.code()).isEqualTo("unauthenticated");
        assertThat(reply.body()).doesNotContain(key);
      }
    }
    assertThat(withKey("GET", PATH, good).status()).isEqualTo(200);
  }

  @Test
  void aKeySaysForWhomItActs() {
    String key = SERVER.apiKey(Scope.ACCOUNT, Scope.USAGE_WRITE);
    for (Operation operation : OPERATIONS) {
      if (operation.access().equals("signed_in")) {
        Reply reply = withKey(operation.method(), operation.pathWith("any"), key);

        assertThat(reply.status()).as(operation.toString()).isEqualTo(400);
        assertThat(reply.at("/errors/0/field")).isEqualTo("X-Account-Id");
      }
    }
    for (String account : List.of("", " ", "two words", "x".repeat(256))) {
      Reply reply = withKey("GET", "/api/v1/customer", key, "X-Account-Id", account);
      assertThat(reply.at("/errors/0/field")).as(account).isEqualTo("X-Account-Id");
    }
  }

  @Test
  void aKeyDoesForAnAccountWhatItsUserCouldAndLeavesTheUserAsItIs() {
    String key = SERVER.apiKey(Scope.ACCOUNT);
    SERVER.post("/api/v1/customer", "user_known", "{\"email\":\"known@example.com\"}");
    List<Principal> before = SERVER.store().storedUsers();

    Reply made = SERVER.post(
        "/api/v1/customer",
        null,
        "{}",
        "Authorization",
        "Bearer " + key,
        "X-Account-Id",
        "user_served");

    assertThat(made.status()).isEqualTo(201);
    assertThat(made.at("/accountId")).isEqualTo("user_served");
    assertThat(SERVER.get("/api/v1/customer", "user_served").at("/customerId"))
        .isEqualTo(made.at("/customerId"));
    assertThat(withKey("GET", "/api/v1/customer", key, "X-Account-Id", "user_known")
            .at("/email"))
        .isEqualTo("known@example.com");
    assertThat(SERVER.store().storedUsers()).isEqualTo(before);
  }

  @Test
  void aKeyMayNameTheUserInTheBodyOfAnOlderApplication() {
    String body =
        RunningServer.checkoutOf("basic").replaceFirst("\\{", "{\"userId\":\"user_old\",");

    assertThat(SERVER.post("/api/subscription/create", "user_else", body).code())
        .isEqualTo("forbidden");
    Reply opened = SERVER.post(
        "/api/subscription/create",
        null,
        body,
        "Authorization",
        "Bearer " + SERVER.apiKey(Scope.ACCOUNT),
        "X-Account-Id",
        "user_old");
    assertThat(opened.status()).as(opened.body()).isEqualTo(201);
  }

  @Test
  void aKeyThatActsForOneAccountSeesNoOther() {
    String subscription = SERVER.subscribe("user_owner", "basic");
    String key = SERVER.apiKey(Scope.ACCOUNT);
    String path = "/api/v1/subscriptions/" + subscription;

    assertThat(withKey("GET", path, key, "X-Account-Id", "user_owner").status()).isEqualTo(200);
    assertThat(withKey("GET", path, key, "X-Account-Id", "user_thief").code())
        .isEqualTo("not_found");
  }

  @Test
  void aTokenIsOfItsUserWhateverAccountItNames() {
    Reply reply = SERVER.get("/api/v1/entitlements", "user_ada", "X-Account-Id", "user_bob");

    assertThat(reply.at("/accountId")).isEqualTo("user_ada");
  }

  @Test
  void whatCanNotBeUsedIsNamed() {
    assertThat(fieldAtFault("{\"scopes\":[\"admin\"]}")).isEqualTo("name");
    assertThat(fieldAtFault("{\"name\":\" \",\"scopes\":[\"admin\"]}")).isEqualTo("name");
    assertThat(fieldAtFault("{\"name\":\"n\"}")).isEqualTo("scopes");
    assertThat(fieldAtFault("{\"name\":\"n\",\"scopes\":[]}")).isEqualTo("scopes");
    assertThat(fieldAtFault("{\"name\":\"n\",\"scopes\":[null]}")).isEqualTo("scopes");
    assertThat(fieldAtFault("{\"name\":\"n\",\"scopes\":\"admin\"}")).isEqualTo("scopes");
    for (String time : List.of(
        "",
        "soon",
        "2020-01-01T00:00:00Z",
        "2199-01-01",
        "2200-01-01T00:00:00Z",
        "+99999-01-01T00:00:00Z")) {
      assertThat(fieldAtFault(
              "{\"name\":\"n\",\"scopes\":[\"admin\"],\"expiresAt\":\"" + time + "\"}"))
          .as(time)
          .isEqualTo("expiresAt");
    }
    Reply unknown =
        SERVER.post(PATH, "user_root", "{\"name\":\"n\",\"scopes\":[\"account\",\"root\"]}");
    assertThat(unknown.at("/errors/0/field")).isEqualTo("scopes");
    assertThat(unknown.at("/errors/0/message")).contains("'root'", "webhooks:read");
  }

  @Test
  void withoutTheStoreNoKeyIsJudged() {
    String key = SERVER.apiKey(Scope.ADMIN);
    SERVER.cutOffStore(true);
    try {
      Reply reply = withKey("GET", PATH, key);
      assertThat(reply.status()).isEqualTo(503);
      assertThat(reply.header("Retry-After")).isNotEmpty();
    } finally {
      SERVER.cutOffStore(false);
    }
  }

  private static String fieldAtFault(String body) {
    Reply reply = SERVER.post(PATH, "user_root", body);
    assertThat(reply.status()).as(body).isEqualTo(400);
    return reply.at("/errors/0/field");
  }

  private static Reply withKey(String method, String path, String key, String... headers) {
    String[] all = new String[headers.length + 2];
    all[0] = "Authorization";
    all[1] = "Bearer " + key;
    System.arraycopy(headers, 0, all, 2, headers.length);
    return SERVER.send(method, path, null, null, all);
  }
}
