package com.tatame.billing.outbox;

import com.tatame.billing.outbox.SubscriberStore.Attempt;
import com.tatame.billing.secret.SecretsKeys;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Sends entries to endpoints. What they are is read every five seconds. Thread-safe. */
public final class EndpointDelivery {
  private static final Duration TTL = Duration.ofSeconds(5);

  private final EndpointStore store;
  private final Optional<EndpointTransport> transport;
  private final InstantSource wallClock;
  private volatile Known known = new Known(Instant.MIN, Map.of());

  private record Known(Instant until, Map<String, EventEndpoint> endpoints) {}

  /**
   * How endpoints are reached.
   *
   * @param keys under which their secrets are sealed
   */
  public record EndpointTransport(EventSender sender, EventFormat format, SecretsKeys keys) {}

  /**
   * Sends nothing yet.
   *
   * @param transport empty for a program that sends to no endpoints
   */
  public EndpointDelivery(
      EndpointStore store, Optional<EndpointTransport> transport, InstantSource wallClock) {
    this.store = store;
    this.transport = transport;
    this.wallClock = wallClock;
  }

  /** The endpoints to send to, by id. */
  List<String> active() {
    if (transport.isEmpty()) {
      return List.of();
    }
    Instant now = wallClock.instant();
    if (!now.isBefore(known.until())) {
      Map<String, EventEndpoint> endpoints = new TreeMap<>();
      store.list().forEach(endpoint -> endpoints.put(endpoint.id(), endpoint));
      known = new Known(now.plus(TTL), endpoints);
    }
    return known.endpoints().values().stream()
        .filter(EventEndpoint::active)
        .map(EventEndpoint::id)
        .toList();
  }

  /** Reads them anew at the next question. */
  void evict() {
    known = new Known(Instant.MIN, known.endpoints());
  }

  /**
   * Sends an entry that the endpoint wants.
   *
   * @param attempts to which the request is added
   * @return why it was not received
   */
  Optional<String> send(String id, PublishedEvent event, List<Attempt> attempts) {
    EventEndpoint endpoint = known.endpoints().get(id);
    if (endpoint == null) {
      return Optional.of("the endpoint was removed");
    }
    if (!endpoint.wants(event.type())) {
      return Optional.empty();
    }
    EndpointTransport by = transport.orElseThrow();
    Instant now = wallClock.instant();
    List<String> secrets = new ArrayList<>();
    try {
      secrets.add(by.keys().open(endpoint.secret(), id));
      endpoint
          .previous()
          .filter(previous -> now.isBefore(previous.expiresAt()))
          .ifPresent(previous -> secrets.add(by.keys().open(previous.secret(), id)));
    } catch (IllegalStateException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
    EventSender.Answer answer = by.sender()
        .send(new EventSender.Request(
            endpoint.url(), secrets, event.id(), by.format().json(event), now));
    attempts.add(new Attempt(
        id,
        event.account(),
        event.sequence(),
        event.id(),
        now,
        answer.took(),
        answer.status(),
        answer.error()));
    return answer.error();
  }
}
