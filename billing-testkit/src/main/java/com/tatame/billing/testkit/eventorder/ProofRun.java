package com.tatame.billing.testkit.eventorder;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.Recurrence;
import com.tatame.billing.simulator.engine.ApiResponse;
import com.tatame.billing.simulator.engine.Engine;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.simulator.engine.Settings;
import com.tatame.billing.testkit.EngineControl;
import com.tatame.billing.testkit.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** One seed's world, from its beginning to the comparison at its end. */
final class ProofRun {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  static final String NEWEST = "2026-07-29.dahlia";
  private static final List<String> OLDER = List.of("2024-06-20", "2025-09-30.clover");
  private static final Map<String, String> PATHS = Map.of(
      "customer", "/v1/customers",
      "subscription", "/v1/subscriptions",
      "invoice", "/v1/invoices",
      "checkout.session", "/v1/checkout/sessions",
      "product", "/v1/products",
      "price", "/v1/prices");
  private static final Duration PAST_A_LEASE = Duration.ofSeconds(61);
  private static final int MAX_SETTLING_STEPS = 50_000;

  private final long seed;
  private final OrderProof.Comparison comparison;
  private final OrderProof.RunOptions options;
  private final RandomGenerator random;
  private final Trace trace = new Trace();
  private final SettableClock wallClock = new SettableClock(START);
  private final Network network;
  private final Engine engine;
  private final Story story;
  private final ProofWorld world;
  private final WebhookHandler handler;
  private final boolean newestOnly;
  private int echoes;

  /** What became of a seed that ended well. */
  record Ending(Set<Coverage> met, long events, long digest) {}

  ProofRun(long seed, OrderProof.Comparison comparison, OrderProof.RunOptions options) {
    this.seed = seed;
    this.comparison = comparison;
    this.options = options;
    SplittableRandom source = new SplittableRandom(seed);
    random = source.split();
    network = new Network(source.split(), wallClock, options.network(), trace);
    Settings.AfterLastRetry[] endings = Settings.AfterLastRetry.values();
    engine = new Engine(
        new Settings(
            NEWEST,
            List.of(1, 3, 5),
            endings[random.nextInt(endings.length)],
            () -> "https://pay.example.com"),
        START,
        seed,
        Optional.empty(),
        network::accept);
    List<String> versions = options.apiVersion().map(List::of).orElseGet(this::versions);
    newestOnly = versions.equals(List.of(NEWEST));
    versions.forEach(version -> engine.createEndpoint(
        "https://app.example.com/webhooks",
        List.of("*"),
        Optional.of(ProofWorld.SECRET),
        Optional.of(version)));
    story = new Story(engine, source.split(), trace, seed);
    Reads[] reads = Reads.values();
    world = new ProofWorld(
        seed,
        new ProofWorld.Conditions(
            options.nodes().orElseGet(() -> 1 + random.nextInt(4)),
            options.reads().orElseGet(() -> reads[random.nextInt(reads.length)]),
            options.crashPermille()),
        engine,
        wallClock,
        source.split(),
        trace,
        this::turn);
    offer();
    handler = comparison.handler().open(world);
  }

  // Both at once is an upgrade: each event comes in two shapes, and the first is the one that
  // counts.
  private List<String> versions() {
    return switch (random.nextInt(8)) {
      case 0 -> List.of(OLDER.get(random.nextInt(OLDER.size())));
      case 1 -> List.of(OLDER.get(random.nextInt(OLDER.size())), NEWEST);
      default -> List.of(NEWEST);
    };
  }

  private void offer() {
    EngineControl control = new EngineControl(engine);
    for (Plan plan : comparison.catalog().plans()) {
      if (!plan.prices().isEmpty()) {
        String product = control.createProduct(plan.name());
        // In the order of the intervals, so that the same seed gives the same ids.
        new EnumMap<>(plan.prices())
            .forEach((interval, price) -> control.createPrice(
                product,
                price.price().amount(),
                price.price().currency(),
                interval == BillingInterval.YEARLY ? Recurrence.Unit.YEAR : Recurrence.Unit.MONTH,
                price.lookupKey()));
      }
    }
  }

