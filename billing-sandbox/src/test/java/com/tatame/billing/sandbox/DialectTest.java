package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.projection.SubjectState;
import com.tatame.billing.sandbox.ApiClient.Reply;
import com.tatame.billing.simulator.engine.Fault;
import com.tatame.billing.simulator.engine.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The same happenings, told in the shapes of old and new versions of Stripe's API. */
final class DialectTest {
  private static final String PINNED = "2026-07-29.dahlia";
  private static final Map<String, ObjectKind> KINDS = Map.of(
      "customer", ObjectKind.CUSTOMER,
      "subscription", ObjectKind.SUBSCRIPTION,
      "invoice", ObjectKind.INVOICE,
      "checkout.session", ObjectKind.CHECKOUT_SESSION);
  private static Map<String, String> expected = Map.of();
  private static Map<String, String> expectedOfTheBlind = Map.of();

  @BeforeAll
  static void tellItInTheVersionThatIsPinned() {
    expected = rowsOf(PINNED, true, Optional.empty());
    expectedOfTheBlind = rowsOf(PINNED, false, Optional.empty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"2024-06-20", "2025-03-31.basil", "2025-09-30.clover", PINNED})
  void everyVersionTellsTheSameStory(String version) {
    assertThat(rowsOf(version, true, Optional.empty())).isEqualTo(expected);
  }

  // Shapes are told apart before any store is asked, so one old version will do for the others.
  @ParameterizedTest
  @EnumSource
  void everyStoreKeepsTheSameOfAnOldVersion(Durable store) {
    assertThat(rowsOf("2024-06-20", true, Optional.of(store.open()))).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2024-06-20", "2025-03-31.basil", "2025-09-30.clover"})
  void everyVersionTellsTheSameToAServerThatCannotAskBack(String version) {
    assertThat(rowsOf(version, false, Optional.empty())).isEqualTo(expectedOfTheBlind);
  }

  /** All rows at the end of the story, by kind and id. */
  private static Map<String, String> rowsOf(
      String version, boolean canAskBack, Optional<Backing> backing) {
    try (LocalServer world = LocalServer.withWebhooksOf(version, backing)) {
      tellTheStory(world, canAskBack);
      assertThat(world.stripe().events()).hasSizeGreaterThan(60);
      return rows(world);
    }
  }

  private static void tellTheStory(LocalServer world, boolean canAskBack) {
    Reply ada = open(world, "user_ada", "pro", "monthly");
    Reply bob = open(world, "user_bob", "pro", "monthly");
    Reply eve = open(world, "user_eve", "basic", "yearly");
    if (!canAskBack) {
      List.of("subscriptions", "invoices", "checkout/sessions", "customers")
          .forEach(objects ->
              world.stripe().fail(new Fault("GET /v1/" + objects, 503, Fault.When.BEFORE), 10_000));
    }
    pay(world, ada, Buyer.PAYS);
    pay(world, bob, Buyer.FAILS_AT_RENEWAL);
    pay(world, eve, Buyer.PAYS);
    advance(world, Duration.ofDays(15));
    String canceled =
        new Buyer(world, "user_ada").confirm(ada.at("/sessionId")).at("/subscription/id");
    world
        .stripe()
        .call(Request.of(
            "POST", "/v1/subscriptions/" + canceled, Map.of("cancel_at_period_end", "true")));
    advance(world, Duration.ofDays(40));

    assertThat(new Buyer(world, "user_ada").subscription(canceled).at("/status"))
        .isEqualTo("canceled");
    assertThat(new Buyer(world, "user_bob").entitlements().at("/tier")).isEqualTo("free");
    assertThat(new Buyer(world, "user_eve").allowed("technique_library")).isTrue();
  }

  private static Reply open(LocalServer world, String user, String tier, String interval) {
    Reply opened = new Buyer(world, user).checkout(tier, interval);
    assertThat(opened.status()).isEqualTo(201);
    advance(world, Duration.ofSeconds(10));
    return opened;
  }

  private static void pay(LocalServer world, Reply opened, String card) {
    assertThat(Buyer.pay(opened.at("/url"), card).statusCode()).isEqualTo(303);
    advance(world, Duration.ofSeconds(10));
  }

  private static void advance(LocalServer world, Duration amount) {
    Instant target = world.stripe().now().plus(amount);
    Optional<Instant> due = world.stripe().nextDue();
    while (due.isPresent() && !due.get().isAfter(target)) {
      world.stripe().advanceTo(due.get());
      quiet(world);
      due = world.stripe().nextDue();
    }
    world.stripe().advanceTo(target);
    quiet(world);
  }

  // Reads that can't be answered stay wanted, so only what was sent must have taken effect.
  private static void quiet(LocalServer world) {
    await()
        .pollInterval(Duration.ofMillis(5))
        .atMost(Duration.ofSeconds(30))
        .until(() -> world.stripe().idle(Duration.ZERO)
            && world.server().billing().webhooks().status().backlog() == 0);
  }

  private static Map<String, String> rows(LocalServer world) {
    Map<String, String> rows = new TreeMap<>();
    Map<SubjectId, Set<ObjectRef>> objects = objects(world);
    Map<SubjectId, SubjectState> stored = world.load(objects.entrySet().stream()
        .map(entry -> new SubjectQuery(entry.getKey(), entry.getValue(), Set.of()))
        .toList());
    objects.keySet().forEach(subject -> {
      SubjectState known = stored.getOrDefault(subject, SubjectState.nothing(subject));
      known.rows().forEach((ref, row) -> rows.put(ref.toString(), withoutCommand(row.state())));
      rows.put(subject + " is of", known.linked() + " with " + known.entitlement());
      world.factsOf(subject.value()).forEach(fact -> rows.put(fact, subject.value()));
    });
    assertThat(rows).hasSizeGreaterThan(25);
    return rows;
  }

  // The objects in the events are known without asking the provider.
  private static Map<SubjectId, Set<ObjectRef>> objects(LocalServer world) {
    Map<SubjectId, Set<ObjectRef>> objects = new HashMap<>();
    for (JsonNode event : world.stripe().events()) {
      JsonNode object = event.at("/data/object");
      ObjectKind kind = KINDS.get(object.path("object").asText());
      if (kind != null) {
        String id = object.path("id").asText();
        SubjectId subject = new SubjectId(
            kind == ObjectKind.CUSTOMER ? id : object.path("customer").asText());
        objects.computeIfAbsent(subject, any -> new HashSet<>()).add(new ObjectRef(kind, id));
      }
    }
    return objects;
  }

  // Ids of commands are the server's own, and drawn by several threads.
  private static String withoutCommand(Optional<?> state) {
    return state.toString().replaceAll("commandId=Optional\\[\\w+]", "commandId=…");
  }
}
