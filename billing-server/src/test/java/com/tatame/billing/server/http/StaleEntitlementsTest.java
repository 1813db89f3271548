package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.apikey.Scope;
import com.tatame.billing.server.http.RunningServer.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** While the database is down, what users may do is answered by what was last read. */
@Timeout(60)
final class StaleEntitlementsTest {
  private static final String ALL = "/api/v1/entitlements";
  private static final String ONE = ALL + "/video_reviews";

  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
  private final RunningServer server = new RunningServer(
      Map.of("BILLING_STALE_ENTITLEMENTS", "300"), parts -> parts.wallClock(now::get));

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void checksSayThatTheyAreStaleAndHowOld() {
    String before = server.get(ALL, "user_ada").at("/features/video_reviews/remaining");
    assertThat(server.get(ALL, "user_ada").at("/stale")).isEqualTo("false");
    assertThat(server.get(ONE, "user_ada").at("/stale")).isEqualTo("false");

    server.cutOffStore(true);
    pass(Duration.ofSeconds(90));

    Reply all = server.get(ALL, "user_ada");
    assertThat(all.status()).isEqualTo(200);
    assertThat(all.at("/stale")).isEqualTo("true");
    assertThat(all.at("/ageSeconds")).isEqualTo("90");
    assertThat(all.at("/features/video_reviews/remaining")).isEqualTo(before);
    for (String query : new String[] {"", "?explain=true"}) {
      Reply one = server.get(ONE + query, "user_ada");
      assertThat(one.status()).isEqualTo(200);
      assertThat(one.at("/stale")).isEqualTo("true");
      assertThat(one.at("/ageSeconds")).isEqualTo("90");
    }
    pass(Duration.ofSeconds(10));
    assertThat(server.get(ALL, "user_ada").at("/ageSeconds")).isEqualTo("100");
  }

  @Test
  void nothingIsUsedOrGivenMeanwhile() {
    server.get(ALL, "user_ada");
    server.cutOffStore(true);
    pass(Duration.ofSeconds(90));

    for (String path : new String[] {
      ONE + "/consume", ALL + "/premium_support/consume", "/api/v1/anonymous-sessions",
    }) {
      Reply refused = server.post(path, "user_ada", "{}");
      assertThat(refused.status()).as(path + refused.body()).isIn(503, 404);
    }
    assertThat(server.post(ONE + "/consume", "user_ada", "{}").code())
        .isEqualTo("store_unavailable");
    assertThat(server.get(ALL, "user_ada").at("/stale"))
        .as("the refused use leaves what was read before")
        .isEqualTo("true");
  }

  @Test
  void refusedGrantLeavesWhatWasReadBefore() {
    server.get(ALL, "user_ada");
    server.cutOffStore(true);

    assertThat(server
            .post(
                "/api/v1/grants",
                "user_root",
                "{\"accountId\":\"user_ada\",\"tier\":\"pro\",\"reason\":\"a test\"}")
            .code())
        .isEqualTo("store_unavailable");

    assertThat(server.get(ALL, "user_ada").at("/stale")).isEqualTo("true");
  }

  @Test
  void backendsWithAnApiKeyAreAnsweredToo() {
    String key = server.apiKey(Scope.ENTITLEMENTS);
    assertThat(asBackend(key).at("/stale")).isEqualTo("false");

    server.cutOffStore(true);
    pass(Duration.ofSeconds(90));

    assertThat(asBackend(key).at("/stale")).isEqualTo("true");
  }

  @Test
  void neitherTheUnknownNorTheTooOldIsAnswered() {
    server.get(ALL, "user_ada");
    server.cutOffStore(true);
    pass(Duration.ofSeconds(90));
    assertThat(server.get(ALL, "user_bob").code()).isEqualTo("store_unavailable");

    pass(Duration.ofMinutes(5));

    assertThat(server.get(ALL, "user_ada").code()).isEqualTo("store_unavailable");
  }

  @Test
  void answersAreFreshOnceTheDatabaseIsBack() {
    server.get(ALL, "user_ada");
    server.cutOffStore(true);
    pass(Duration.ofSeconds(90));
    server.get(ALL, "user_ada");
    assertThat(server
            .get("/metrics", null, "Authorization", "Bearer " + RunningServer.METRICS_TOKEN)
            .body())
        .contains("billing_entitlements_stale_total 1.0");

    server.cutOffStore(false);

    assertThat(server.get(ALL, "user_ada").at("/stale")).isEqualTo("false");
    assertThat(server.get(ALL, "user_ada").at("/ageSeconds")).isEqualTo("null");
  }

  private Reply asBackend(String key) {
    return server.get(ALL, null, "Authorization", "Bearer " + key, "X-Account-Id", "user_ada");
  }

  private void pass(Duration time) {
    now.updateAndGet(then -> then.plus(time));
  }
}
