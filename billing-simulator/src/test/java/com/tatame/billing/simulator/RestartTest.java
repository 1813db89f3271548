package com.tatame.billing.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a state file nothing is lost, however the process ends. */
class RestartTest {
  @TempDir
  Path folder;

  private Shop open() {
    return new Shop(StripeSimulator.builder()
        .stateFile(folder.resolve("stripe.json"))
        .webhookRetries(List.of()));
  }

  @Test
  void everythingIsThereAfterARestart() throws InterruptedException {
    String id;
    String events;
    try (Receiver receiver = new Receiver()) {
      try (Shop shop = open()) {
        shop.stripe.createWebhookEndpoint(receiver.url(), Optional.of("whsec_a"), Optional.empty());
        id = shop.subscribe(
                shop.price(999, "month"),
                Shop.FAILS_AT_RENEWAL,
                "subscription_data[trial_period_days]=7")
            .get("id")
            .asText();
        shop.goTo("2026-01-08T12:00:00Z");
        shop.post("/v1/customers", List.of("email=k"), "Idempotency-Key", "k");
        assertThat(shop.stripe.idle(Duration.ofSeconds(20))).isTrue();
        events = shop.stripe.events().toString();
      }
      try (Shop shop = open()) {
        assertThat(shop.stripe.now()).hasToString("2026-01-08T12:00:00Z");
        assertThat(shop.stripe.events().toString()).isEqualTo(events);
        assertThat(shop.post("/v1/customers", List.of("email=k"), "Idempotency-Key", "k")
                .header("Idempotent-Replayed"))
            .isEqualTo("true");
        assertThat(shop.subscription(id).get("status").asText()).isEqualTo("past_due");
        int before = receiver.received().size();
        shop.goTo("2026-01-22T12:00:00Z");
        assertThat(shop.subscription(id).get("status").asText()).isEqualTo("canceled");
        assertThat(shop.stripe.idle(Duration.ofSeconds(20))).isTrue();
        assertThat(receiver.received()).hasSizeGreaterThan(before);
      }
    }
  }

  @Test
  void whatWasNotAcknowledgedIsSentAfterTheRestart() throws InterruptedException {
    try (Receiver receiver = new Receiver()) {
      try (Shop shop = open()) {
        shop.stripe.createWebhookEndpoint(receiver.url());
        receiver.answerNext(500);
        shop.customer();
        assertThat(shop.stripe.idle(Duration.ofSeconds(20))).isTrue();
      }
      assertThat(receiver.received()).hasSize(1);
      try (Shop shop = open()) {
        assertThat(shop.stripe.idle(Duration.ofSeconds(20))).isTrue();
        assertThat(receiver.types()).containsExactly("customer.created", "customer.created");
      }
    }
  }

  @Test
  void whatWasAnsweredSurvivesAKill() throws IOException, InterruptedException {
    Process process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Standalone.class.getName(),
            folder.resolve("stripe.json").toString())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
    String answered;
    try (BufferedReader out = new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String url = out.readLine();
      HttpRequest create = HttpRequest.newBuilder(URI.create(url + "/v1/customers"))
          .header("Authorization", "Bearer sk_test_a")
          .POST(HttpRequest.BodyPublishers.ofString("email=survivor"))
          .build();
      HttpResponse<String> response =
          HttpClient.newHttpClient().send(create, HttpResponse.BodyHandlers.ofString());
      answered = Shop.JSON.readTree(response.body()).get("id").asText();
    } finally {
      process.destroyForcibly().waitFor();
    }
    try (Shop shop = open()) {
      JsonNode customer = shop.ok(shop.get("/v1/customers/" + answered));
      assertThat(customer.get("email").asText()).isEqualTo("survivor");
    }
  }

  /** A simulator in a process of its own, to be killed. */
  static final class Standalone {
    private Standalone() {}

    public static void main(String[] arguments) throws InterruptedException {
      try (StripeSimulator simulator =
          StripeSimulator.builder().stateFile(Path.of(arguments[0])).start()) {
        System.out.println(simulator.url());
        Thread.currentThread().join();
      }
    }
  }
}
