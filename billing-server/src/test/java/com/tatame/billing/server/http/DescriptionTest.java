package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.apikey.Scope;
import com.tatame.billing.server.http.Description.Operation;
import com.tatame.billing.server.http.RunningServer.Reply;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What is described is what is done. */
final class DescriptionTest {
  private static final RunningServer SERVER = new RunningServer();
  private static final JsonNode DOCUMENT = SERVER.get("/openapi.json", null).json();
  private static final Description DESCRIPTION = new Description(DOCUMENT);

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Test
  void everyDescribedRouteAnswersWithoutAnInternalError() {
    for (Operation operation : DESCRIPTION.operations()) {
      Reply reply = SERVER.send(
          operation.method(),
          operation.pathWith("unknown"),
          "user_root",
          Set.of("POST", "PUT", "PATCH").contains(operation.method()) ? "{}" : null);

      assertThat(reply.status()).as(operation.toString()).isLessThan(500).isNotEqualTo(405);
      if (reply.status() == 404) {
        assertThat(reply.at("/detail")).as(operation.toString()).startsWith("No such");
      }
    }
  }

  @Test
  void answersAreAsDescribed() {
    String subscription = SERVER.subscribe("user_ada", "basic");
    Reply opened = SERVER.post("/api/v1/checkout", "user_bob", RunningServer.checkoutOf("pro"));

    isAsDescribed("GET", "/health", SERVER.get("/health", null));
    isAsDescribed("GET", "/health/live", SERVER.get("/health/live", null));
    isAsDescribed("GET", "/health/ready", SERVER.get("/health/ready", null));
    isAsDescribed("GET", "/api/v1/plans", SERVER.get("/api/v1/plans", null));
    isAsDescribed("GET", "/api/v1/config", SERVER.get("/api/v1/config", null));
    isAsDescribed("GET", "/api/v1/products", SERVER.get("/api/v1/products?limit=1", "user_ada"));
    isAsDescribed("GET", "/api/v1/prices", SERVER.get("/api/v1/prices?active=true", "user_ada"));
    isAsDescribed("GET", "/api/v1/customer", SERVER.get("/api/v1/customer", "user_ada"));
    isAsDescribed("GET", "/api/v1/customer", SERVER.get("/api/v1/customer", "user_none"));
    isAsDescribed("GET", "/api/v1/customer", SERVER.get("/api/v1/customer", null));
    isAsDescribed("POST", "/api/v1/customer", SERVER.post("/api/v1/customer", "user_new", "{}"));
    isAsDescribed("POST", "/api/v1/customer", SERVER.post("/api/v1/customer", "user_new", "[]"));
    isAsDescribed("POST", "/api/v1/checkout", opened);
    isAsDescribed(
        "POST",
        "/api/v1/checkout",
        SERVER.post("/api/v1/checkout", "user_ada", RunningServer.checkoutOf("pro")));
    isAsDescribed(
        "POST",
        "/api/v1/checkout/{sessionId}/confirm",
        SERVER.post("/api/v1/checkout/" + opened.at("/sessionId") + "/confirm", "user_bob", null));
    isAsDescribed("GET", "/api/v1/subscriptions", SERVER.get("/api/v1/subscriptions", "user_ada"));
    isAsDescribed(
        "GET",
        "/api/v1/subscriptions/{id}",
        SERVER.get("/api/v1/subscriptions/" + subscription, "user_ada"));
    isAsDescribed(
        "POST",
        "/api/v1/subscriptions/{id}/cancel",
        SERVER.post(
            "/api/v1/subscriptions/" + subscription + "/cancel",
            "user_ada",
            "{\"when\":\"period_end\"}"));
    isAsDescribed(
        "POST",
        "/api/v1/subscriptions/{id}/resume",
        SERVER.post("/api/v1/subscriptions/" + subscription + "/resume", "user_ada", null));
    String quote = "{\"tier\":\"pro\",\"policy\":\"prorate\"}";
    String one = "/api/v1/subscriptions/" + subscription;
    isAsDescribed(
        "POST", "/api/v1/subscriptions/{id}/quote", SERVER.post(one + "/quote", "user_ada", quote));
    isAsDescribed(
        "PATCH",
        "/api/v1/subscriptions/{id}",
        SERVER.send("PATCH", one, "user_ada", "{\"tier\":\"pro\",\"policy\":\"at_renewal\"}"));
    isAsDescribed(
        "POST",
        "/api/v1/subscriptions/{id}/update",
        SERVER.post(one + "/update", "user_ada", "{}"));
    isAsDescribed(
        "POST",
        "/api/v1/subscriptions/{id}/pause",
        SERVER.post(
            one + "/pause",
            null,
            "{\"behavior\":\"void\"}",
            "Authorization",
            "Bearer " + SERVER.apiKey(Scope.ACCOUNT),
            "X-Account-Id",
            "user_ada"));
    isAsDescribed(
        "POST",
        "/api/v1/subscriptions/{id}/unpause",
        SERVER.post(one + "/unpause", "user_ada", null));
    isAsDescribed("GET", "/api/v1/entitlements", SERVER.get("/api/v1/entitlements", "user_ada"));
    isAsDescribed(
        "GET",
        "/api/v1/entitlements/{feature}",
        SERVER.get("/api/v1/entitlements/competition_planner", "user_ada"));
    isAsDescribed(
        "GET", "/api/v1/webhooks/status", SERVER.get("/api/v1/webhooks/status", "user_root"));
    isAsDescribed(
        "GET", "/api/v1/webhooks/events", SERVER.get("/api/v1/webhooks/events", "user_root"));
    Reply key =
        SERVER.post("/api/v1/api-keys", "user_root", "{\"name\":\"n\",\"scopes\":[\"account\"]}");
    isAsDescribed("POST", "/api/v1/api-keys", key);
    isAsDescribed("GET", "/api/v1/api-keys", SERVER.get("/api/v1/api-keys", "user_root"));
    isAsDescribed("GET", "/api/v1/api-keys/{id}", SERVER.get(key.header("Location"), "user_root"));
    isAsDescribed(
        "DELETE",
        "/api/v1/api-keys/{id}",
        SERVER.send("DELETE", key.header("Location"), "user_root", null));
    isAsDescribed("POST", "/webhooks/stripe", SERVER.post("/webhooks/stripe", null, "{}"));
    isAsDescribed("GET", "/docs", SERVER.get("/docs", null));
  }

