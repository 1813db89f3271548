package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.server.http.Description.Operation;
import com.tatame.billing.server.http.RunningServer.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Every route of the description with every wrong caller. */
final class AccessTest {
  private static final RunningServer SERVER = new RunningServer();
  private static final List<Operation> OPERATIONS =
      new Description(SERVER.get("/openapi.json", null).json()).operations();

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Test
  void unknownCallersAreRefused() {
    List<String> proofs = List.of(
        "",
        "Bearer",
        "Bearer ",
        "Bearer nonsense",
        "Anonymous",
        "Anonymous nonsense",
        "Anonymous anon_0123456789012345678901234567890123456789012",
        "Bearer " + SERVER.billing().anonymousSessions().begin().token(),
        "Basic dXNlcjpwYXNz",
        "Bearer " + RunningServer.token("user_ada").unsigned(),
        "Bearer "
            + RunningServer.token("user_ada")
                .expiresAt(Instant.now().minus(Duration.ofHours(1)))
                .sign());
    for (Operation operation : OPERATIONS) {
      if (operation.access().equals("public")) {
        continue;
      }
      for (String proof : proofs) {
        Reply reply = SERVER.send(
            operation.method(), operation.pathWith("any"), null, null, "Authorization", proof);

        assertThat(reply.status()).as(operation + " with " + proof).isEqualTo(401);
        assertThat(reply.code()).isEqualTo("unauthenticated");
        assertThat(reply.header("WWW-Authenticate")).isEqualTo("Bearer");
      }
    }
  }

  @Test
  void visitorsDoOnlyWhatIsOpenToThem() {
    String visitor = "Anonymous " + SERVER.billing().anonymousSessions().begin().token();
    List<String> open = new ArrayList<>();
    for (Operation operation : OPERATIONS) {
      if (operation.scope().isEmpty()) {
        continue;
      }
      Reply reply = SERVER.send(
          operation.method(), operation.pathWith("any"), null, null, "Authorization", visitor);
      if (operation.anonymousToo()) {
        open.add(operation.toString());
        assertThat(reply.status()).as(operation.toString()).isNotIn(401, 403).isLessThan(500);
      } else {
        assertThat(reply.status()).as(operation.toString()).isEqualTo(403);
        assertThat(reply.code()).isEqualTo("forbidden");
      }
    }
    assertThat(open)
        .contains(
            "POST /api/v1/checkout",
            "POST /api/v1/checkout/{sessionId}/confirm",
            "GET /api/v1/purchases",
            "GET /api/v1/entitlements",
            "GET /api/v1/entitlements/{feature}")
        .allMatch(operation ->
            operation.matches(".*(checkout|purchases|entitlements|subscription/create|chat).*"));
  }

  @Test
  void onlyAdministratorsDoWhatIsTheirs() {
    assertThat(OPERATIONS.stream().filter(o -> o.access().equals("administrator")))
        .hasSizeGreaterThanOrEqualTo(4)
        .allSatisfy(operation -> {
          Reply user = SERVER.send(operation.method(), operation.pathWith("any"), "user_ada", null);
          Reply organisationAdmin = SERVER.send(
              operation.method(),
              operation.pathWith("any"),
              null,
              null,
              "Authorization",
              "Bearer "
                  + RunningServer.token("user_ada")
                      .inOrganization("org_1", "admin")
                      .sign());
          Reply administrator =
              SERVER.send(operation.method(), operation.pathWith("any"), "user_root", null);

          assertThat(user.code()).isEqualTo("forbidden");
          assertThat(organisationAdmin.code()).isEqualTo("forbidden");
          assertThat(administrator.status()).isNotIn(401, 403).isLessThan(500);
        });
  }

  @Test
  void metricsNeedTheirOwnToken() {
    assertThat(SERVER.get("/metrics", "user_root").status()).isEqualTo(401);
    Reply metrics =
        SERVER.get("/metrics", null, "Authorization", "Bearer " + RunningServer.METRICS_TOKEN);
    assertThat(metrics.status()).isEqualTo(200);
    assertThat(metrics.header("Content-Type")).startsWith("text/plain");
  }

  private static final String CHANGE = "{\"quantity\":2,\"policy\":\"prorate\"}";

  /** What would do something if it were let through, by the last part of the path. */
  private static final Map<String, String> BODIES = Map.of(
      "cancel",
      "{\"when\":\"now\"}",
      "quote",
      CHANGE,
      "update",
      CHANGE,
      "{id}",
      CHANGE,
      "pause",
      "{\"behavior\":\"void\"}");

  @Test
  void anothersObjectsAreNotFound() {
    Reply opened = SERVER.post("/api/v1/checkout", "user_owner", RunningServer.checkoutOf("basic"));
    SERVER.pay(opened.at("/url"));
    String sessionId = opened.at("/sessionId");
    Reply confirmed = SERVER.post("/api/v1/checkout/" + sessionId + "/confirm", "user_owner", null);
    String subscription = confirmed.at("/subscription/id");

    int tried = 0;
    for (Operation operation : OPERATIONS) {
      String id = operation.path().contains("{sessionId}") ? sessionId : subscription;
      if (!operation.access().equals("signed_in")) {
        continue;
      }
      if (operation.path().contains("{sessionId}") || operation.path().contains("{id}")) {
        tried++;
        Reply reply = SERVER.send(
            operation.method(),
            operation.pathWith(id),
            "user_thief",
            operation.path().equals("/api/v1/chat/history/{id}")
                ? "{\"title\":\"mine\"}"
                : BODIES.get(operation.path().replaceAll(".*/", "")));

        assertThat(reply.status()).as(operation.toString()).isEqualTo(404);
        assertThat(reply.code()).isEqualTo("not_found");
      }
    }
    assertThat(tried).isGreaterThanOrEqualTo(6);
    assertThat(SERVER.get("/api/v1/subscriptions", "user_thief").json().at("/data"))
        .isEmpty();
    assertThat(SERVER.get("/api/v1/subscriptions/" + subscription, "user_owner").at("/status"))
        .isEqualTo("active");
  }

  @Test
  void anOrganisationsAccountIsNotItsMembers() {
    String inOrganisation = "Bearer "
        + RunningServer.token("user_m").inOrganization("org_9", "member").sign();

    assertThat(SERVER
            .get("/api/v1/entitlements", null, "Authorization", inOrganisation)
            .at("/accountId"))
        .isEqualTo("org_9");
    assertThat(SERVER.get("/api/v1/customer", "user_m").status()).isEqualTo(404);
  }
}
