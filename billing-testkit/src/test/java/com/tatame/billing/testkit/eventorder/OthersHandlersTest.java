package com.tatame.billing.testkit.eventorder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.simulator.engine.ApiResponse;
import com.tatame.billing.simulator.engine.Request;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How to prove a handler of your own, and what the proof finds in the usual ones. */
class OthersHandlersTest {
  private static final String STATUS = "subscription.status";

  /** Keeps the status of each subscription as the event tells it: what most tutorials do. */
  private static class Naive implements WebhookHandler {
    final Map<String, String> statuses = new HashMap<>();
    private final Set<String> seen = new HashSet<>();

    @Override
    public void receive(byte[] body, String signatureHeader) {
      JsonNode event = ProviderTruth.parse(new String(body, StandardCharsets.UTF_8));
      if (event.required("type").asText().startsWith("customer.subscription.")
          && seen.add(event.required("id").asText())) {
        subscription(event, event.required("data").required("object"));
      }
    }

    void subscription(JsonNode event, JsonNode snapshot) {
      put(snapshot);
    }

    void put(JsonNode subscription) {
      statuses.put(
          subscription.required("id").asText() + ".status",
          subscription.required("status").asText());
    }

    @Override
    public Map<String, String> rows() {
      return statuses;
    }
  }

  /** Believes the newest event it has seen, by the second in which it was made. */
  private static final class ByTime extends Naive {
    private final Map<String, Long> newest = new HashMap<>();

    @Override
    void subscription(JsonNode event, JsonNode snapshot) {
      long created = event.required("created").asLong();
      if (created >= newest.getOrDefault(snapshot.required("id").asText(), 0L)) {
        newest.put(snapshot.required("id").asText(), created);
        put(snapshot);
      }
    }
  }

  /** Takes an event as a hint and asks the provider; one that can't be read now must come again. */
  private static final class Asking extends Naive {
    private final ProofWorld world;
    private final Set<String> toRead = new HashSet<>();

    Asking(ProofWorld world) {
      this.world = world;
    }

    @Override
    void subscription(JsonNode event, JsonNode snapshot) {
      toRead.add(snapshot.required("id").asText());
      step();
    }

    @Override
    public void step() {
      Optional<String> id = toRead.stream().sorted().findFirst();
      if (id.isPresent()) {
        ApiResponse answer =
            world.call(Request.of("GET", "/v1/subscriptions/" + id.get(), Map.of()));
        if (answer.status() == 200) {
          put(ProviderTruth.parse(answer.body()));
          toRead.remove(id.get());
        }
      }
    }

    @Override
    public Set<String> unsure() {
      return toRead;
    }
  }

  @Test
  void whoAlwaysAsksTheProviderPasses() {
    Report report = OrderProof.of(Asking::new).comparing(STATUS).run(1, 100);

    assertThat(report.seeds()).isEqualTo(100);
    assertThat(report.events()).isGreaterThan(1_000);
  }

  @Test
  void whoBelievesTheLatestArrivalIsCaught() {
    assertThat(OrderProof.of(world -> new Naive()).comparing(STATUS).firstDivergence(20))
        .isPresent();
  }

  @Test
  void whoOrdersBySecondsIsCaught() {
    assertThat(OrderProof.of(world -> new ByTime()).comparing(STATUS).firstDivergence(200))
        .isPresent();
  }

  @Test
  void aFailureTellsItsSeedItsFieldsAndItsLastStepsAndComesAgain() {
    OrderProof proof = OrderProof.of(world -> new Naive()).comparing(STATUS);
    Divergence first = proof.firstDivergence(20).orElseThrow();

    assertThat(first)
        .hasMessageContaining("seed " + first.seed())
        .hasMessageContaining("-Dbilling.seed=" + first.seed())
        .hasMessageContaining(".status: provider: ")
        .hasMessageContaining("last steps:")
        .hasMessageContaining("arrived ");
    assertThatThrownBy(() -> proof.run(first.seed())).hasMessage(first.getMessage());
  }

  @Test
  void aHandlerThatBreaksDownIsADivergenceOfItsSeed() {
    WebhookHandler.Factory broken = world -> new Naive() {
      @Override
      public Map<String, String> rows() {
        throw new IllegalStateException("no rows today");
      }
    };

    assertThatThrownBy(() -> OrderProof.of(broken).run(3))
        .isInstanceOf(Divergence.class)
        .hasMessageContaining("seed 3")
        .hasMessageContaining("no rows today");
  }
}
