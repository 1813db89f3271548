package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tatame.billing.sandbox.ApiClient.Reply;
import com.tatame.billing.testkit.WebhookSigner;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

/** What arrives at the webhook's address, from the provider and from everybody else. */
@ParameterizedClass
@EnumSource(mode = Mode.EXCLUDE, names = "ON_SUPABASE_IN_TROUBLE")
final class WebhookInputTest {
  private static final InstantSource WALL = InstantSource.system();
  private static final WebhookSigner PROVIDER = new WebhookSigner(LocalServer.WEBHOOK_SECRET);

  private final LocalServer world;
  private final ApiClient anonymous;
  private final Buyer buyer;

  WebhookInputTest(Worlds worlds) {
    world = worlds.world();
    anonymous = ApiClient.of(world);
    buyer = new Buyer(world);
  }

  @Test
  void anEventIsStoredOnceAndTakesEffectOnce() {
    String customer = payingCustomer();
    List<String> facts = world.factsOf(customer);
    assertThat(facts).filteredOn(fact -> fact.startsWith("invoice.paid|")).hasSize(1);
    ObjectNode event = invoicePaid(customer).deepCopy();
    String id = newId();
    String body = event.put("id", id).toString();

    Reply first = send(body);
    assertThat(first.status()).isEqualTo(200);
    assertThat(first.json().path("duplicate").asBoolean()).isFalse();
    Reply second = send(body);
    assertThat(second.status()).isEqualTo(200);
    assertThat(second.json().path("duplicate").asBoolean()).isTrue();

    world.settle();
    assertThat(stored(customer))
        .filteredOn(seen -> seen.path("id").asText().equals(id))
        .hasSize(1)
        .allSatisfy(seen -> assertThat(seen.path("status").asText()).isEqualTo("processed"));
    assertThat(world.factsOf(customer))
        .as("another event about the same payment is no second payment")
        .isEqualTo(facts);
  }

  @Test
  void nothingIsStoredOfWhatTheProviderDidNotSign() {
    String customer = payingCustomer();
    int before = stored(customer).size();
    String body =
        ((ObjectNode) invoicePaid(customer).deepCopy()).put("id", newId()).toString();
    Instant now = WALL.instant();

    refused(body, new WebhookSigner("whsec_of_another").header(body, now));
    refused(body, PROVIDER.header(body, now.minus(Duration.ofMinutes(6))));
    refused(body, PROVIDER.header(body, now.plus(Duration.ofMinutes(6))));
    refused(body.replace("usd", "eur"), PROVIDER.header(body, now));
    refused(body, "t=abc");
    refused(body, "");

    world.settle();
    assertThat(stored(customer)).hasSize(before);
    assertThat(send(body).status()).as("the event itself was fine").isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anEventOverTheLimitIsRefused(boolean chunked) {
    byte[] body = ("{\"id\":\"" + newId() + "\",\"x\":\"" + "x".repeat(1 << 20) + "\"}")
        .getBytes(StandardCharsets.UTF_8);

    Reply refused = anonymous.call(
        "POST",
        "/webhooks/stripe",
        chunked
            ? BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))
            : BodyPublishers.ofByteArray(body),
        "Stripe-Signature",
        PROVIDER.header(body, WALL.instant()));

    assertThat(refused.status()).isEqualTo(413);
  }

  private void refused(String body, String signature) {
    Reply refused = anonymous.post("/webhooks/stripe", body, "Stripe-Signature", signature);
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.code()).isEqualTo("invalid_signature");
  }

  private Reply send(String body) {
    return anonymous.post(
        "/webhooks/stripe", body, "Stripe-Signature", PROVIDER.header(body, WALL.instant()));
  }

  private String payingCustomer() {
    buyer.subscribe("basic", "monthly", Buyer.PAYS);
    world.settle();
    return buyer.api().get("/api/v1/customer").at("/customerId");
  }

  private JsonNode invoicePaid(String customer) {
    return world.stripe().events().stream()
        .filter(event -> event.path("type").asText().equals("invoice.paid"))
        .filter(event -> event.at("/data/object/customer").asText().equals(customer))
        .findFirst()
        .orElseThrow();
  }

  private List<JsonNode> stored(String customer) {
    JsonNode page = anonymous
        .as(world.token("user_root"))
        .get("/api/v1/webhooks/events?limit=100&lane=" + customer)
        .json();
    assertThat(page.path("hasMore").asBoolean()).isFalse();
    return page.path("data").valueStream().toList();
  }

  private static String newId() {
    return "evt_" + UUID.randomUUID().toString().replace("-", "");
  }
}
