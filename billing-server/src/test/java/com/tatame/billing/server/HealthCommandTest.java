package com.tatame.billing.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.tatame.billing.testkit.InMemoryBillingStore;
import com.tatame.billing.testkit.RefusingPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class HealthCommandTest {
  @Test
  void aServerThatTakesRequestsIsReady() throws IOException {
    CommandRun run = against(200, "{\"status\":\"ok\"}");

    assertThat(run.status()).isZero();
    assertThat(run.out()).isEqualToIgnoringNewLines("ready");
  }

  @Test
  void aServerThatTakesNoneSaysWhy() throws IOException {
    CommandRun run = against(503, "{\"status\":\"store down\"}");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("not ready", "503", "store down");
  }

  @Test
  void aRedirectIsNoAnswerOfTheServer() throws IOException {
    assertThat(against(302, "").status()).isEqualTo(1);
  }

  @Test
  void aPortWhereNothingListensIsNotReady() {
    try (RefusingPort port = RefusingPort.open()) {
      CommandRun run = run(Integer.toString(port.number()));

      assertThat(run.status()).isEqualTo(1);
      assertThat(run.err()).contains("nothing listens on port " + port.number(), "PORT");
    }
  }

  @Test
  void needsNoSettingButThePort() {
    CommandRun run = run("many");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("PORT must be a number").doesNotContain("STRIPE");
  }

  private static CommandRun against(int status, String body) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/health/ready", exchange -> {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
      exchange.close();
    });
    server.start();
    try {
      return run(Integer.toString(server.getAddress().getPort()));
    } finally {
      server.stop(0);
    }
  }

  private static CommandRun run(String port) {
    return CommandRun.of(new InMemoryBillingStore(), Map.of("PORT", port), "health");
  }
}