  Ending run() {
    try (handler) {
      story.begin();
      for (int i = 0; i < options.turns(); i++) {
        turn();
      }
      calmDown();
      require("in the end", truth());
      echo();
      require("after second events of what it knew", truth());
      return ending();
    } catch (Divergence e) {
      throw e;
    } catch (RuntimeException | AssertionError e) {
      throw new Divergence(seed, e, trace.last());
    }
  }

  private Ending ending() {
    List<JsonNode> events = engine.events();
    Set<Coverage> met = EnumSet.noneOf(Coverage.class);
    met.addAll(world.met());
    met.addAll(handler.met());
    if (story.unmapped()) {
      met.add(Coverage.UNMAPPED_CUSTOMER);
    }
    if (!newestOnly) {
      met.add(Coverage.OTHER_VERSION);
    }
    if (AmbiguousTimestamps.of(events).anyDifference()) {
      met.add(Coverage.SAME_SECOND);
    }
    return new Ending(met, events.size(), trace.digest());
  }

  /** One thing happens somewhere. */
  private void turn() {
    int what = random.nextInt(20);
    if (what < 3) {
      story.act();
    } else if (what < 5) {
      passTime();
    } else if (what < 10) {
      network.deliverOne(engine, handler);
    } else if (random.nextInt(1000) < options.crashPermille()) {
      handler.crash();
    } else {
      handler.step();
    }
  }

  private void passTime() {
    switch (random.nextInt(10)) {
      case 0, 1, 2, 3 -> pass(Duration.ofSeconds(random.nextInt(3)));
      case 4 -> wallClock.advance(PAST_A_LEASE);
      case 5, 6 -> pass(Duration.ofMinutes(random.nextInt(60 * 30)));
      case 7 -> pass(Duration.ofHours(random.nextInt(24 * 20)));
      default -> engine.nextDue().ifPresent(due -> pass(Duration.between(engine.now(), due)));
    }
  }

  private void pass(Duration time) {
    wallClock.advance(time);
    engine.advanceTo(engine.now().plus(time));
    trace.add("it is " + engine.now());
  }

  private void calmDown() {
    world.calm();
    trace.add("the world calms down");
    int way = random.nextInt(3);
    if (way == 0) {
      network.sendLostAgain();
    } else if (way == 1) {
      network.catchUp(engine, handler);
    }
    deliverAll();
    settle(false);
    boolean eventsTell = way < 2 && newestOnly && handler.believesEvents();
    if (eventsTell && world.reads() == Reads.NONE_UNTIL_THE_END) {
      requireAllThatEventsCanTell();
    }
    world.become(Reads.UNLIMITED);
    if (way == 2) {
      network.readInstead(engine, handler);
      deliverAll();
    }
    settle(true);
  }

  private void deliverAll() {
    while (!network.isEmpty()) {
      network.deliverSafely(engine, handler);
      if (random.nextInt(4) == 0) {
        handler.step();
      }
    }
  }

  private void settle(boolean reading) {
    for (int i = 0; i < MAX_SETTLING_STEPS; i++) {
      if (i % 4 == 0 && settled(reading)) {
        return;
      }
      handler.step();
      if (i % 16 == 15) {
        wallClock.advance(i % 64 == 63 ? PAST_A_LEASE : Duration.ofSeconds(1));
      }
    }
    throw new Divergence(
        seed, "its work doesn't end", Map.of(), handler.complaints(), trace.last());
  }

  private boolean settled(boolean reading) {
    return handler.idle() && (!reading || handler.unsure().isEmpty());
  }

  /** Without reads: what the times of the events tell apart must be right, and the rest known as unsure. */
  private void requireAllThatEventsCanTell() {
    Set<String> unsure = handler.unsure();
    Map<String, String> truth = truth();
    Set<String> unclear = AmbiguousTimestamps.of(engine.events()).unclear();
    unclear.removeIf(id -> truth.keySet().stream().noneMatch(name -> owner(name).equals(id)));
    unclear.stream().filter(id -> !unsure.contains(id)).findFirst().ifPresent(id -> {
      throw new Divergence(
          seed,
          "before anything was read: it is sure of " + id + ", of which events can't tell",
          Map.of(),
          handler.complaints(),
          trace.last());
    });
    require("before anything was read", truth, unclear);
  }

