package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.tatame.billing.server.http.RunningServer.Reply;
import com.tatame.billing.testkit.WebhookSigner;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What clients can make the server hold that announce large bodies, and send them slowly or not. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SlowBodiesTest {
  /** The time that a client has in hand whom a test waits for. */
  private static final Duration SILENCE = Duration.ofSeconds(1);

  private static final int LARGE = 900_000;
  private static final int WEBHOOK_LIMIT = 1024 * 1024;
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Pattern STATUS = Pattern.compile("HTTP/1.1 (\\d{3})");

  private final RunningServer patient = new RunningServer();
  private final RunningServer impatient =
      new RunningServer(Map.of(), server -> server.slowestBody(SILENCE, 16 * 1024));
  private final List<Client> clients = new ArrayList<>();

  /** The one that the test is about. */
  private RunningServer server = patient;

  @BeforeEach
  void start() {
    server = patient;
  }

  @AfterEach
  void leave() throws IOException {
    for (Client client : clients) {
      client.channel.close();
    }
    clients.clear();
    awaitNothingHeld();
  }

  @AfterAll
  void stop() {
    patient.close();
    impatient.close();
  }

  @Test
  void slowSendersOfLargeBodiesKeepNobodyWaiting() throws Exception {
    server = impatient;
    clients.add(new Client(head("Content-Length: " + LARGE)));
    await().atMost(LONG).until(() -> held() > 0);
    long most = held();
    // More than there are threads.
    while (clients.size() < 300) {
      clients.add(new Client(head("Content-Length: " + LARGE)));
    }
    CountDownLatch done = new CountDownLatch(1);
    // Each of them gets some 260 bytes in a second.
    CompletableFuture<Void> sender = CompletableFuture.runAsync(() -> {
      while (!isOver(done)) {
        clients.forEach(client -> client.send(26));
      }
    });
    try {
      do {
        most = Math.max(most, held());
        assertThat(server.get("/health/live", null).status()).isEqualTo(200);
        assertThat(server.get("/api/v1/plans", null).status()).isEqualTo(200);
        assertThat(webhook(event("evt_small_" + most, 10)).status()).isEqualTo(200);
        clients.forEach(Client::receive);
      } while (clients.stream().anyMatch(client -> !client.ended()));
      assertThat(most).isPositive().isLessThanOrEqualTo(budget());
    } finally {
      done.countDown();
      sender.join();
    }
    assertThat(clients)
        .allMatch(client -> client.closed || List.of(408, 503).contains(client.status()));
    assertThat(clients).anyMatch(client -> client.status() == 408);
    assertThat(clients)
        .filteredOn(client -> client.status() == 408)
        .allMatch(client -> client.answer().contains("\"code\":\"request_timeout\""));
    awaitNothingHeld();
  }

  @Test
  void bodiesBeyondTheBudgetAreRefusedBeforeTheyAreRead() throws Exception {
    // All but its last byte: nothing ends, and all that arrived is held.
    byte[] almost = new byte[LARGE - 1];
    Arrays.fill(almost, (byte) ' ');
    boolean refused = false;
    while (!refused && clients.size() < 64) {
      Client client = new Client(head("Content-Length: " + LARGE));
      clients.add(client);
      client.sendAll(almost);
      await().atMost(LONG).until(() -> client.receive() || held() > 0);
      refused = clients.stream().anyMatch(Client::receive);
    }
    assertThat(refused).isTrue();
    assertThat(held()).isLessThanOrEqualTo(budget());
    Client sentAway = clients.stream().filter(Client::receive).findFirst().orElseThrow();
    await().atMost(LONG).until(() -> sentAway.receive() && sentAway.ended());
    assertThat(sentAway.status()).isEqualTo(503);
    assertThat(sentAway.answer())
        .containsIgnoringCase("Retry-After: ")
        .containsIgnoringCase("X-Request-ID: ")
        .containsIgnoringCase("application/problem+json")
        .contains("\"code\":\"server_busy\"");

    // Small requests of the very same client still have room.
    assertThat(webhook(event("evt_room", 10)).status()).isEqualTo(200);
    for (Client client : clients) {
      client.channel.close();
    }
    awaitNothingHeld();
    assertThat(webhook(event("evt_again", LARGE)).status()).isEqualTo(200);
  }

  @Test
  void bodyJustUnderTheLimitArrives() throws Exception {
    assertThat(webhook(event("evt_most", WEBHOOK_LIMIT)).status()).isEqualTo(200);

    byte[] chunked = event("evt_chunked", WEBHOOK_LIMIT).getBytes(StandardCharsets.UTF_8);
    Client client = new Client(head("Transfer-Encoding: chunked", chunked));
    clients.add(client);
    for (int at = 0; at < chunked.length; at += 10_000) {
      byte[] part = Arrays.copyOfRange(chunked, at, Math.min(chunked.length, at + 10_000));
      client.sendAll(
          (Integer.toHexString(part.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
      client.sendAll(part);
      client.sendAll("\r\n".getBytes(StandardCharsets.US_ASCII));
    }
    client.sendAll("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    await().atMost(LONG).until(() -> client.receive() && client.status() == 200);
    awaitNothingHeld();
  }

  @Test
  void endlessBodyWithoutLengthIsTooLarge() throws Exception {
    Client client = new Client(head("Transfer-Encoding: chunked"));
    clients.add(client);
    byte[] part = ("2710\r\n" + "x".repeat(10_000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
    for (int sent = 0; sent < 2 * WEBHOOK_LIMIT; sent += 10_000) {
      client.sendAll(part);
    }
    await().atMost(LONG).until(() -> client.receive() && client.ended());
    assertThat(client.status()).isEqualTo(413);
    assertThat(client.answer()).contains("\"code\":\"payload_too_large\"");
    awaitNothingHeld();
  }

  @Test
  void truncatedBodyIsNotValid() throws Exception {
    Client client = new Client(head("Content-Length: 20000"));
    clients.add(client);
    client.sendAll(new byte[19_000]);
    client.channel.shutdownOutput();

    await().atMost(LONG).until(() -> client.receive() && client.ended());
    assertThat(client.status()).isEqualTo(400);
    assertThat(client.answer())
        .contains("\"code\":\"validation_failed\"")
        .contains("could not be read to its end");
    awaitNothingHeld();
  }

  @Test
  void clientThatFallsSilentIsToldThatItWasTooSlow() throws Exception {
    server = impatient;
    Client client = new Client(head("Content-Length: " + LARGE));
    clients.add(client);
    client.sendAll(new byte[100_000]);

    await().atMost(LONG).until(() -> client.receive() && client.ended());
    assertThat(client.status()).isEqualTo(408);
    assertThat(client.answer()).contains("\"code\":\"request_timeout\"");
    awaitNothingHeld();
  }

  @Test
  void clientThatGoesAwayGivesBackWhatItHeld() throws Exception {
    Client client = new Client(head("Content-Length: " + LARGE));
    clients.add(client);
    client.sendAll(new byte[100_000]);
    await().atMost(LONG).until(() -> held() > 0);

    client.channel.close();

    awaitNothingHeld();
  }

  @Test
  void bodyThatIsRefusedByItsLengthIsNotAskedFor() throws Exception {
    Client client = new Client(head("Expect: 100-continue\r\nContent-Length: 5000000"));
    clients.add(client);

    await().atMost(LONG).until(() -> client.receive() && client.ended());
    assertThat(client.answer()).startsWith("HTTP/1.1 413").doesNotContain("100 Continue");
  }

  private void awaitNothingHeld() {
    await().atMost(LONG).until(() -> held() == 0);
  }

  private long held() {
    return metric("billing_http_body_bytes");
  }

  private long budget() {
    return metric("billing_http_body_bytes_max");
  }

  private long metric(String name) {
    String page = server
        .get("/metrics", null, "Authorization", "Bearer " + RunningServer.METRICS_TOKEN)
        .body();
    Matcher line = Pattern.compile("(?m)^" + name + " (\\S+)$").matcher(page);
    assertThat(line.find()).as(name).isTrue();
    return (long) Double.parseDouble(line.group(1));
  }

  private Reply webhook(String event) {
    String signature = new WebhookSigner(RunningServer.WEBHOOK_SECRET).header(event, Instant.now());
    return server.post("/webhooks/stripe", null, event, "Stripe-Signature", signature);
  }

  private static String event(String id, int size) {
    String start =
        "{\"id\":\"" + id + "\",\"object\":\"event\",\"type\":\"unheard.of\",\"created\":1,"
            + "\"livemode\":false,\"api_version\":\"2026-07-29.dahlia\",\"filler\":\"";
    return start + "x".repeat(Math.max(0, size - start.length() - 2)) + "\"}";
  }

  private static String head(String length) {
    return head(length, new byte[0]);
  }

  private static String head(String length, byte[] event) {
    String signature = new WebhookSigner(RunningServer.WEBHOOK_SECRET)
        .header(new String(event, StandardCharsets.UTF_8), Instant.now());
    return "POST /webhooks/stripe HTTP/1.1\r\nHost: localhost\r\n" + length
        + "\r\nStripe-Signature: " + signature + "\r\n\r\n";
  }

  /** Whether it is over within a tenth of a second. */
  private static boolean isOver(CountDownLatch done) {
    try {
      return done.await(100, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return true;
    }
  }

  /** A connection of a client that neither blocks nor minds being closed. */
  private final class Client {
    private final SocketChannel channel;
    private final ByteBuffer answer = ByteBuffer.allocate(16_384);
    private volatile boolean closed;

    Client(String head) throws IOException {
      channel = SocketChannel.open(new InetSocketAddress("localhost", server.port()));
      channel.configureBlocking(false);
      sendAll(head.getBytes(StandardCharsets.US_ASCII));
    }

    void send(int bytes) {
      try {
        if (!closed) {
          channel.write(ByteBuffer.allocate(bytes));
        }
      } catch (IOException e) {
        closed = true;
      }
    }

    /** Sends as fast as it is read, and gives up when the server has answered. */
    void sendAll(byte[] bytes) {
      ByteBuffer rest = ByteBuffer.wrap(bytes);
      try {
        while (rest.hasRemaining() && !closed) {
          if (channel.write(rest) == 0) {
            receive();
            Thread.onSpinWait();
          }
        }
      } catch (IOException e) {
        closed = true;
      }
    }

    /** Whether anything was answered. */
    synchronized boolean receive() {
      try {
        while (!closed && channel.read(answer) != 0) {
          closed = channel.read(answer) < 0;
        }
      } catch (IOException e) {
        closed = true;
      }
      return answer.position() > 0;
    }

    synchronized boolean ended() {
      return closed || answer().endsWith("}");
    }

    synchronized String answer() {
      return new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8);
    }

    int status() {
      Matcher line = STATUS.matcher(answer());
      return line.find() ? Integer.parseInt(line.group(1)) : 0;
    }
  }
}
