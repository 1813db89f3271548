package com.tatame.billing.testkit.simulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tatame.billing.testkit.simulator.engine.Engine;
import com.tatame.billing.testkit.simulator.engine.Fault;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.Locale;

/** What a test or a person at the sandbox asks of the simulator itself, under {@code /_simulator}. */
final class ControlRoutes {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  private final Engine engine;
  private final WebhookSender sender;

  ControlRoutes(Engine engine, WebhookSender sender) {
    this.engine = engine;
    this.sender = sender;
  }

  void addTo(RoutesConfig routes) {
    routes.get("/_simulator/clock", this::clock);
    routes.post("/_simulator/clock", ctx -> guarded(ctx, this::moveClock));
    routes.post("/_simulator/idle", this::idle);
    routes.get("/_simulator/events", this::events);
    routes.get("/_simulator/deliveries", this::deliveries);
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
    boolean idle = sender.idle(LONGEST_WAIT);
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
    clock(ctx);
  }

  private void fail(Context ctx, JsonNode body) {
    if (body.has("delivery")) {
      JsonNode delivery = body.get("delivery");
      sender.fail(new DeliveryFaults(
          delivery.path("duplicate").asBoolean(),
          delivery.path("drop").asInt(),
          delivery.path("shuffle").asBoolean()));
    }
    if (body.has("route")) {
      int status = body.path("status").asInt(500);
      if (status < 400 || status > 599) {
        throw new IllegalArgumentException("a fault's status is from 400 to 599, it is " + status);
      }
      String when = body.path("when").asText("before").toUpperCase(Locale.ROOT);
      engine.fail(
          new Fault(body.get("route").asText(), status, Fault.When.valueOf(when)),
          body.path("count").asInt(1));
    }
    if (!body.has("delivery") && !body.has("route")) {
      throw new IllegalArgumentException("say which route or which delivery is to fail");
    }
    answer(ctx, 200, JSON.createObjectNode().put("ok", true));
  }

  private void clearFaults(Context ctx) {
    engine.clearFaults();
    sender.fail(DeliveryFaults.NONE);
    ctx.status(204);
  }
}