  private Map<String, String> truth() {
    ProviderTruth provider = ProviderTruth.of(engine);
    Set<String> announced = new HashSet<>();
    engine
        .events()
        .forEach(event ->
            announced.add(AmbiguousTimestamps.object(event).required("id").asText()));
    Map<String, String> truth = new TreeMap<>(provider.rows());
    truth.keySet().removeIf(name -> !announced.contains(owner(name)));
    if (!comparison.fields().isEmpty()) {
      truth.keySet().removeIf(name -> !comparison.fields().contains(provider.fieldOf(name)));
    }
    truth.putAll(comparison.alsoTrue().apply(engine));
    return truth;
  }

  private static String owner(String name) {
    int dot = name.indexOf('.');
    return dot < 0 ? name : name.substring(0, dot);
  }

  private void require(String when, Map<String, String> truth) {
    require(when, truth, Set.of());
  }

  private void require(String when, Map<String, String> truth, Set<String> unclear) {
    Map<String, String> believed = handler.rows();
    Map<String, String> provider = ProviderTruth.of(engine).rows();
    Map<String, String> differences = new TreeMap<>();
    Set<String> names = new HashSet<>(truth.keySet());
    // A row of a field that isn't compared is no difference; one that the provider doesn't have is.
    believed.keySet().stream().filter(name -> !provider.containsKey(name)).forEach(names::add);
    for (String name : names) {
      String here = believed.getOrDefault(name, "nothing");
      String there = truth.getOrDefault(name, "nothing");
      boolean derived = !unclear.isEmpty() && owner(name).equals(name);
      if (!here.equals(there) && !derived && !unclear.contains(owner(name))) {
        differences.put(name, "provider: " + there + ", handler: " + here);
      }
    }
    List<String> complaints = handler.complaints();
    if (!differences.isEmpty() || !complaints.isEmpty()) {
      throw new Divergence(seed, when, differences, complaints, trace.last());
    }
  }

  /** Tells the present state of each object once more, by an event of this moment. */
  private void echo() {
    if (!newestOnly) {
      return;
    }
    world.echo();
    Map<String, JsonNode> last = new TreeMap<>();
    for (JsonNode event : engine.events()) {
      last.put(AmbiguousTimestamps.object(event).required("id").asText(), event);
    }
    for (JsonNode event : List.copyOf(last.values())) {
      if (tellsThePresent(AmbiguousTimestamps.object(event))) {
        ObjectNode second = event.deepCopy();
        second.put("id", "evt_echo" + seed + "_" + ++echoes);
        second.put("created", engine.now().getEpochSecond());
        // What happened once is stated by one event only.
        ((ObjectNode) second.required("data")).remove("previous_attributes");
        second.put("type", ofStateAlone(event.required("type").asText()));
        network.echo(second, handler);
      }
    }
    settle(true);
  }

  /** A type of event about the same kind of object that says nothing but what it is now. */
  private static String ofStateAlone(String type) {
    return switch (type) {
      case "customer.subscription.created" -> "customer.subscription.updated";
      case "invoice.payment_failed" -> "invoice.updated";
      case "payment_intent.succeeded", "payment_intent.payment_failed" ->
        "payment_intent.processing";
      case "charge.dispute.closed" -> "charge.dispute.updated";
      default -> type;
    };
  }

  /** Where an object of this kind is read. */
  static Optional<String> path(JsonNode object) {
    String kind = object.path("object").asText();
    return Optional.ofNullable(PATHS.get(kind))
        .or(() -> Optional.ofNullable(SecondaryObjectTruth.PATHS.get(kind)));
  }

  private boolean tellsThePresent(JsonNode object) {
    Optional<String> path = path(object);
    if (path.isEmpty()) {
      return false;
    }
    ApiResponse answer =
        engine.call(Request.of("GET", path.get() + "/" + object.required("id").asText(), Map.of()));
    return answer.status() == 200
        && ProviderTruth.parse(answer.body()).equals(ProviderTruth.parse(object.toString()));
  }
}
