package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.sandbox.ApiClient.Reply;
import com.tatame.billing.sandbox.SandboxConfig.Store;
import com.tatame.billing.testkit.supabase.LocalSupabase;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The sandbox is stopped and killed, and goes on where it was. */
final class RestartTest {
  private static final Pattern READY = Pattern.compile("^ready (http://localhost:\\d+)$");
  private static final String ALICE = "user_alice";

  private final Path directory = Worlds.temporaryDirectory();

  @AfterEach
  void reset() {
    Worlds.delete(directory);
  }

  @ParameterizedTest
  @EnumSource
  void whatWasSoldBeforeAStopIsKnownAfterItAndTimeGoesOn(Store store) {
    if (store == Store.SUPABASE) {
      LocalSupabase.require();
    }
    String id;
    JsonNode before;
    try (RunningSandbox sandbox = RunningSandbox.start(directory, store)) {
      Buyer alice = new Buyer(sandbox, ALICE);
      id = alice.subscribe("pro", "monthly", Buyer.PAYS);
      sandbox.advance("P15D");
      before = alice.subscription(id).json();
      assertThat(before.path("status").asText()).isEqualTo("active");
      assertThatThrownBy(() -> RunningSandbox.start(directory, store))
          .as("the data belong to the one that runs")
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("BILLING_DATA_DIR");
      assertThat(alice.subscription(id).json()).isEqualTo(before);
    }

    try (RunningSandbox sandbox = RunningSandbox.start(directory, store)) {
      Buyer alice = new Buyer(sandbox, ALICE);
      assertThat(alice.subscription(id).json()).isEqualTo(before);
      assertThat(alice
              .atProvider("/v1/subscriptions/" + id, Map.of())
              .path("status")
              .asText())
          .isEqualTo("active");
      assertThat(alice.checkout("basic", "monthly").code()).isEqualTo("subscription_exists");
      assertThat(page(sandbox.url())).contains("Pro, monthly", id, "Renews on");

      sandbox.advance("P1M");
      Reply renewed = alice.subscription(id);
      assertThat(renewed.at("/status")).isEqualTo("active");
      assertThat(renewed.at("/currentPeriodStart"))
          .isEqualTo(before.path("currentPeriodEnd").asText());
    }
  }

  @Test
  void dataOfAnOlderVersionAreRefusedWithTheFolderToDelete() {
    try (EmbeddedDatabase database = EmbeddedDatabase.start(directory.resolve("postgres"), 0)) {
      database.run("create schema billing; create table billing.flyway_schema_history ()");
    }

    assertThatThrownBy(() -> RunningSandbox.start(directory, Store.POSTGRES))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Delete " + directory);
  }

  @ParameterizedTest
  @EnumSource
  void theNextStartAfterAKillWorks(Store store) {
    if (store == Store.SUPABASE) {
      LocalSupabase.require();
    }
    Map<String, String> env = RunningSandbox.environment(directory, store);
    JsonNode customer;
    try (ChildProcess first = ChildProcess.java(Sandbox.class, env)) {
      String url = first.awaitLine(READY).group(1);
      customer = aliceAt(url).post("/api/v1/customer").json();
      RunningSandbox.post(url, "/sandbox/idle", Map.of());
      assertThat(customer.path("customerId").asText()).startsWith("cus_");
      first.kill();
    }

    try (ChildProcess second = ChildProcess.java(Sandbox.class, env)) {
      String url = second.awaitLine(READY).group(1);
      assertThat(aliceAt(url).get("/api/v1/customer").json()).isEqualTo(customer);
      assertThat(RunningSandbox.post(url, "/sandbox/clock", Map.of("advance", "P1D"))
              .has("now"))
          .isTrue();
      assertThat(linesOf(second, READY)).hasSize(1);

      second.signal("TERM");
      assertThat(second.awaitExit(Duration.ofMinutes(1))).isIn(0, 128 + 15);
      assertThat(second.output()).noneMatch(line -> line.contains("Exception"));
    }
  }

  private static List<String> linesOf(ChildProcess process, Pattern pattern) {
    return process.output().stream().filter(pattern.asPredicate()).toList();
  }

  private static ApiClient aliceAt(String url) {
    String token = RunningSandbox.post(url, "/sandbox/token", Map.of("user", ALICE))
        .path("token")
        .asText();
    return ApiClient.of(url).as(token);
  }

  private static String page(String url) {
    return ApiClient.send(
            HttpRequest.newBuilder(URI.create(url)).header("Cookie", "sandbox_user=" + ALICE))
        .body();
  }
}
