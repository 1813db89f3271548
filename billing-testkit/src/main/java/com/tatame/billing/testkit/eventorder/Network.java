package com.tatame.billing.testkit.eventorder;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.simulator.engine.Delivery;
import com.tatame.billing.simulator.engine.Engine;
import com.tatame.billing.simulator.engine.WebhookMessage;
import com.tatame.billing.testkit.Disorder;
import com.tatame.billing.testkit.SettableClock;
import com.tatame.billing.testkit.WebhookSigner;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Carries webhooks from the account to the handler, badly at first. */
final class Network {
  private static final int ALL = 100;

  private final List<Delivery> waiting = new ArrayList<>();
  private final List<Delivery> lost = new ArrayList<>();
  private final RandomGenerator random;
  private final SettableClock wallClock;
  private final Disorder disorder;
  private final Trace trace;

  Network(RandomGenerator random, SettableClock wallClock, Disorder disorder, Trace trace) {
    this.random = random;
    this.wallClock = wallClock;
    this.disorder = disorder;
    this.trace = trace;
  }

  void accept(List<Delivery> deliveries) {
    waiting.addAll(deliveries);
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** One webhook meets its fate. */
  void deliverOne(Engine engine, WebhookHandler handler) {
    if (waiting.isEmpty()) {
      return;
    }
    Delivery delivery = waiting.get(disorder.shuffled() ? random.nextInt(waiting.size()) : 0);
    if (happens(disorder.delayed())) {
      return;
    }
    if (happens(disorder.dropped())) {
      trace.add("lost " + name(delivery));
      waiting.remove(delivery);
      lost.add(delivery);
      return;
    }
    try {
      receive(engine.message(delivery).orElseThrow(), handler);
    } catch (RuntimeException e) {
      trace.add("not acknowledged " + name(delivery) + ": " + e);
      return;
    }
    trace.add("arrived " + name(delivery));
    if (!happens(disorder.doubled())) {
      waiting.remove(delivery);
      engine.acknowledged(delivery);
    }
  }

  private boolean happens(int percent) {
    return random.nextInt(ALL) < percent;
  }

  private static String name(Delivery delivery) {
    return delivery.type() + " " + delivery.event();
  }

  private void receive(WebhookMessage message, WebhookHandler handler) {
    send(message.body(), message.secrets().toArray(String[]::new), handler);
  }

  private void send(String text, String[] secrets, WebhookHandler handler) {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    handler.receive(body, new WebhookSigner(secrets).header(body, wallClock.instant()));
  }

  /** Delivers one of what is waiting, in any order, and nothing goes wrong. */
  void deliverSafely(Engine engine, WebhookHandler handler) {
    Delivery delivery = waiting.remove(random.nextInt(waiting.size()));
    receive(engine.message(delivery).orElseThrow(), handler);
    trace.add("arrived " + name(delivery));
    engine.acknowledged(delivery);
  }

  /** The sender notices what was lost, and will send it again. */
  void sendLostAgain() {
    waiting.addAll(lost);
    lost.clear();
  }

  /** Who was away reads the account's list of events; what it has lost is sent again. */
  void catchUp(Engine engine, WebhookHandler handler) {
    Set<String> missing = new HashSet<>();
    lost.forEach(delivery -> missing.add(delivery.event()));
    for (JsonNode event : ProviderTruth.all(engine, "/v1/events", Map.of())) {
      String id = event.required("id").asText();
      if (missing.remove(id)) {
        trace.add("caught up " + id);
        send(event.toString(), new String[] {ProofWorld.SECRET}, handler);
      }
    }
    lost.removeIf(delivery -> !missing.contains(delivery.event()));
    sendLostAgain();
  }

  /** Reads in place of what was lost; sends again where the handler has no such way. */
  void readInstead(Engine engine, WebhookHandler handler) {
    for (Delivery delivery : List.copyOf(lost)) {
      if (handler.readInstead(engine.message(delivery).orElseThrow().body())) {
        trace.add("read instead of " + name(delivery));
        lost.remove(delivery);
      }
    }
    sendLostAgain();
  }

  /** A second event about what the handler knows already. */
  void echo(JsonNode event, WebhookHandler handler) {
    trace.add("echo of " + event.required("id").asText());
    send(event.toString(), new String[] {ProofWorld.SECRET}, handler);
  }
}
