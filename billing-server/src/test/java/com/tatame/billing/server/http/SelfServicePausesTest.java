package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.apikey.Scope;
import com.tatame.billing.server.http.RunningServer.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pauses by users and by programs, over HTTP, where the plan lets users pause. */
final class SelfServicePausesTest {
  @TempDir
  private static Path folder = Path.of("");

  private static RunningServer server = new RunningServer();

  @BeforeAll
  static void start() throws IOException {
    server.close();
    String catalog = Files.readString(Path.of("../examples/tatame/catalog.yaml"))
        .replaceFirst("(\n  basic:\n)", "$1    selfServicePause: {maxDays: 30, timesPerYear: 1}\n");
    Path file = Files.writeString(folder.resolve("catalog.yaml"), catalog);
    server = new RunningServer(Map.of("BILLING_CATALOG", file.toString()));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void usersPauseWithinWhatThePlanAllows() {
    String path = "/api/v1/subscriptions/" + server.subscribe("user_rests", "basic");
    Instant renewal = Instant.parse(server.get(path, "user_rests").at("/currentPeriodEnd"));
    String until = renewal.plus(Duration.ofDays(20)).toString();

    assertThat(pause(path, "user_rests", "{\"behavior\":\"void\"}").at("/errors/0/field"))
        .isEqualTo("resumesAt");
    assertThat(pause(
                path,
                "user_rests",
                "{\"behavior\":\"void\",\"resumesAt\":\"" + renewal.plus(Duration.ofDays(31))
                    + "\"}")
            .at("/errors/0/field"))
        .isEqualTo("resumesAt");
    assertThat(pause(
                path,
                "user_rests",
                "{\"behavior\":\"keep_as_draft\",\"resumesAt\":\"" + until + "\"}")
            .code())
        .isEqualTo("forbidden");

    Reply paused =
        pause(path, "user_rests", "{\"behavior\":\"void\",\"resumesAt\":\"" + until + "\"}");

    assertThat(paused.status()).as(paused.body()).isEqualTo(200);
    assertThat(paused.at("/collectionPaused/by")).isEqualTo("user");
    assertThat(paused.at("/collectionPaused/startsAt")).isEqualTo(renewal.toString());
    assertThat(paused.at("/collectionPaused/resumesAt")).isEqualTo(until);
    Reply entitled = server.get("/api/v1/entitlements", "user_rests");
    assertThat(entitled.at("/tier")).isEqualTo("basic");
    assertThat(entitled.at("/source/graceUntil")).isEqualTo(renewal.toString());
    assertThat(server
            .post(path + "/quote", "user_rests", "{\"tier\":\"pro\",\"policy\":\"prorate\"}")
            .code())
        .isEqualTo("conflict");

    String back = "{\"returnUrl\":\"" + RunningServer.OUR_PAGE + "/account\"";
    assertThat(server.post("/api/v1/portal", "user_rests", back + "}").code())
        .isEqualTo("conflict");
    assertThat(server
            .post("/api/v1/portal", "user_rests", back + ",\"flow\":\"payment_method_update\"}")
            .status())
        .isEqualTo(201);

    Reply unpaused = server.post(path + "/unpause", "user_rests", null);
    assertThat(unpaused.json().path("collectionPaused").isNull()).isTrue();
    assertThat(pause(path, "user_rests", "{\"behavior\":\"void\",\"resumesAt\":\"" + until + "\"}")
            .code())
        .as("once a year")
        .isEqualTo("conflict");
  }

  @Test
  void programsPauseIsNotTheUsersToEnd() {
    String path = "/api/v1/subscriptions/" + server.subscribe("user_held", "basic");
    Reply paused = server.post(
        path + "/pause",
        null,
        "{\"behavior\":\"void\"}",
        "Authorization",
        "Bearer " + server.apiKey(Scope.ACCOUNT),
        "X-Account-Id",
        "user_held");
    assertThat(paused.at("/collectionPaused/by")).isEqualTo("administrator");

    assertThat(server.post(path + "/unpause", "user_held", null).code()).isEqualTo("forbidden");
    assertThat(server.get("/api/v1/entitlements", "user_held").at("/tier")).isEqualTo("basic");
  }

  private static Reply pause(String path, String user, String body) {
    return server.post(path + "/pause", user, body);
  }
}