  @Test
  void everyReferenceLeadsSomewhereAndEverySchemaIsUsed() {
    Set<String> references = new TreeSet<>();
    DOCUMENT.findValuesAsText("$ref").forEach(references::add);

    assertThat(references)
        .isNotEmpty()
        .allSatisfy(reference -> assertThat(DOCUMENT.at(reference.substring(1)).isObject())
            .as(reference)
            .isTrue());
    assertThat(references).hasSameSizeAs(DOCUMENT.at("/components/schemas").properties());
  }

  @Test
  void everyOperationHasItsOwnNameAndSaysWhoMayCall() {
    List<Operation> operations = DESCRIPTION.operations();

    assertThat(operations.stream().map(o -> o.details().path("operationId").asText()))
        .doesNotHaveDuplicates();
    assertThat(operations).allSatisfy(operation -> {
      assertThat(operation.details().path("summary").asText()).isNotBlank();
      assertThat(operation.details().path("security").isEmpty())
          .isEqualTo(operation.access().equals("public"));
      assertThat(operation.details().at("/security/1/apiKey/0").asText())
          .isEqualTo(operation.scope());
      assertThat(Scope.of(operation.scope()).isPresent())
          .isEqualTo(Set.of("signed_in", "trusted", "administrator").contains(operation.access()));
    });
  }

  @Test
  void everyOperationSaysHowTheServerItselfMayRefuseIt() {
    assertThat(DESCRIPTION.operations()).allSatisfy(operation -> {
      JsonNode responses = operation.details().path("responses");
      assertThat(responses.at("/503/description").asText())
          .contains("server_busy", "store_unavailable", "writes_paused");
      assertThat(responses.at("/503/content/application~1problem+json").isObject())
          .isTrue();
      assertThat(responses.at("/500/description").asText()).contains("internal_error");
      if (operation.method().equals("POST")) {
        assertThat(responses.at("/408/description").asText()).contains("request_timeout");
        assertThat(responses.at("/413/description").asText()).contains("payload_too_large");
      }
    });
  }

  @Test
  void everyScopeIsExplained() {
    assertThat(DOCUMENT
            .at("/components/schemas/NewApiKey/properties/scopes/description")
            .asText())
        .contains(Scope.codes());
  }

  @Test
  void thePageIsMadeOfFilesOfThisServerAlone() {
    Reply page = SERVER.get("/docs", null);

    assertThat(page.header("Content-Type")).startsWith("text/html");
    assertThat(page.header("Content-Security-Policy")).contains("script-src 'self'");
    assertThat(page.body()).doesNotContain("://").doesNotContainPattern("<script[^>]*>[^<]");
    for (String file : List.of(
        "swagger-ui.css", "swagger-ui-bundle.js", "start.js", "accessible.js", "accessible.css")) {
      assertThat(page.body()).contains(file);
      assertThat(SERVER.get("/docs/files/" + file, null).status()).isEqualTo(200);
    }
    assertThat(SERVER.get("/docs/files/logback.xml", null).status()).isEqualTo(404);
    assertThat(SERVER.get("/docs/files/..%2Findex.html", null).status()).isIn(400, 404);
  }

  private static void isAsDescribed(String method, String path, Reply reply) {
    assertThat(DESCRIPTION.faults(DESCRIPTION.operation(method, path), reply))
        .as(method + " " + path + " answered " + reply.status() + " " + reply.body())
        .isEmpty();
  }
}
