package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.server.http.RunningServer.Reply;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What all routes have in common. */
final class ConventionsTest {
  private static final RunningServer SERVER = new RunningServer();

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Test
  void aProblemIsADocument() {
    Reply reply = SERVER.get("/api/v1/products?limit=0", "user_ada");

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.header("Content-Type")).startsWith("application/problem+json");
    assertThat(reply.json().fieldNames())
        .toIterable()
        .containsExactly("type", "title", "status", "detail", "code", "requestId", "errors");
    assertThat(reply.at("/status")).isEqualTo("400");
    assertThat(reply.code()).isEqualTo("validation_failed");
    assertThat(reply.at("/errors/0/field")).isEqualTo("limit");
    assertThat(reply.at("/requestId")).isEqualTo(reply.header("X-Request-ID"));
  }

  @Test
  void aRequestIdIsTakenOverOrMade() {
    assertThat(SERVER.get("/api/v1/plans", null, "X-Request-ID", "mine-1").header("X-Request-ID"))
        .isEqualTo("mine-1");
    assertThat(
            SERVER.get("/api/v1/plans", null, "X-Request-ID", "no good\"{}").header("X-Request-ID"))
        .matches("[0-9a-f]{32}");
    assertThat(SERVER.get("/nowhere", null, "X-Request-ID", "mine-2").at("/requestId"))
        .isEqualTo("mine-2");
  }

  @Test
  void unknownPathsAndMethodsAreProblems() {
    Reply missing = SERVER.get("/api/v1/nothing", "user_ada");
    assertThat(missing.status()).isEqualTo(404);
    assertThat(missing.code()).isEqualTo("not_found");

    Reply wrong = SERVER.send("DELETE", "/api/v1/customer", "user_ada", null);
    assertThat(wrong.status()).isEqualTo(405);
    assertThat(wrong.code()).isEqualTo("method_not_allowed");
    assertThat(wrong.header("Allow")).contains("POST").contains("GET");
    assertThat(
            SERVER.send("PUT", "/api/v1/subscriptions/sub_1", "user_ada", "{}").header("Allow"))
        .isEqualTo("GET, PATCH");
  }

  @Test
  void headAnswersAsGetWithoutABody() {
    assertThat(SERVER.send("HEAD", "/api/v1/plans", null, null).status()).isEqualTo(200);
    assertThat(SERVER.send("HEAD", "/api/v1/customer", null, null).status()).isEqualTo(401);
  }

  @Test
  void aBodyMustBeJson() {
    for (String type : List.of("text/plain", "application/x-www-form-urlencoded", "json")) {
      Reply reply = SERVER.post("/api/v1/customer", "user_ada", "{}", "Content-Type", type);
      assertThat(reply.status()).as(type).isEqualTo(415);
      assertThat(reply.code()).isEqualTo("unsupported_media_type");
    }
    assertThat(SERVER
            .post(
                "/api/v1/customer",
                "user_type",
                "{}",
                "Content-Type",
                "Application/JSON; charset=utf-8")
            .status())
        .isEqualTo(201);
  }

  @Test
  void wrongFieldsAreNamed() {
    assertThat(fieldAtFault("/api/v1/customer", "{\"email\": 7}")).isEqualTo("email");
    assertThat(fieldAtFault("/api/v1/customer", "{\"email\": \"nobody\"}")).isEqualTo("email");
    assertThat(fieldAtFault("/api/v1/customer", "{\"name\": {\"a\": 1}}")).isEqualTo("name");
    assertThat(fieldAtFault("/api/v1/customer", "{\"name\": \"a\\u0000b\"}")).isEqualTo("name");
    assertThat(fieldAtFault("/api/v1/customer", "{\"name\": \"\\ud800\"}")).isEqualTo("name");
    assertThat(fieldAtFault("/api/v1/customer", "{\"name\": \"" + "n".repeat(300) + "\"}"))
        .isEqualTo("name");
    assertThat(fieldAtFault("/api/v1/checkout", "{}")).isEqualTo("successUrl");
    assertThat(fieldAtFault("/api/v1/checkout", changed("\"monthly\"", "\"weekly\"")))
        .isEqualTo("interval");
    assertThat(fieldAtFault("/api/v1/checkout", changed("\"basic\"", "\"gold\"")))
        .isEqualTo("tier");
    assertThat(fieldAtFault("/api/v1/checkout", changed("\"tier\"", "\"quantity\": 1.5, \"tier\"")))
        .isEqualTo("quantity");
    assertThat(
            fieldAtFault("/api/v1/checkout", changed("\"tier\"", "\"quantity\": \"2\", \"tier\"")))
        .isEqualTo("quantity");
    assertThat(fieldAtFault("/api/v1/checkout", changed("\"tier\"", "\"quantity\": 0, \"tier\"")))
        .isEqualTo("quantity");
    assertThat(fieldAtFault(
            "/api/v1/checkout", changed("http://localhost:3000/paid", "https://evil.com/paid")))
        .isEqualTo("successUrl");
    assertThat(fieldAtFault("/api/v1/subscriptions/sub_1/cancel", "{\"when\":\"never\"}"))
        .isEqualTo("when");
    assertThat(fieldAtFault("/api/v1/subscriptions/sub_1/cancel", "{}")).isEqualTo("when");
  }

  @Test
  void hostileBodiesAreRefusedWithoutAnInternalError() {
    String deep = "{\"email\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
    for (String body : List.of(
        "{", "{\"email\":", "null", "[]", "7", "\"text\"", "{} {}", "{\"email\":\"a@b\",}", deep)) {
      Reply reply = SERVER.post("/api/v1/customer", "user_hostile", body);

      assertThat(reply.status())
          .as(body.substring(0, Math.min(20, body.length())))
          .isEqualTo(400);
      assertThat(reply.code()).isEqualTo("validation_failed");
    }
    Reply notUtf8 = SERVER.send(HttpRequest.newBuilder(URI.create(SERVER.url("/api/v1/customer")))
        .header("Authorization", RunningServer.bearer("user_hostile"))
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofByteArray(
            new byte[] {'{', '"', 'e', '"', ':', '"', (byte) 0xc3, (byte) 0x28, '"', '}'}))
        .build());
    assertThat(notUtf8.status()).isEqualTo(400);
  }

  @Test
  void hostileIdsAndParametersAreRefusedWithoutAnInternalError() {
    for (String id : List.of("%00", "%0a", "a%20b", "%f0%9f%92%a9", "x".repeat(300), "%2e%2e")) {
      assertThat(SERVER.get("/api/v1/subscriptions/" + id, "user_ada").status())
          .as(id)
          .isIn(400, 404);
    }
    assertThat(SERVER.get("/api/v1/prices?product=%00", "user_ada").at("/errors/0/field"))
        .isEqualTo("product");
    assertThat(SERVER.get("/api/v1/products?active=yes", "user_ada").at("/errors/0/field"))
        .isEqualTo("active");
    assertThat(SERVER.get("/api/v1/subscriptions?status=happy", "user_ada").at("/errors/0/field"))
        .isEqualTo("status");
    assertThat(SERVER.get("/api/v1/entitlements/no_such_feature", "user_ada").code())
        .isEqualTo("not_found");
  }

  @Test
  void answersAboutAnAccountAreNotStored() {
    assertThat(SERVER.get("/api/v1/entitlements", "user_ada").header("Cache-Control"))
        .isEqualTo("no-store");
    assertThat(SERVER.get("/api/v1/customer", null).header("Cache-Control")).isEqualTo("no-store");
    assertThat(SERVER.get("/health", null).header("Cache-Control")).isEqualTo("no-store");
    assertThat(SERVER.get("/api/v1/plans", null).header("Cache-Control")).isEqualTo("no-cache");
  }

  @Test
  void answersSayWhatBrowsersMustNotDo() {
    for (String path : List.of("/api/v1/plans", "/docs", "/nowhere")) {
      Reply reply = SERVER.get(path, null);
      assertThat(reply.header("X-Content-Type-Options")).isEqualTo("nosniff");
      assertThat(reply.header("X-Frame-Options")).isEqualTo("DENY");
      assertThat(reply.header("Content-Security-Policy")).startsWith("default-src 'none'");
      assertThat(reply.header("Server")).isEmpty();
      assertThat(reply.header("Strict-Transport-Security")).isEmpty();
    }
  }

  @Test
  void aTrustedProxyTellsThatTheClientIsEncrypted() {
    try (RunningServer behindProxy =
        new RunningServer(Map.of("TRUSTED_PROXIES", "127.0.0.0/8,::1"))) {
      assertThat(behindProxy
              .get("/api/v1/plans", null, "X-Forwarded-Proto", "https")
              .header("Strict-Transport-Security"))
          .isNotEmpty();
      assertThat(behindProxy.get("/api/v1/plans", null).header("Strict-Transport-Security"))
          .isEmpty();
    }
    assertThat(SERVER
            .get("/api/v1/plans", null, "X-Forwarded-Proto", "https")
            .header("Strict-Transport-Security"))
        .isEmpty();
  }

  @Test
  void listedOriginsMayReadAnswers() {
    Reply ours = SERVER.get("/api/v1/plans", null, "Origin", RunningServer.OUR_PAGE);
    assertThat(ours.header("Access-Control-Allow-Origin")).isEqualTo(RunningServer.OUR_PAGE);
    assertThat(ours.header("Access-Control-Expose-Headers"))
        .contains("X-Request-ID", "Retry-After", "Location", "RateLimit-");
    assertThat(ours.header("Vary")).contains("Origin");
    assertThat(SERVER
            .get("/nowhere", null, "Origin", RunningServer.OUR_PAGE)
            .header("Access-Control-Allow-Origin"))
        .isEqualTo(RunningServer.OUR_PAGE);

    for (String other : List.of("https://evil.com", "null", RunningServer.OUR_PAGE + ".evil.com")) {
      assertThat(SERVER
              .get("/api/v1/plans", null, "Origin", other)
              .header("Access-Control-Allow-Origin"))
          .isEmpty();
    }
  }

  @Test
  void browsersMayAskFirst() {
    Reply preflight =
        SERVER.send("OPTIONS", "/api/v1/customer", null, null, "Origin", RunningServer.OUR_PAGE);

    assertThat(preflight.status()).isEqualTo(204);
    assertThat(preflight.header("Access-Control-Allow-Methods")).contains("GET").contains("POST");
    assertThat(preflight.header("Access-Control-Allow-Headers"))
        .contains("Authorization", "Idempotency-Key");
    assertThat(SERVER
            .send("OPTIONS", "/api/v1/customer", null, null, "Origin", "https://evil.com")
            .header("Access-Control-Allow-Methods"))
        .isEmpty();
  }

  private static String changed(String from, String to) {
    String body = RunningServer.checkoutOf("basic");
    assertThat(body).contains(from);
    return body.replace(from, to);
  }

  private static String fieldAtFault(String path, String body) {
    Reply reply = SERVER.post(path, "user_fields", body);
    assertThat(reply.status()).as(body).isEqualTo(400);
    assertThat(reply.code()).isEqualTo("validation_failed");
    assertThat(reply.at("/errors/0/message")).isNotBlank();
    return reply.at("/errors/0/field");
  }
}
