package com.tatame.billing.simulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tatame.billing.simulator.engine.Engine;
import com.tatame.billing.simulator.engine.Fault;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What a test or a person at the sandbox asks of the simulator itself, under {@code /_simulator}. */
final class ControlRoutes {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration MAX_WAIT = Duration.ofSeconds(60);
  private static final Set<String> DELIVERY = Set.of(
      "drop",
      "dropPercent",
      "duplicate",
      "duplicatePercent",
      "delay",
      "delayPercent",
      "shuffle",
      "window",
      "hold");

  private final Engine engine;
  private final WebhookSender sender;
  private final Runnable answerHanging;

  ControlRoutes(Engine engine, WebhookSender sender, Runnable answerHanging) {
    this.engine = engine;
    this.sender = sender;
    this.answerHanging = answerHanging;
  }

  void addTo(RoutesConfig routes) {
    routes.get("/_simulator/clock", this::clock);
    routes.post("/_simulator/clock", ctx -> guarded(ctx, this::moveClock));
    routes.post("/_simulator/idle", this::idle);
    routes.get("/_simulator/events", this::events);
    routes.get("/_simulator/deliveries", this::deliveries);
    routes.post("/_simulator/deliveries/release", ctx -> sent(ctx, sender::release));
    routes.post("/_simulator/deliveries/resend", ctx -> sent(ctx, sender::resend));
    routes.get("/_simulator/endpoints/{id}", ctx -> guarded(ctx, this::endpoint));
    routes.post("/_simulator/endpoints/{id}", ctx -> guarded(ctx, this::changeEndpoint));
    routes.post("/_simulator/reset", this::reset);
    routes.post("/_simulator/faults", ctx -> guarded(ctx, this::fail));
    routes.delete("/_simulator/faults", this::clearFaults);
  }

  private interface Step {
    void run(Context ctx, JsonNode body);
  }

  private static void guarded(Context ctx, Step step) {
    try {
      String body = ctx.body();
      step.run(ctx, body.isBlank() ? JSON.createObjectNode() : JSON.readTree(body));
    } catch (IllegalArgumentException | DateTimeException e) {
      answer(ctx, 400, JSON.createObjectNode().put("error", String.valueOf(e.getMessage())));
    } catch (JsonProcessingException e) {
      answer(ctx, 400, JSON.createObjectNode().put("error", "the body is not JSON"));
    }
  }

  private static void answer(Context ctx, int status, JsonNode json) {
    ctx.status(status).contentType("application/json").result(json.toString());
  }

  private void clock(Context ctx) {
    ObjectNode node = JSON.createObjectNode().put("now", engine.now().toString());
    node.put("nextDue", engine.nextDue().map(Instant::toString).orElse(null));
    answer(ctx, 200, node);
  }

  private void moveClock(Context ctx, JsonNode body) {
    if (body.has("advance") == body.has("to")) {
      throw new IllegalArgumentException(
          "say either {\"advance\":\"P31D\"} or {\"to\":\"2026-02-01T00:00:00Z\"}");
    }
    Instant target = body.has("to")
        ? target(body.get("to").asText())
        : later(engine.now(), body.get("advance").asText());
    engine.advanceTo(target);
    clock(ctx);
  }

  private Instant target(String to) {
    return to.equals("next") ? engine.nextDue().orElse(engine.now()) : Instant.parse(to);
  }

  /** Adds an ISO 8601 period, duration, or both, for example {@code P1M}, {@code PT2H} or {@code P1DT12H}. */
  static Instant later(Instant from, String iso) {
    int time = iso.indexOf('T');
    String date = time < 0 ? iso : iso.substring(0, time);
    Instant moved = date.equals("P")
        ? from
        : from.atOffset(ZoneOffset.UTC).plus(Period.parse(date)).toInstant();
    return time < 0 ? moved : moved.plus(Duration.parse("P" + iso.substring(time)));
  }

  private void idle(Context ctx) throws InterruptedException {
    boolean idle = sender.idle(MAX_WAIT);
    answer(ctx, idle ? 200 : 503, JSON.createObjectNode().put("idle", idle));
  }

  private void events(Context ctx) {
    ArrayNode list = JSON.createArrayNode();
    engine.events().forEach(list::add);
    answer(ctx, 200, JSON.createObjectNode().set("data", list));
  }

