package com.tatame.billing.simulator;

import com.tatame.billing.simulator.engine.Delivery;
import com.tatame.billing.simulator.engine.Engine;
import com.tatame.billing.simulator.engine.WebhookMessage;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Delivers events to endpoints over HTTP in wall time. First attempts go in the order of the events, one endpoint never waits
 * for another, and what is not acknowledged is tried again later without holding up the rest.
 */
final class WebhookSender implements AutoCloseable {
  private final Engine engine;
  private final List<Duration> retryDelays;
  private final Duration timeout;
  private final InstantSource wall;
  private final int lanesPerEndpoint;
  private final DeliveryDisorder disorder;
  private final HttpClient client;
  private final Map<String, Lane> lanes = new ConcurrentHashMap<>();
  private final AtomicLong sequence = new AtomicLong();
  private final List<DeliveryAttempt> log = new ArrayList<>();
  private int pending;
  private boolean closed;

  WebhookSender(
      Engine engine,
      List<Duration> retryDelays,
      Duration timeout,
      InstantSource wall,
      int lanesPerEndpoint,
      long seed) {
    this.engine = engine;
    this.retryDelays = List.copyOf(retryDelays);
    this.timeout = timeout;
    this.wall = wall;
    this.lanesPerEndpoint = lanesPerEndpoint;
    this.disorder = new DeliveryDisorder(seed);
    this.client = HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(timeout)
        .build();
  }

  /** Takes deliveries in the order in which they are to be sent. */
  synchronized void send(List<Delivery> deliveries) {
    enqueue(disorder.pass(deliveries));
  }

  /** Sends once more, whatever the faults, what no attempt has brought there. */
  void resend() {
    // The engine is asked first: it locks before it calls in here.
    engine.undelivered().forEach(delivery -> enqueue(delivery, 1, Duration.ZERO));
  }

  /** Sends what was held back. */
  synchronized void release() {
    enqueue(disorder.release());
  }

  private void enqueue(List<DeliveryDisorder.Passed> passed) {
    passed.forEach(each -> enqueue(each.delivery(), 1, each.delay()));
  }

  private synchronized void enqueue(Delivery delivery, int attempt, Duration delay) {
    if (closed) {
      return;
    }
    pending++;
    lanes
        .computeIfAbsent(delivery.endpoint(), Lane::new)
        .queue
        .add(new Waiting(
            delivery, attempt, sequence.incrementAndGet(), System.nanoTime() + delay.toNanos()));
  }

  synchronized void fail(DeliveryFaults wanted) {
    enqueue(disorder.become(wanted));
  }

  synchronized List<DeliveryAttempt> log() {
    return List.copyOf(log);
  }

  /** Deletes the log and what is waiting. */
  synchronized void reset() {
    lanes.values().forEach(lane -> pending -= drained(lane));
    log.clear();
    disorder.reset();
    disorder.become(DeliveryFaults.NONE);
    notifyAll();
  }

  private static int drained(Lane lane) {
    int before = lane.queue.size();
    lane.queue.clear();
    return before;
  }

  /** Waits until nothing is waiting to be sent or sent again. */
  synchronized boolean idle(Duration atMost) throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (pending > 0) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }

  private void attempt(Waiting waiting) {
    try {
      Optional<WebhookMessage> message = engine.message(waiting.delivery);
      if (message.isPresent()) {
        List<Duration> delays = engine.retriesOf(waiting.delivery.endpoint()).orElse(retryDelays);
        boolean last = waiting.attempt > delays.size();
        DeliveryAttempt attempt = post(waiting, message.get(), last);
        if (attempt.succeeded()) {
          engine.acknowledged(waiting.delivery);
        } else if (!last) {
          enqueue(waiting.delivery, waiting.attempt + 1, delays.get(waiting.attempt - 1));
        }
        note(attempt);
      }
    } finally {
      done();
    }
  }

  private synchronized void note(DeliveryAttempt attempt) {
    log.add(attempt);
  }

  private synchronized void done() {
    pending--;
    notifyAll();
  }

  private DeliveryAttempt post(Waiting waiting, WebhookMessage message, boolean last) {
    Instant at = wall.instant();
    OptionalInt status = OptionalInt.empty();
    Optional<String> failure = Optional.empty();
    try {
      HttpRequest request = HttpRequest.newBuilder(URI.create(message.url()))
          .timeout(timeout)
          .header("Content-Type", "application/json; charset=utf-8")
          .header("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
          .header(
              "Stripe-Signature",
              WebhookSignature.header(at.getEpochSecond(), message.body(), message.secrets()))
          .POST(HttpRequest.BodyPublishers.ofString(message.body()))
          .build();
      status = OptionalInt.of(
          client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode());
    } catch (IOException e) {
      failure = Optional.of(e.getClass().getSimpleName());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failure = Optional.of("the simulator is closing");
    }
    Delivery delivery = waiting.delivery;
    return new DeliveryAttempt(
        delivery.event(),
        delivery.type(),
        delivery.endpoint(),
        message.url(),
        waiting.attempt,
        status,
        failure,
        last,
        at);
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      lanes.values().forEach(lane -> lane.threads.forEach(Thread::interrupt));
    }
    boolean interrupted = false;
    for (Lane lane : lanes.values()) {
      for (Thread thread : lane.threads) {
        try {
          thread.join(timeout.toMillis());
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** The queue of one endpoint and the threads that empty it. */
  private final class Lane {
    final DelayQueue<Waiting> queue = new DelayQueue<>();
    final List<Thread> threads = new ArrayList<>();

    Lane(String endpoint) {
      for (int i = 0; i < lanesPerEndpoint; i++) {
        Thread thread = new Thread(this::run, "webhooks-" + endpoint + "-" + i);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
      }
    }

    private void run() {
      try {
        while (!Thread.currentThread().isInterrupted()) {
          attempt(queue.take());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private record Waiting(Delivery delivery, int attempt, long sequence, long dueNanos)
      implements Delayed {
    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(dueNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      Waiting waiting = (Waiting) other;
      long earlier = dueNanos - waiting.dueNanos;
      return earlier == 0 ? Long.compare(sequence, waiting.sequence) : Long.signum(earlier);
    }
  }
}
