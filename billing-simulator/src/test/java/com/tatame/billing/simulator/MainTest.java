package com.tatame.billing.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tatame.billing.simulator.engine.Request;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class MainTest {
  @Test
  void optionsSayWhereItBeginsAndWhoIsTold() throws Exception {
    Main main = new Main();
    new CommandLine(main)
        .parseArgs(
            "--port=0",
            "--start-at=2026-01-31T00:00:00Z",
            "--webhook=http://localhost:1/first",
            "--webhook=http://localhost:1/second",
            "--webhook-secret=whsec_test");

    try (StripeSimulator simulator = main.start()) {
      assertThat(simulator.now()).isEqualTo(Instant.parse("2026-01-31T00:00:00Z"));
      JsonNode endpoints = new ObjectMapper()
          .readTree(simulator
              .call(Request.of("GET", "/v1/webhook_endpoints", Map.of()))
              .body());
      assertThat(endpoints.path("data").findValuesAsText("url"))
          .containsExactlyInAnyOrder("http://localhost:1/first", "http://localhost:1/second");
      for (JsonNode endpoint : endpoints.path("data")) {
        assertThat(simulator.secretsOf(endpoint.path("id").asText())).containsExactly("whsec_test");
      }
    }
  }

  @Test
  void unknownOptionIsRefusedWithTheUsage() {
    StringWriter err = new StringWriter();
    int exit = new CommandLine(new Main())
        .setErr(new PrintWriter(err, true))
        .execute("--webhok=http://localhost");

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString()).contains("--webhook");
  }
}
