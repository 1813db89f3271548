package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.drift.Drift;
import com.tatame.billing.drift.Drift.Cause;
import com.tatame.billing.projection.RowChange;
import com.tatame.billing.server.http.RunningServer.Reply;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What operators see of rows that differ from what the provider holds. */
final class DriftTest {
  private static final RunningServer SERVER = new RunningServer();
  private static final String ROOT = "user_root";
  private static final Instant FOUND = Instant.parse("2026-01-02T03:04:05Z");

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Test
  void openDifferencesAreCountedInTheStatusAndTheMetrics() {
    assertThat(openInStatus()).isZero();
    SERVER.store().drift().report(drift("drift_1", "prod_1", Cause.UNREADABLE));
    SERVER.store().drift().report(drift("drift_2", "prod_2", Cause.LINK_CONFLICT));

    assertThat(openInStatus()).isEqualTo(2);
    assertThat(SERVER
            .get("/metrics", null, "Authorization", "Bearer " + RunningServer.METRICS_TOKEN)
            .body())
        .contains("billing_drift_open 2.0");
    Reply list = SERVER.get("/api/v1/webhooks/drift?open=true", ROOT);
    assertThat(list.at("/data/0/cause")).isEqualTo("link_conflict");
    assertThat(list.at("/data/1/cause")).isEqualTo("unreadable");
    assertThat(list.at("/data/1/customerId")).isEqualTo("prod_1");

    SERVER
        .store()
        .drift()
        .repaired(List.of("drift_1"), "monitor", FOUND.plusSeconds(1), Optional.empty());

    assertThat(openInStatus()).isEqualTo(1);
    assertThat(SERVER.get("/api/v1/webhooks/drift?open=true", ROOT).json().at("/data"))
        .hasSize(1);
  }

  private static long openInStatus() {
    Reply status = SERVER.get("/api/v1/webhooks/status", ROOT);
    assertThat(status.status()).isEqualTo(200);
    return status.json().required("openDrift").asLong();
  }

  private static Drift drift(String id, String product, Cause cause) {
    return new Drift(
        id,
        product,
        new RowChange(
            "product",
            product,
            new TreeMap<>(Map.of("name", "Mallory's")),
            new TreeMap<>(Map.of("name", "Pro"))),
        cause,
        FOUND,
        Optional.empty(),
        Optional.empty());
  }
}
