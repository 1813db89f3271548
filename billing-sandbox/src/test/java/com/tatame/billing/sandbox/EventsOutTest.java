package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import com.sun.net.httpserver.HttpServer;
import com.tatame.billing.sandbox.ApiClient.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens to an account, as an endpoint receives it and as the feed has it. */
final class EventsOutTest {
  private final RunningSandbox product = RunningSandbox.shared();
  private final ApiClient administrator = ApiClient.of(product)
      .as(RunningSandbox.post(
              product.url(), "/sandbox/token", Map.of("user", "user_operator", "role", "admin"))
          .path("token")
          .asText());
  private final List<Received> received = new CopyOnWriteArrayList<>();
  private final Schema schema = SchemaRegistry.withDefaultDialect(
          SpecificationVersion.DRAFT_2020_12)
      .getSchema(Files.readString(Path.of("../docs/events.schema.json")), InputFormat.JSON);
  private final AtomicInteger refusals = new AtomicInteger();
  private final HttpServer receiver;

  private record Received(Map<String, String> headers, String body) {
    JsonNode json() {
      return Json.read(body);
    }
  }

  EventsOutTest() throws IOException {
    receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.createContext("/", exchange -> {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      Map<String, String> headers = new HashMap<>();
      exchange
          .getRequestHeaders()
          .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
      boolean refused = refusals.getAndDecrement() > 0;
      if (!refused) {
        received.add(new Received(headers, body));
      }
      exchange.sendResponseHeaders(refused ? 503 : 204, -1);
      exchange.close();
    });
    receiver.start();
  }

  @AfterEach
  void stop() {
    receiver.stop(0);
  }

  @Test
  void anEndpointReceivesWhatHappensSignedAndInOrderAndTheFeedHasTheSame()
      throws GeneralSecurityException {
    Reply created = administrator.post(
        "/api/v1/event-endpoints",
        Json.write(Map.of("url", "http://127.0.0.1:" + receiver.getAddress().getPort() + "/hook")));
    assertThat(created.status()).as(created.body()).isEqualTo(201);
    String id = created.at("/endpoint/id");
    String secret = created.at("/secret");
    refusals.set(1);

    Buyer buyer = new Buyer(product);
    buyer.subscribe("pro", "monthly", Buyer.PAYS);
    product.settle();
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> of(buyer).stream()
            .anyMatch(event -> event.path("type").asText().equals("entitlement.changed")));
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> of(buyer).size() >= feed(buyer).size());

    List<JsonNode> events = of(buyer);
    for (int i = 0; i < events.size(); i++) {
      assertThat(events.get(i).path("sequence").asInt()).isEqualTo(i + 1);
    }
    assertThat(events.subList(0, feed(buyer).size())).isEqualTo(feed(buyer));
    assertThat(events.get(events.size() - 1).at("/state/tier").asText()).isEqualTo("pro");
    assertThat(events.get(events.size() - 1).at("/state/subscriptions/0/status").asText())
        .isEqualTo("trialing");
    for (Received each : received) {
      assertThat(each.headers().get("webhook-signature"))
          .isEqualTo("v1," + signature(secret, each));
      assertThat(schema.validate(each.body(), InputFormat.JSON)).as(each.body()).isEmpty();
    }
    Reply deliveries = administrator.get("/api/v1/event-endpoints/" + id + "/deliveries?limit=100");
    assertThat(deliveries.body()).contains("answered 503");
    assertThat(administrator.get("/metrics").body())
        .contains("billing_events_oldest_undelivered_seconds{subscriber=\"" + id)
        .contains("billing_events_parked_accounts{subscriber=\"" + id)
        .contains("billing_events_blocked_accounts{subscriber=\"" + id);
    assertThat(ApiClient.of(product)
            .as(product.token(buyer.user()))
            .get("/api/v1/entitlements")
            .json()
            .path("revision")
            .asInt())
        .isPositive();
    assertThat(administrator
            .call("DELETE", "/api/v1/event-endpoints/" + id, BodyPublishers.noBody())
            .status())
        .isEqualTo(204);
  }

  @Test
  void aLimitThatIsUsedUpIsAnEventOnce() {
    Buyer buyer = new Buyer(product);

    for (int i = 0; i < 3; i++) {
      buyer.api().post("/api/v1/entitlements/video_reviews/consume", "{}");
    }

    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> feed(buyer).stream()
            .anyMatch(event -> event.path("type").asText().equals("limit.threshold_crossed")));
    assertThat(feed(buyer))
        .filteredOn(event -> event.path("type").asText().equals("limit.threshold_crossed"))
        .singleElement()
        .satisfies(event -> {
          assertThat(event.at("/data/details/feature").asText()).isEqualTo("video_reviews");
          assertThat(event.at("/data/details/threshold").asText()).isEqualTo("100");
          assertThat(event.at("/data/details/used").asText()).isEqualTo("2");
        });
  }

  @Test
  void onlyAdministratorsSeeTheFeedAndManageEndpoints() {
    Buyer buyer = new Buyer(product);

    for (String path :
        List.of("/api/v1/events", "/api/v1/event-endpoints", "/api/v1/subscribers")) {
      assertThat(buyer.api().get(path).status()).as(path).isEqualTo(403);
    }
    assertThat(administrator.get("/api/v1/events?after=nonsense").status()).isEqualTo(400);
  }

  private List<JsonNode> of(Buyer buyer) {
    return received.stream()
        .map(Received::json)
        .filter(event -> event.path("accountId").asText().equals(buyer.user()))
        .toList();
  }

  private List<JsonNode> feed(Buyer buyer) {
    List<JsonNode> events = new ArrayList<>();
    administrator
        .get("/api/v1/events?limit=1000&account=" + buyer.user())
        .json()
        .path("data")
        .forEach(events::add);
    return events;
  }

  private static String signature(String secret, Received received)
      throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(
        Base64.getDecoder().decode(secret.substring("whsec_".length())), "HmacSHA256"));
    String signed = received.headers().get("webhook-id") + "."
        + received.headers().get("webhook-timestamp") + "." + received.body();
    return Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
  }
}
