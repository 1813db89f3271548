package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.CatalogVersions;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.configuration.CatalogFile;
import com.tatame.billing.server.http.RunningServer.Reply;
import com.tatame.billing.testkit.SettableClock;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What a running server answers once another catalog was published. */
final class CatalogReloadTest {
  private static final Catalog FILE = CatalogFile.read(Path.of(RunningServer.CATALOG));

  private final SettableClock clock = new SettableClock(Instant.now());

  private static Catalog without(String tier) {
    List<Plan> plans = new ArrayList<>(FILE.plans());
    plans.removeIf(plan -> plan.tier().equals(tier));
    return new Catalog(
        plans, FILE.items(), FILE.defaultTier(), FILE.grace(), FILE.coupons(), FILE.policies());
  }

  private RunningServer server() {
    return new RunningServer(Map.of(), parts -> parts.wallClock(clock).workers(0));
  }

  @Test
  void plansEntitlementsAndCheckoutsGoByTheNewCatalogAtOnce() {
    try (RunningServer server = server()) {
      server.billing().products().plans();
      for (int time = 0; time < 3; time++) {
        assertThat(server.get("/api/v1/plans", null).body()).contains("\"tier\":\"pro\"");
      }
      assertThat(server.get("/api/v1/entitlements", "user_ada").status()).isEqualTo(200);

      server.billing().catalogs().publish(without("pro"));

      assertThat(server.get("/api/v1/plans", null).body())
          .contains("\"tier\":\"basic\"")
          .doesNotContain("\"tier\":\"pro\"");
      Reply refused = server.post(
          "/api/v1/checkout",
          "user_ada",
          "{\"tier\":\"pro\",\"interval\":\"monthly\",\"successUrl\":\"" + RunningServer.OUR_PAGE
              + "/paid\",\"cancelUrl\":\"" + RunningServer.OUR_PAGE + "/plans\"}");
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.body()).contains("'pro' is not a tier");
    }
  }

  @Test
  void healthAndMetricsTellWhichVersionIsInForce() {
    try (RunningServer server = server()) {
      assertThat(
              server.get("/health", null).json().at("/services/catalog/version").asLong())
          .isEqualTo(1);

      server.billing().catalogs().publish(without("pro"));

      Reply health = server.get("/health", null);
      assertThat(health.at("/services/catalog/status")).isEqualTo("ok");
      assertThat(health.json().at("/services/catalog/version").asLong()).isEqualTo(2);
      assertThat(health.json().at("/services/catalog/published").asLong()).isEqualTo(2);
      assertThat(server
              .get("/metrics", null, "Authorization", "Bearer " + RunningServer.METRICS_TOKEN)
              .body())
          .contains("billing_catalog_version{state=\"in_force\"} 2.0")
          .contains("billing_catalog_version{state=\"published\"} 2.0");
    }
  }

  @Test
  void aServerThatStartsWithAnOldFileAnswersByThePublishedCatalogFromItsFirstRequest() {
    AtomicReference<String> firstPlans = new AtomicReference<>("");
    try (RunningServer before = server()) {
      before.billing().catalogs().publish(without("pro"));

      try (RunningServer next = new RunningServer(
          Map.of(),
          parts -> parts
              .wallClock(clock)
              .workers(0)
              .store(before.store())
              .pages((config, billing) -> config.events.serverStarted(() ->
                  firstPlans.set(billing.catalog().plan("pro").isPresent() ? "old" : "new"))))) {
        assertThat(firstPlans.get()).isEqualTo("new");
        assertThat(next.get("/api/v1/plans", null).body()).doesNotContain("\"tier\":\"pro\"");
      }
    }
  }

  @Test
  void anotherServerFollowsWithinSeconds() {
    try (RunningServer first = server();
        RunningServer second = new RunningServer(
            Map.of(), parts -> parts.wallClock(clock).workers(0).store(first.store()))) {
      first.billing().catalogs().publish(without("pro"));
      assertThat(second.get("/api/v1/plans", null).body()).contains("\"tier\":\"pro\"");

      clock.advance(CatalogVersions.FOLLOW_EVERY);
      second.billing().work();

      assertThat(second.get("/api/v1/plans", null).body()).doesNotContain("\"tier\":\"pro\"");
    }
  }
}