  private void deliveries(Context ctx) {
    ArrayNode list = JSON.createArrayNode();
    for (DeliveryAttempt attempt : sender.log()) {
      ObjectNode node = list.addObject()
          .put("event", attempt.event())
          .put("type", attempt.type())
          .put("endpoint", attempt.endpoint())
          .put("url", attempt.url())
          .put("attempt", attempt.attempt())
          .put("failure", attempt.failure().orElse(null))
          .put("gaveUp", attempt.gaveUp())
          .put("at", attempt.at().toString());
      if (attempt.status().isPresent()) {
        node.put("status", attempt.status().getAsInt());
      } else {
        node.putNull("status");
      }
    }
    answer(ctx, 200, JSON.createObjectNode().set("data", list));
  }

  private void reset(Context ctx) {
    engine.clearFaults();
    engine.reset();
    sender.reset();
    answerHanging.run();
    clock(ctx);
  }

  private static void sent(Context ctx, Runnable sending) {
    sending.run();
    ctx.status(204);
  }

  private void endpoint(Context ctx, JsonNode body) {
    String id = ctx.pathParam("id");
    ObjectNode node = JSON.createObjectNode().put("id", id);
    ArrayNode secrets = node.putArray("secrets");
    engine.secretsOf(id).forEach(secrets::add);
    engine.retriesOf(id).ifPresent(delays -> {
      ArrayNode retries = node.putArray("retries");
      delays.forEach(delay -> retries.add(delay.toString()));
    });
    answer(ctx, 200, node);
  }

  private void changeEndpoint(Context ctx, JsonNode body) {
    String id = ctx.pathParam("id");
    knows(body, Set.of("secret", "bothFor", "retries"));
    engine.secretsOf(id);
    if (!body.has("secret") && !body.has("retries")) {
      throw new IllegalArgumentException("say the new secret or the retries");
    }
    if (body.has("retries")) {
      List<Duration> delays = new ArrayList<>();
      body.get("retries").forEach(delay -> delays.add(Duration.parse(delay.asText())));
      engine.retryAfter(id, delays);
    }
    if (body.has("secret")) {
      Optional<Duration> bothFor =
          Optional.ofNullable(body.get("bothFor")).map(JsonNode::asText).map(Duration::parse);
      engine.rollSecret(id, body.get("secret").asText(), bothFor);
    }
    endpoint(ctx, body);
  }

  private void fail(Context ctx, JsonNode body) {
    knows(body, Set.of("delivery", "route", "status", "when", "connection", "count"));
    if (!body.has("delivery") && !body.has("route")) {
      throw new IllegalArgumentException("say which route or which delivery is to fail");
    }
    // Both are understood before either takes effect.
    Optional<DeliveryFaults> deliveries =
        Optional.ofNullable(body.get("delivery")).map(ControlRoutes::deliveryFaults);
    if (body.has("route")) {
      engine.fail(fault(body), body.path("count").asInt(1));
    }
    deliveries.ifPresent(sender::fail);
    answer(ctx, 200, JSON.createObjectNode().put("ok", true));
  }

  private static Fault fault(JsonNode body) {
    Fault.Connection connection =
        constant(Fault.Connection.class, body.path("connection").asText("answers"));
    int status = connection == Fault.Connection.ANSWERS ? 500 : 504;
    return new Fault(
        body.get("route").asText(),
        body.path("status").asInt(status),
        constant(Fault.When.class, body.path("when").asText("before")),
        connection);
  }

  private static DeliveryFaults deliveryFaults(JsonNode delivery) {
    knows(delivery, DELIVERY);
    int delayed = delivery.has("delay") ? 100 : 0;
    int doubled = delivery.path("duplicate").asBoolean() ? 100 : 0;
    return new DeliveryFaults(
        delivery.path("drop").asInt(),
        delivery.path("dropPercent").asInt(),
        delivery.path("duplicatePercent").asInt(doubled),
        Duration.parse(delivery.path("delay").asText("PT0S")),
        delivery.path("delayPercent").asInt(delayed),
        delivery.path("shuffle").asBoolean(),
        delivery.path("window").asInt(),
        delivery.path("hold").asBoolean());
  }

  private static <E extends Enum<E>> E constant(Class<E> type, String name) {
    return Enum.valueOf(type, name.toUpperCase(Locale.ROOT));
  }

  private static void knows(JsonNode body, Set<String> names) {
    body.fieldNames().forEachRemaining(name -> {
      if (!names.contains(name)) {
        throw new IllegalArgumentException(
            "unknown: " + name + "; known are " + String.join(", ", new TreeSet<>(names)));
      }
    });
  }

  private void clearFaults(Context ctx) {
    engine.clearFaults();
    sender.fail(DeliveryFaults.NONE);
    answerHanging.run();
    ctx.status(204);
  }
}
