package com.tatame.billing.testkit.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.Billing;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.failure.ProviderUnavailable.Execution;
import com.tatame.billing.gateway.PaymentGateway;
import com.tatame.billing.projection.PendingRead;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.InMemoryBillingStore;
import com.tatame.billing.testkit.SimulatedGateway;
import com.tatame.billing.testkit.WebhookSigner;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Under load the provider can't be read: then events alone, in any order, must tell the truth as far
 * as they can, and what they can't tell must be known to be unknown.
 */
class SnapshotsAloneTest {
  private static final String SECRET = "whsec_alone";
  private static final Set<String> FINAL =
      Set.of("canceled", "incomplete_expired", "paid", "void", "expired", "complete");

  private static int told;
  private static int ambiguous;

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 150);
  }

  @BeforeAll
  static void forget() {
    told = 0;
    ambiguous = 0;
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void tellAllThatTheSecondsOfTheirTimesCanTellApart(long seed) {
    try (RandomStory story = new RandomStory(seed);
        BillingStore store = new InMemoryBillingStore()) {
      for (int i = 0; i < 30; i++) {
        story.step();
      }
      BillingWorld world = story.world();
      hear(world, store, new Random(seed));

      Set<String> unclear = ambiguous(world.engine().events());
      Set<String> unread = store.projections().pendingReads(100_000).stream()
          .map(PendingRead::object)
          .map(object -> object.id())
          .collect(Collectors.toSet());
      assertThat(unread).as("seed %d", seed).containsAll(unclear);
      Set<String> untold = untold(world);
      Map<String, String> differences = MirroredState.differences(world, store);
      differences
          .keySet()
          .removeIf(field -> unclear.contains(idIn(field)) || untold.contains(idIn(field)));
      assertThat(differences).as("seed %d", seed).isEmpty();
      told += ProviderState.fields(world).size();
      ambiguous += unclear.size();
    }
  }

  // Every event twice, all in any order, in batches of any size; the provider answers nothing.
  private static void hear(BillingWorld world, BillingStore store, Random random) {
    List<JsonNode> events = new ArrayList<>(world.engine().events());
    events.addAll(world.engine().events());
    Collections.shuffle(events, random);
    PaymentGateway unreachable = new SimulatedGateway(
        request -> {
          throw new ProviderUnavailable(Execution.UNKNOWN, Duration.ofSeconds(5), "It is down.");
        },
        List.of(SECRET),
        world.wallClock());
    try (Billing billing = world.program(store, unreachable)) {
      for (JsonNode event : events) {
        byte[] body = event.toString().getBytes(StandardCharsets.UTF_8);
        String header = new WebhookSigner(SECRET).header(body, world.wallClock().instant());
        billing.webhooks().receive(body, header);
        if (random.nextInt(5) == 0) {
          billing.work();
        }
      }
      while (billing.work()) {
        // until nothing is left but reads
      }
    }
  }

  /** Objects whose last second saw them in more than one state, none of them final. */
  private static Set<String> ambiguous(List<JsonNode> events) {
    Map<String, Long> lastSecond = new HashMap<>();
    Map<String, Set<JsonNode>> states = new HashMap<>();
    for (JsonNode event : events) {
      JsonNode object = event.required("data").required("object");
      String id = object.required("id").asText();
      long second = event.required("created").asLong();
      if (second > lastSecond.getOrDefault(id, 0L)) {
        lastSecond.put(id, second);
        states.remove(id);
      }
      states.computeIfAbsent(id, first -> new HashSet<>()).add(object);
    }
    return states.entrySet().stream()
        .filter(entry -> entry.getValue().size() > 1)
        .filter(entry -> entry.getValue().stream()
            .noneMatch(state -> FINAL.contains(state.path("status").asText())))
        .map(Map.Entry::getKey)
        .filter(id -> id.matches("(cus|sub|in|cs_test|prod|price)_.*"))
        .collect(Collectors.toSet());
  }

  /** Objects that no event has told of, such as a checkout that was only opened. */
  private static Set<String> untold(BillingWorld world) {
    Set<String> ids = ProviderState.fields(world).keySet().stream()
        .map(SnapshotsAloneTest::idIn)
        .collect(Collectors.toSet());
    world
        .engine()
        .events()
        .forEach(event ->
            ids.remove(event.required("data").required("object").required("id").asText()));
    return ids;
  }

  private static String idIn(String field) {
    return field.substring(0, field.indexOf('.'));
  }

  @AfterAll
  static void mostWasTold() {
    assertThat(told).isGreaterThan(10_000);
    assertThat(ambiguous).isGreaterThan(10);
  }
}
