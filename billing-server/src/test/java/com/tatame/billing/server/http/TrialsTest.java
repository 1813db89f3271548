package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.server.http.RunningServer.Reply;
import com.tatame.billing.trial.Trial;
import com.tatame.billing.trial.Trial.Status;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What callers and operators see of trials. */
final class TrialsTest {
  private static final RunningServer SERVER = new RunningServer();
  private static final String PATH = "/api/v1/repeated-trials";
  private static final String ROOT = "user_root";
  private static final Instant BEGAN = Instant.parse("2026-01-02T03:04:05Z");

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Test
  void aCheckoutTellsWhichTrialItGives() {
    Reply first = SERVER.post("/api/v1/checkout", "user_first", RunningServer.checkoutOf("pro"));
    assertThat(first.json().at("/trialDays").asInt()).isEqualTo(14);
    assertThat(first.json().at("/trialUsed").asBoolean()).isFalse();
    String subscription = SERVER.subscribe("user_second", "pro");
    SERVER.post(
        "/api/v1/subscriptions/" + subscription + "/cancel", "user_second", "{\"when\":\"now\"}");

    Reply again = SERVER.post("/api/v1/checkout", "user_second", RunningServer.checkoutOf("pro"));

    assertThat(again.status()).as(again.body()).isEqualTo(201);
    assertThat(again.json().at("/trialDays").asInt()).isZero();
    assertThat(again.json().at("/trialUsed").asBoolean()).isTrue();
    Reply without =
        SERVER.post("/api/v1/checkout", "user_third", RunningServer.checkoutOf("basic"));
    assertThat(without.json().at("/trialDays").asInt()).isZero();
    assertThat(without.json().at("/trialUsed").asBoolean()).isFalse();
  }

  @Test
  void repeatedOnesAreListedForOperators() {
    Trial trial = new Trial(
        "sub_repeated",
        "cus_repeated",
        Optional.empty(),
        Optional.of("default"),
        BEGAN,
        Status.ALERTED,
        List.of("card", "email"),
        Optional.empty(),
        Optional.of(BEGAN),
        Optional.empty());
    SERVER.store().trials().watch(trial);

    Reply open = SERVER.get(PATH + "?open=true", ROOT);
    assertThat(open.at("/data/0/subscriptionId")).isEqualTo("sub_repeated");
    assertThat(open.at("/data/0/status")).isEqualTo("alerted");
    assertThat(open.at("/data/0/evidence/1")).isEqualTo("email");
    assertThat(SERVER
            .get("/metrics", null, "Authorization", "Bearer " + RunningServer.METRICS_TOKEN)
            .body())
        .contains("billing_trials_repeated 1.0");
    assertThat(SERVER.get(PATH, "user_ada").status()).isEqualTo(403);
    assertThat(SERVER.post(PATH + "/sub_repeated/end", "user_ada", "").status()).isEqualTo(403);
    assertThat(SERVER.post(PATH + "/sub_nobodys/end", ROOT, "").status()).isEqualTo(404);
  }
}
