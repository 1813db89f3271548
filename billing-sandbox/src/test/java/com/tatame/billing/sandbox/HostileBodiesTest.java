package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tatame.billing.simulator.StripeSimulator;
import com.tatame.billing.testkit.WebhookSigner;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A sender that knows the secret may send anything: the server answers, keeps nothing of what it
 * refused, and its memory doesn't grow. Bodies are read before any store is asked, so one store will do.
 *
 * <p>Of a size that a build can bear; {@code -Dbilling.bodies=300000} makes it a trial by fire.
 */
final class HostileBodiesTest {
  private static final int BODIES = Integer.getInteger("billing.bodies", 3000);
  private static final int WARM_UP = BODIES / 5;
  private static final int SENDERS = 16;
  private static final long SEED = Long.getLong("seed", new Random().nextLong());
  private static final int BUSY = 503;
  private static final long GROWTH = 16L << 20;
  private static final Duration MAX_WAIT = Duration.ofMinutes(5);
  private static final InstantSource WALL = InstantSource.system();
  private static final WebhookSigner PROVIDER = new WebhookSigner(LocalServer.WEBHOOK_SECRET);

  private final StripeSimulator stripe = StripeSimulator.builder().start();
  private final Backing backing = Backing.postgresql();
  private final ServerProcess server;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ExecutorService senders = Executors.newFixedThreadPool(SENDERS);
  private final Map<Integer, Integer> answers = new TreeMap<>();
  private final LongAdder deferred = new LongAdder();
  private long stored;

  HostileBodiesTest() {
    Shopfront.open(stripe);
    server = ServerProcess.small(stripe, stripe.url(), backing);
  }

  @AfterEach
  void close() {
    senders.shutdownNow();
    server.close();
    backing.close();
    stripe.close();
  }

  @Test
  void noBodyBreaksTheServerOrStaysWithIt() throws Exception {
    System.out.println("Repeat with -Dseed=" + SEED);
    new Buyer(server).subscribe("pro", "monthly", Buyer.PAYS);
    List<JsonNode> events = stripe.events();
    await().atMost(MAX_WAIT).until(() -> rows() == events.size());
    stored = events.size();
    HostileBodies bodies = new HostileBodies(SEED, events);

    send(bodies, 0, WARM_UP);
    long before = server.process().heapInUse();
    send(bodies, WARM_UP, BODIES);
    long after = server.process().heapInUse();

    System.out.printf(
        "%d bodies: answers %s, %d sent again, heap %d KiB before and %d KiB after, at most %d MiB"
            + " resident%n",
        BODIES,
        answers,
        deferred.sum(),
        before >> 10,
        after >> 10,
        server.process().mostResident() >> 20);
    assertThat(answers.keySet()).as("seed %d", SEED).containsExactlyInAnyOrder(200, 400, 413);
    assertThat(answers.get(400)).as("seed %d", SEED).isGreaterThan(BODIES / 2);
    assertThat(after).as("seed %d", SEED).isLessThan(before + GROWTH);
    assertThat(rows()).as("seed %d", SEED).isEqualTo(stored);
    assertThat(server.process().output())
        .as("seed %d", SEED)
        .noneMatch(line -> line.contains("failed unexpectedly") || line.contains("OutOfMemory"));
    aGoodEventIsStillProcessed(events);
  }

  private void aGoodEventIsStillProcessed(List<JsonNode> events) throws Exception {
    ObjectNode good = events.get(events.size() - 1).deepCopy();
    assertThat(
            postUntilRead(good.put("id", "evt_good").toString().getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(200);
    await()
        .atMost(MAX_WAIT)
        .until(() -> backing
                .database()
                .count(
                    "stripe_webhook_events where stripe_event_id = 'evt_good' and status = 'processed'")
            == 1);
  }

  private void send(HostileBodies bodies, int from, int to) throws Exception {
    List<Future<Map<Integer, Integer>>> parts = new ArrayList<>();
    for (int i = 0; i < SENDERS; i++) {
      int first = from + i;
      parts.add(senders.submit(() -> {
        Map<Integer, Integer> seen = new HashMap<>();
        for (int number = first; number < to; number += SENDERS) {
          byte[] body = bodies.body(number);
          int status = postUntilRead(body);
          assertThat(status).as("body %d of seed %d", number, SEED).isIn(200, 400, 413);
          assertThat(status == 413).isEqualTo(body.length > HostileBodies.LIMIT);
          seen.merge(status, 1, Integer::sum);
        }
        return seen;
      }));
    }
    for (Future<Map<Integer, Integer>> part : parts) {
      part.get().forEach((status, count) -> answers.merge(status, count, Integer::sum));
    }
  }

  /** A server without time for a webhook says when to send it again; its sender does. */
  private int postUntilRead(byte[] body) throws IOException, InterruptedException {
    HttpResponse<String> answer = post(body);
    while (answer.statusCode() == BUSY) {
      deferred.increment();
      TimeUnit.SECONDS.sleep(
          Long.parseLong(answer.headers().firstValue("Retry-After").orElseThrow()));
      answer = post(body);
    }
    return answer.statusCode();
  }

  private HttpResponse<String> post(byte[] body) throws IOException, InterruptedException {
    HttpResponse<String> answer = client.send(
        HttpRequest.newBuilder(URI.create(server.url() + "/webhooks/stripe"))
            .timeout(MAX_WAIT)
            .header("Content-Type", "application/json; charset=utf-8")
            .header("Stripe-Signature", PROVIDER.header(body, WALL.instant()))
            .POST(BodyPublishers.ofByteArray(body))
            .build(),
        BodyHandlers.ofString());
    if (answer.statusCode() == 200
        && !Json.read(answer.body()).path("duplicate").asBoolean()) {
      countStored();
    }
    return answer;
  }

  private synchronized void countStored() {
    stored++;
  }

  private long rows() {
    return backing.database().count("webhook_events");
  }
}
