package com.tatame.billing.simulator.engine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records what happens, in the order in which it happens, and for whom it is to be delivered. */
final class Events {
  private final Account account;
  private final Renderer renderer;
  private final List<Delivery> outbox = new ArrayList<>();
  private @Nullable String requestId;
  private @Nullable String idempotencyKey;

  Events(Account account, Renderer renderer) {
    this.account = account;
    this.renderer = renderer;
  }

  /** From here on events are caused by this request; null for the clock. */
  void causedBy(@Nullable String request, @Nullable String key) {
    requestId = request;
    idempotencyKey = key;
  }

  ObjectNode snapshot(StripeObject object) {
    return renderer.render(object);
  }

  void emit(String type, StripeObject object) {
    record(type, renderer.render(object), null);
  }

  void emit(String type, ObjectNode snapshot) {
    record(type, snapshot, null);
  }

  /** Changes an object and says so, unless nothing changed that one can see. */
  void updating(String type, StripeObject object, Runnable change) {
    ObjectNode before = renderer.render(object);
    change.run();
    emitIfChanged(type, object, before);
  }

  void emitIfChanged(String type, StripeObject object, ObjectNode before) {
    ObjectNode after = renderer.render(object);
    if (!after.equals(before)) {
      record(type, after, before);
    }
  }

  /** An event that tells the past although its name does not end in updated. */
  void emitWithPast(String type, StripeObject object, ObjectNode before) {
    record(type, renderer.render(object), before);
  }

  private void record(String type, ObjectNode object, @Nullable ObjectNode before) {
    StripeEvent event = account.begin(new StripeEvent(), "evt_", 24);
    event.type = type;
    event.apiVersion = account.apiVersion;
    event.object = object;
    event.before = before;
    event.requestId = requestId;
    event.idempotencyKey = idempotencyKey;
    for (WebhookEndpoint endpoint : account.endpoints.values()) {
      if (endpoint.wants(type) && versionFor(endpoint).hasEvent(type)) {
        event.undelivered.add(endpoint.id);
        outbox.add(new Delivery(event.id, type, endpoint.id));
      }
    }
    event.endpoints = event.undelivered.size();
    account.events.put(event.id, event);
  }

  ApiVersion versionFor(WebhookEndpoint endpoint) {
    return ApiVersion.of(endpoint.apiVersion == null ? account.apiVersion : endpoint.apiVersion);
  }

  /** The deliveries that have come up since this was last asked. */
  List<Delivery> drainOutbox() {
    List<Delivery> drained = List.copyOf(outbox);
    outbox.clear();
    return drained;
  }
}
