package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.server.http.RunningServer.Reply;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Why callers may, or may not, over HTTP. */
final class ExplanationTest {
  private static final String LIBRARY = "/api/v1/entitlements/technique_library";
  private static final RunningServer SERVER = new RunningServer();

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Test
  void nothingIsExplainedUnlessThatIsAskedFor() {
    assertThat(SERVER.get(LIBRARY, "user_plain").json().path("explanation").isNull())
        .isTrue();
    assertThat(SERVER
            .get(LIBRARY + "?explain=false", "user_plain")
            .json()
            .path("explanation")
            .isNull())
        .isTrue();
    assertThat(SERVER.get(LIBRARY + "?explain=perhaps", "user_plain").at("/errors/0/field"))
        .isEqualTo("explain");
  }

  @Test
  void aRefusalIsExplainedByTheDefaultPlan() {
    Reply reply = SERVER.get(LIBRARY + "?explain=true", "user_none");

    JsonNode explanation = reply.json().path("explanation");
    assertThat(reply.json().path("allowed").asBoolean()).isFalse();
    assertThat(explanation.path("tier").asText()).isEqualTo("free");
    assertThat(explanation.path("grounds")).hasSize(1);
    assertThat(explanation.at("/grounds/0/kind").asText()).isEqualTo("default_plan");
    assertThat(explanation.at("/grounds/0/verdict").asText()).isEqualTo("decides");
    assertThat(explanation.path("counting").isNull()).isTrue();
    assertThat(explanation.path("summary").asText())
        .contains("the account user_none may not use technique_library.")
        .contains("The next plan that gives more is");
  }

  @Test
  void permissionIsExplainedByItsSubscriptionAndEvidence() {
    Reply opened = SERVER.post("/api/v1/checkout", "user_why", RunningServer.checkoutOf("basic"));
    SERVER.pay(opened.at("/url"));
    SERVER.post("/api/v1/checkout/" + opened.at("/sessionId") + "/confirm", "user_why", null);
    String subscription =
        SERVER.get("/api/v1/entitlements", "user_why").at("/source/subscriptionId");

    Reply reply = SERVER.get(LIBRARY + "?explain=true", "user_why");

    JsonNode ground = reply.json().at("/explanation/grounds/0");
    assertThat(reply.json().path("allowed").asBoolean()).isTrue();
    assertThat(ground.path("kind").asText()).isEqualTo("subscription");
    assertThat(ground.path("id").asText()).isEqualTo(subscription);
    assertThat(ground.path("tier").asText()).isEqualTo("basic");
    assertThat(ground.path("verdict").asText()).isEqualTo("decides");
    assertThat(ground.path("priceId").asText()).startsWith("price_");
    assertThat(ground.at("/evidence/asOf").asText()).endsWith("Z");
    assertThat(ground.at("/evidence/from").asText()).isIn("event", "answer");
    assertThat(reply.at("/explanation/summary")).contains("by the subscription " + subscription);
    assertThat(reply.json().at("/explanation/grounds/1/verdict").asText()).isEqualTo("outranked");
  }

  @Test
  void aPastMomentIsAnsweredByWhatWasKnownThen() {
    Instant before = Instant.now();
    SERVER.post("/api/v1/entitlements/video_reviews/consume", "user_past", "{}");
    String reviews = "/api/v1/entitlements/video_reviews?at=";

    assertThat(SERVER.get(reviews + before, "user_past").at("/used")).isEqualTo("0");
    assertThat(SERVER.get(reviews + Instant.now(), "user_past").at("/used")).isEqualTo("1");
    Reply all = SERVER.get("/api/v1/entitlements?at=" + before, "user_past");
    assertThat(all.at("/features/video_reviews/used")).isEqualTo("0");
    assertThat(all.json().path("unknown")).isEmpty();
    Reply explained = SERVER.get(reviews + before + "&explain=true", "user_past");
    assertThat(Instant.parse(explained.at("/explanation/at")))
        .isEqualTo(before.truncatedTo(ChronoUnit.SECONDS));
    assertThat(explained.json().at("/explanation/hindsight").isNull()).isTrue();
  }

  @Test
  void whatIsNotRememberedIsSaidToBeUnknown() {
    Instant old = Instant.now().minus(Duration.ofDays(91));

    Reply counted = SERVER.get("/api/v1/entitlements/video_reviews?at=" + old, "user_old");
    assertThat(counted.status()).isEqualTo(400);
    assertThat(counted.at("/errors/0/field")).isEqualTo("at");
    assertThat(counted.at("/errors/0/message")).contains("what was used before is not kept");
    assertThat(SERVER.get(LIBRARY + "?at=" + old, "user_old").status()).isEqualTo(200);
    Reply all = SERVER.get("/api/v1/entitlements?at=" + old, "user_old");
    assertThat(all.json().at("/features/technique_library/allowed").isBoolean()).isTrue();
    assertThat(all.json().at("/features/video_reviews").isMissingNode()).isTrue();
    assertThat(all.json().path("unknown").toString()).contains("\"video_reviews\"");
  }

  @Test
  void aMomentThatIsNoneOrLiesAheadIsRefused() {
    for (String at : List.of("yesterday", "2026-13-01T00:00:00Z", "2099-01-01T00:00:00Z")) {
      for (String path : List.of("/api/v1/entitlements", LIBRARY)) {
        Reply reply = SERVER.get(path + "?at=" + at, "user_bad");
        assertThat(reply.status()).as(at).isEqualTo(400);
        assertThat(reply.at("/errors/0/field")).isEqualTo("at");
      }
    }
  }

  @Test
  void whatIsCountedIsExplainedByItsWindow() {
    SERVER.post("/api/v1/entitlements/video_reviews/consume", "user_counts", "{}");

    JsonNode counting = SERVER
        .get("/api/v1/entitlements/video_reviews?explain=true", "user_counts")
        .json()
        .at("/explanation/counting");

    assertThat(counting.path("window").asText()).isEqualTo("calendar_month");
    assertThat(counting.path("zone").asText()).isEqualTo("UTC");
    assertThat(counting.path("endsAt").asText()).endsWith("-01T00:00:00Z");
    assertThat(counting.path("included").asInt()).isEqualTo(1);
  }
}
