package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.server.http.Description.Operation;
import com.tatame.billing.server.http.RunningServer.Reply;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * What a route doesn't know is refused under {@code /api/v1}, since a misspelt filter would otherwise
 * give another answer; and ignored on old paths, by webhooks and in what proxies add.
 */
final class UnknownInputTest {
  private static final RunningServer SERVER = new RunningServer();
  private static final List<Operation> OPERATIONS =
      new Description(SERVER.get("/openapi.json", null).json()).operations();
  private static final Set<String> WITH_BODY = Set.of("POST", "PUT", "PATCH");

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  private static boolean canonical(Operation operation) {
    return operation.path().startsWith("/api/v1/")
        && !operation.details().path("deprecated").asBoolean();
  }

  @Test
  void anUnknownQueryParameterIsRefusedByEveryCanonicalRouteAndNoOther() {
    for (Operation operation : OPERATIONS) {
      Reply reply =
          send(operation, "?shoeSize=43", WITH_BODY.contains(operation.method()) ? "{}" : null);

      assertThat(fields(reply).contains("shoeSize"))
          .as("%s: %s", operation, reply.body())
          .isEqualTo(canonical(operation));
    }
  }

  @Test
  void anUnknownFieldIsRefusedByEveryCanonicalRouteWithABodyAndNoOther() {
    for (Operation operation : OPERATIONS) {
      if (WITH_BODY.contains(operation.method())) {
        Reply reply = send(operation, "", "{\"shoeSize\": 43}");

        assertThat(fields(reply).contains("shoeSize"))
            .as("%s: %s", operation, reply.body())
            .isEqualTo(canonical(operation));
      }
    }
  }

  @Test
  void whatWasProbablyMeantIsSaid() {
    Reply query = SERVER.get("/api/v1/subscriptions?stauts=active&limit=1", "user_ada");
    assertThat(query.status()).isEqualTo(400);
    assertThat(query.code()).isEqualTo("validation_failed");
    assertThat(query.at("/errors/0/message"))
        .isEqualTo("is not a parameter of this route; did you mean status?");

    Reply body = SERVER.post(
        "/api/v1/checkout",
        "user_ada",
        RunningServer.checkoutOf("pro").replace("\"tier\"", "\"teir\""));
    assertThat(body.at("/errors/0/field")).isEqualTo("teir");
    assertThat(body.at("/errors/0/message")).isEqualTo("is not known here; did you mean tier?");
  }

  @Test
  void aFieldWithinAFieldIsNamedByItsPath() {
    Reply reply = SERVER.post(
        "/api/v1/entitlements/video_reviews/consume",
        "user_ada",
        "{\"itemPrice\":{\"amount\":1,\"currency\":\"usd\",\"currncy\":\"usd\"}}");

    assertThat(reply.at("/errors/0/field")).isEqualTo("itemPrice.currncy");
  }

  @Test
  void whatProxiesAddIsIgnored() {
    assertThat(SERVER.get("/api/v1/plans?utm_source=mail&_=1767225600", null).status())
        .isEqualTo(200);
    try (RunningServer server =
        new RunningServer(Map.of("BILLING_IGNORED_QUERY_PARAMETERS", "fbclid"))) {
      assertThat(server.get("/api/v1/plans?fbclid=1", null).status()).isEqualTo(200);
      assertThat(server.get("/api/v1/plans?utm_source=mail", null).status()).isEqualTo(400);
    }
  }

  private static Reply send(Operation operation, String query, @Nullable String body) {
    return SERVER.send(
        operation.method(), operation.pathWith("unknown") + query, "user_root", body);
  }

  private static List<String> fields(Reply reply) {
    return reply.status() == 400 && reply.body().startsWith("{")
        ? reply.json().path("errors").findValuesAsText("field")
        : List.of();
  }
}
