package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.apikey.Scope;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.server.http.RunningServer.Reply;
import com.tatame.billing.simulator.engine.Fault;
import com.tatame.billing.testkit.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class HealthTest {
  @Test
  void allIsWell() {
    try (RunningServer server = new RunningServer()) {
      Reply health = server.get("/health", null);

      assertThat(health.status()).isEqualTo(200);
      assertThat(health.at("/status")).isEqualTo("ok");
      assertThat(health.at("/services/store/status")).isEqualTo("ok");
      assertThat(health.json().at("/services/store/latencyMs").isIntegralNumber())
          .isTrue();
      assertThat(health.at("/services/store/mode")).isEqualTo("open");
      assertThat(health.json().at("/services/store/detail").isNull()).isTrue();
      assertThat(health.at("/services/identity/status")).isEqualTo("ok");
      assertThat(health.at("/services/clock/status")).isEqualTo("ok");
      assertThat(health.json().at("/services/webhooks/backlog").isIntegralNumber())
          .isTrue();
      assertThat(server.get("/health/live", null).status()).isEqualTo(200);
      assertThat(server.get("/health/ready", null).status()).isEqualTo(200);
    }
  }

  @Test
  void manyCallsOfASecondCostTheStoreOneLook() {
    AtomicInteger calls = new AtomicInteger();
    SettableClock clock = new SettableClock(Instant.now());
    try (RunningServer server = new RunningServer(
        Map.of(), parts -> parts.wallClock(clock), (port, method) -> calls.incrementAndGet())) {
      // Workers look at the store by themselves.
      server.billing().close();
      server.get("/health", null);
      int one = calls.get();
      for (int i = 0; i < 200; i++) {
        assertThat(server.get("/health", null).status()).isEqualTo(200);
        assertThat(server.get("/health/ready", null).status()).isEqualTo(200);
        assertThat(server.get("/health/live", null).status()).isEqualTo(200);
      }
      assertThat(calls.get()).isEqualTo(one);

      clock.advance(Duration.ofSeconds(1));
      server.get("/health", null);
      assertThat(calls.get()).isGreaterThan(one);
    }
  }

  @Test
  void aNodeWhoseClockIsWrongIsDegradedAndReady() {
    InstantSource slow = () -> Instant.now().minusSeconds(3);
    try (RunningServer server = new RunningServer(Map.of(), parts -> parts.nodeClock(slow))) {
      server.setStoreClock(Instant::now);
      server.billing().work();

      Reply health = server.get("/health", null);
      assertThat(health.status()).isEqualTo(200);
      assertThat(health.at("/status")).isEqualTo("degraded");
      assertThat(health.at("/services/clock/status")).isEqualTo("skewed");
      assertThat(health.json().at("/services/clock/skewMs").asLong()).isBetween(-4000L, -2000L);
      assertThat(server.get("/health/ready", null).status()).isEqualTo(200);
      assertThat(server
              .get("/metrics", null, "Authorization", "Bearer " + RunningServer.METRICS_TOKEN)
              .body())
          .containsPattern("billing_clock_skew_seconds -[23]\\.");
    }
  }

  @Test
  void eventsThatASubscriberHasNotReceivedAreCounted() {
    try (RunningServer server = new RunningServer()) {
      server.billing().events().subscribe("mailer", event -> {
        throw new IllegalStateException("refused");
      });
      server.subscribe("user_ada", "basic");

      await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
        JsonNode events = server.get("/health", null).json().at("/services/events");
        assertThat(events.path("waiting").asInt()).isEqualTo(1);
        assertThat(events.path("retrying").asInt()).isEqualTo(1);
        assertThat(events.path("blocked").asInt(-1)).isZero();
        assertThat(events.path("oldestAgeSeconds").isIntegralNumber()).isTrue();
      });
    }
  }

  @Test
  void withoutTheStoreItIsDownButAlive() {
    try (RunningServer server = new RunningServer()) {
      server.cutOffStore(true);

      Reply health = server.get("/health", null);
      assertThat(health.status()).isEqualTo(503);
      assertThat(health.at("/status")).isEqualTo("down");
      assertThat(health.at("/services/store/status")).isEqualTo("down");
      assertThat(health.json().at("/services/store/mode").isNull()).isTrue();
      assertThat(health.json().at("/services/webhooks/backlog").isNull()).isTrue();
      assertThat(health.json().at("/services/events/waiting").isNull()).isTrue();
      assertThat(server.get("/health/ready", null).status()).isEqualTo(503);
      assertThat(server.get("/health/live", null).status()).isEqualTo(200);

      Reply read = server.get("/api/v1/entitlements", "user_ada");
      assertThat(read.status()).isEqualTo(503);
      assertThat(read.code()).isEqualTo("store_unavailable");
      assertThat(read.header("Retry-After")).isEqualTo("5");
    }
  }

  @Test
  void whileTheStoreIsFrozenItIsDegradedAndReady() {
    try (RunningServer server = new RunningServer()) {
      server.pauseWrites(true);

      Reply health = server.get("/health", null);
      assertThat(health.status()).isEqualTo(200);
      assertThat(health.at("/status")).isEqualTo("degraded");
      assertThat(health.at("/services/store/status")).isEqualTo("ok");
      assertThat(health.at("/services/store/mode")).isEqualTo("frozen");
      assertThat(health.at("/services/store/detail")).contains("Reads are answered");
      assertThat(server.get("/health/ready", null).status()).isEqualTo(200);
      assertThat(server
              .get("/metrics", null, "Authorization", "Bearer " + RunningServer.METRICS_TOKEN)
              .body())
          .contains("billing_store_mode{mode=\"frozen\"} 1.0")
          .contains("billing_store_mode{mode=\"open\"} 0.0");
    }
  }

  @Test
  void whileTheDatabaseIsReadOnlyItIsDegradedAndReady() {
    try (RunningServer server = new RunningServer()) {
      server.makeStoreReadOnly(true);

      Reply health = server.get("/health", null);
      assertThat(health.status()).isEqualTo(200);
      assertThat(health.at("/status")).isEqualTo("degraded");
      assertThat(health.at("/services/store/mode")).isEqualTo("read_only");
      assertThat(health.at("/services/store/detail")).contains("Nothing can be written");
      assertThat(server.get("/health/ready", null).status()).isEqualTo(200);
      assertThat(server
              .get("/metrics", null, "Authorization", "Bearer " + RunningServer.METRICS_TOKEN)
              .body())
          .contains("billing_store_mode{mode=\"read_only\"} 1.0");
    }
  }

  @Test
  void withoutTheProviderItIsDegradedAndServesWhatItKnows() {
    try (RunningServer server = new RunningServer()) {
      server.stripe.fail(new Fault("GET /v1/products", 500, Fault.When.BEFORE), 1000);

      Reply health = server.get("/health", null);
      assertThat(health.status()).isEqualTo(200);
      assertThat(health.at("/status")).isEqualTo("degraded");
      assertThat(health.at("/services/provider/status")).isEqualTo("down");
      assertThat(server.get("/health/ready", null).status()).isEqualTo(200);
      assertThat(server.get("/api/v1/products", "user_ada").json().path("data")).hasSize(2);
    }
  }

  @Test
  void whatIsServedAsLastKnownSaysSo() {
    try (RunningServer server = new RunningServer()) {
      assertThat(server.get("/api/v1/prices", "user_ada").header("Warning")).isEmpty();
      server.stripe.fail(new Fault("GET /v1/products", 500, Fault.When.BEFORE), 1000);
      assertThatThrownBy(() -> server.billing().products().refresh())
          .isInstanceOf(ProviderUnavailable.class);

      for (String path : List.of("/api/v1/products", "/api/v1/prices", "/api/v1/plans")) {
        Reply known = server.get(path, "user_ada");
        assertThat(known.status()).isEqualTo(200);
        assertThat(known.header("Warning")).startsWith("110 - ");
      }
    }
  }

  @Test
  void withoutTheKeysOfTheIdentityProviderItIsDegradedAndJudgesNobody() {
    AtomicBoolean reachable = new AtomicBoolean();
    SettableClock clock = new SettableClock(Instant.now());
    try (RunningServer server = new RunningServer(reachable::get, clock)) {
      Reply health = server.get("/health", null);
      assertThat(health.status()).isEqualTo(200);
      assertThat(health.at("/status")).isEqualTo("degraded");
      assertThat(health.at("/services/identity/status")).isEqualTo("down");

      Reply read = server.get("/api/v1/entitlements", "user_ada");
      assertThat(read.status()).isEqualTo(503);
      assertThat(read.code()).isEqualTo("identity_unavailable");
      assertThat(read.header("Retry-After")).isEqualTo("10");
      assertThat(server.get("/api/v1/webhooks/status", "user_root").status()).isEqualTo(503);
      assertThat(server.get("/api/v1/entitlements", null).status()).isEqualTo(401);
      assertThat(server.get("/api/v1/plans", null).status()).isEqualTo(200);
      assertThat(server
              .get(
                  "/api/v1/webhooks/status",
                  null,
                  "Authorization",
                  "Bearer " + server.apiKey(Scope.WEBHOOKS_READ))
              .status())
          .isEqualTo(200);

      reachable.set(true);
      clock.advance(Duration.ofSeconds(10));
      assertThat(server.get("/api/v1/entitlements", "user_ada").status()).isEqualTo(200);
      assertThat(server.get("/health", null).at("/services/identity/status")).isEqualTo("ok");
    }
  }

  @Test
  void metricsShowRequestsByTemplateAndWhatDependsOn() {
    try (RunningServer server = new RunningServer()) {
      server.get("/api/v1/subscriptions/sub_secret", "user_ada");
      server.get("/no/such/path", null);

      String metrics = server
          .get("/metrics", null, "Authorization", "Bearer " + RunningServer.METRICS_TOKEN)
          .body();

      assertThat(metrics)
          .contains("http_server_requests_seconds_bucket{")
          .contains("route=\"/api/v1/subscriptions/{id}\"")
          .contains("route=\"unrouted\"")
          .contains("billing_webhooks_backlog")
          .contains("billing_webhooks_oldest_age_seconds")
          .contains("billing_provider_calls_seconds_count{")
          .contains("outcome=\"succeeded\"")
          .contains("jvm_memory_used_bytes")
          .doesNotContain("sub_secret")
          .doesNotContain("/no/such/path")
          .doesNotContain("user_ada");
    }
  }
}
