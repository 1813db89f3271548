package com.tatame.billing.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.testkit.WebhookSigner;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Brings the provider's events to several servers by turns: each twice, in any order, and again
 * until it is acknowledged. Its answers are the truth about what must be stored.
 */
final class Postman implements AutoCloseable {
  private static final int COPIES = 2;
  private static final int THREADS = 8;
  private static final Duration UNTIL_NEXT_ATTEMPT = Duration.ofMillis(250);
  private static final Duration MAX_WAIT = Duration.ofSeconds(15);
  private static final int OK = 200;
  private static final InstantSource WALL = InstantSource.system();

  private final List<URI> addresses;
  private final WebhookSigner signer;
  private final Random random;
  private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(THREADS);
  private final HttpClient client = HttpClient.newBuilder()
      .version(HttpClient.Version.HTTP_1_1)
      .connectTimeout(MAX_WAIT)
      .build();
  private final List<Delivery> waiting = new ArrayList<>();
  private final List<String> acknowledged = new ArrayList<>();
  private final List<String> takenAsNew = new ArrayList<>();
  private final Map<Integer, Integer> refusals = new TreeMap<>();
  private int turn;
  private int unacknowledged;

  Postman(List<String> servers, String secret, long seed) {
    addresses =
        servers.stream().map(url -> URI.create(url + "/webhooks/stripe")).toList();
    signer = new WebhookSigner(secret);
    random = new Random(seed);
  }

  private record Delivery(String event, String body) {}

  /** Begins to bring these, among those that are still on their way. */
  synchronized void take(List<JsonNode> events) {
    for (JsonNode event : events) {
      for (int i = 0; i < COPIES; i++) {
        waiting.add(new Delivery(event.path("id").asText(), event.toString()));
        unacknowledged++;
        threads.execute(this::deliverAny);
      }
    }
  }

  private void deliverAny() {
    Delivery delivery;
    URI address;
    synchronized (this) {
      int any = random.nextInt(waiting.size());
      delivery = waiting.set(any, waiting.get(waiting.size() - 1));
      waiting.remove(waiting.size() - 1);
      address = addresses.get(turn++ % addresses.size());
    }
    try {
      note(delivery, client.send(request(address, delivery), BodyHandlers.ofString()));
    } catch (IOException e) {
      // No server is there, or it died.
      tryLater(delivery);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private HttpRequest request(URI address, Delivery delivery) {
    return HttpRequest.newBuilder(address)
        .timeout(MAX_WAIT)
        .header("Content-Type", "application/json; charset=utf-8")
        .header("Stripe-Signature", signer.header(delivery.body, WALL.instant()))
        .POST(BodyPublishers.ofString(delivery.body))
        .build();
  }

  private synchronized void note(Delivery delivery, HttpResponse<String> answer) {
    if (answer.statusCode() != OK) {
      refusals.merge(answer.statusCode(), 1, Integer::sum);
      tryLater(delivery);
      return;
    }
    acknowledged.add(delivery.event);
    if (!Json.read(answer.body()).path("duplicate").asBoolean()) {
      takenAsNew.add(delivery.event);
    }
    unacknowledged--;
  }

  private synchronized void tryLater(Delivery delivery) {
    waiting.add(delivery);
    ScheduledFuture<?> unused =
        threads.schedule(this::deliverAny, UNTIL_NEXT_ATTEMPT.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The event of every delivery that was answered with 200, so most of them twice. */
  synchronized List<String> acknowledged() {
    return List.copyOf(acknowledged);
  }

  /** The events of which a server said that it had not seen them before. */
  synchronized List<String> takenAsNew() {
    return List.copyOf(takenAsNew);
  }

  /** How often each other status was answered. */
  synchronized Map<Integer, Integer> refusals() {
    return new TreeMap<>(refusals);
  }

  /** How many deliveries have not been acknowledged yet. */
  synchronized int unacknowledged() {
    return unacknowledged;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
