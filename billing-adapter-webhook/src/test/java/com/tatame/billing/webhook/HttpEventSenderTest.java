package com.tatame.billing.webhook;

import static com.tatame.billing.webhook.ReceivingEndpoint.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import com.tatame.billing.outbox.EventSender.Answer;
import com.tatame.billing.outbox.EventSender.Request;
import com.tatame.billing.webhook.ReceivingEndpoint.Received;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.core5.ssl.SSLContexts;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class HttpEventSenderTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final byte[] IPV6_LOOPBACK = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  private static final Duration SHORT = Duration.ofMillis(300);

  private final HttpEventSender sender = HttpEventSender.create(true);
  private final HttpEventSender impatient = sender(SHORT);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void close() {
    ended.countDown();
    sender.close();
    impatient.close();
    threads.shutdownNow();
  }

  @Test
  void postsTheBodyWithItsSignature() throws Exception {
    try (ReceivingEndpoint endpoint = ReceivingEndpoint.answering(204)) {
      Answer answer = sender.send(new Request(
          endpoint.url(),
          List.of(ReceivingEndpoint.SECRET),
          "in_1:paid",
          "{\"name\":\"Zoë\"}",
          Instant.ofEpochMilli(1_795_601_730_900L)));

      assertThat(answer.status()).contains(204);
      assertThat(answer.error()).isEmpty();
      assertThat(answer.took()).isPositive();
      Received received = endpoint.received().get(0);
      assertThat(received.method()).isEqualTo("POST");
      assertThat(received.uri()).hasToString("/hooks?source=billing");
      assertThat(received.body()).isEqualTo("{\"name\":\"Zoë\"}");
      assertThat(received.header("Content-Type")).isEqualTo("application/json");
      assertThat(received.header("User-Agent")).isEqualTo("tatame-billing/1");
      assertThat(received.header("Host")).isEqualTo("127.0.0.1:" + endpoint.port());
      assertThat(received.header("webhook-id")).isEqualTo("in_1:paid");
      assertThat(received.header("webhook-timestamp")).isEqualTo("1795601730");
      assertThat(received.header("webhook-signature")).matches("v1,[A-Za-z0-9+/]{43}=");
      assertThat(received.headers().keySet())
          .doesNotContain("Accept-Encoding", "Cookie", "Upgrade", "Expect");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 404, 410, 429, 500, 503})
  void anyOtherStatusIsAFailure(int status) throws Exception {
    try (ReceivingEndpoint endpoint = ReceivingEndpoint.answering(status)) {
      Answer answer = sender.send(request(endpoint.url()));

      assertThat(answer.status()).contains(status);
      assertThat(answer.error()).contains("answered " + status);
      assertThat(endpoint.received()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void redirectIsAFailureAndNotFollowed(int status) throws Exception {
    try (ReceivingEndpoint target = ReceivingEndpoint.answering(200);
        ReceivingEndpoint endpoint = ReceivingEndpoint.answering(exchange -> {
          exchange.getResponseHeaders().add("Location", target.url().toString());
          exchange.sendResponseHeaders(status, -1);
        })) {
      Answer answer = sender.send(request(endpoint.url()));

      assertThat(answer.status()).contains(status);
      assertThat(answer.error()).contains("answered " + status + ": redirects are not followed");
      assertThat(target.received()).isEmpty();
    }
  }

  @Test
  void endpointThatAnswersNothingTimesOut() throws Exception {
    try (ReceivingEndpoint endpoint = ReceivingEndpoint.answering(exchange -> ended.await())) {
      assertNoAnswer(impatient.send(request(endpoint.url())));
    }
  }

  @Test
  void bodyThatNeverEndsTimesOut() throws Exception {
    try (ReceivingEndpoint endpoint = ReceivingEndpoint.answering(exchange -> {
      exchange.sendResponseHeaders(200, 100);
      exchange.getResponseBody().write('a');
      exchange.getResponseBody().flush();
      ended.await();
    })) {
      assertNoAnswer(impatient.send(request(endpoint.url())));
    }
  }

  // Each byte begins the timeout of a socket anew; the whole answer has one.
  @Test
  void bodyThatDripsTimesOut() throws Exception {
    try (ReceivingEndpoint endpoint = ReceivingEndpoint.answering(exchange -> {
      exchange.sendResponseHeaders(200, 0);
      while (!ended.await(20, TimeUnit.MILLISECONDS)) {
        exchange.getResponseBody().write('a');
        exchange.getResponseBody().flush();
      }
    })) {
      assertNoAnswer(impatient.send(request(endpoint.url())));
    }
  }

  @Test
  void headersThatDripTimeOut() throws Exception {
    try (ServerSocket server = rawServer(out -> {
      out.write(ascii("HTTP/1.1 200 OK\r\nx-slow: "));
      while (!ended.await(20, TimeUnit.MILLISECONDS)) {
        out.write('a');
        out.flush();
      }
    })) {
      assertNoAnswer(impatient.send(request(url(server))));
    }
  }

  @Test
  void resolverThatHangsTimesOut() {
    DnsResolver hanging = new DnsResolver() {
      @Override
      public InetAddress[] resolve(String host) {
        boolean interrupted = false;
        while (ended.getCount() > 0) {
          try {
            ended.await();
          } catch (InterruptedException e) {
            interrupted = true;
          }
        }
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
        return new InetAddress[0];
      }

      @Override
      public String resolveCanonicalHostname(String host) {
        return host;
      }
    };
    try (HttpEventSender hung =
        new HttpEventSender(true, SHORT, SHORT, hanging, SSLContexts.createDefault())) {
      assertNoAnswer(hung.send(request(URI.create("http://hooks.example.com"))));
      ended.countDown();
    }
  }

  private static void assertNoAnswer(Answer answer) {
    assertThat(answer.status()).isEmpty();
    assertThat(answer.error()).contains("no answer within 300 ms");
    assertThat(answer.took()).isGreaterThanOrEqualTo(SHORT);
  }

  @Test
  void onlyTheBeginningOfALongBodyIsRead() throws Exception {
    CompletableFuture<Boolean> cutOff = new CompletableFuture<>();
    try (ReceivingEndpoint endpoint = ReceivingEndpoint.answering(exchange -> {
      exchange.sendResponseHeaders(200, 0);
      try {
        while (ended.getCount() > 0) {
          exchange.getResponseBody().write(new byte[10_000]);
        }
      } catch (IOException e) {
        cutOff.complete(true);
      }
    })) {
      Answer answer = sender.send(request(endpoint.url()));

      assertThat(answer.status()).contains(200);
      assertThat(answer.error()).isEmpty();
      assertThat(cutOff.get(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void connectionIsUsedAgainAfterAShortAnswer() throws Exception {
    try (ReceivingEndpoint endpoint = ReceivingEndpoint.answering(exchange -> {
      exchange.sendResponseHeaders(200, 2);
      exchange.getResponseBody().write(ascii("ok"));
    })) {
      sender.send(request(endpoint.url()));
      sender.send(request(endpoint.url()));

      assertThat(endpoint.received()).extracting(Received::connection).hasSize(2);
      assertThat(endpoint.received().stream().map(Received::connection).distinct())
          .hasSize(1);
    }
  }

  @Test
  void statusCountsWhereTheBodyIsCutOff() throws Exception {
    try (ServerSocket server =
        rawServer(out -> out.write(ascii("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")))) {
      Answer answer = sender.send(request(url(server)));

      assertThat(answer.status()).contains(200);
      assertThat(answer.error()).isEmpty();
    }
  }

  @Test
  void connectionThatIsClosedWithoutAnAnswerIsAFailure() throws Exception {
    try (ServerSocket server = rawServer(out -> {})) {
      assertThat(sender.send(request(url(server))).error())
          .contains("the connection was closed before an answer");
    }
  }

  @Test
  void answerThatIsNotHttpIsAFailure() throws Exception {
    try (ServerSocket server =
        rawServer(out -> out.write(ascii("220 smtp.example.com ready\r\n\r\n".repeat(20))))) {
      assertThat(sender.send(request(url(server))).error())
          .contains("the answer is not HTTP, or its headers are too long");
    }
  }

  @Test
  void headersWithoutEndAreAFailure() throws Exception {
    try (ServerSocket server = rawServer(out -> {
      out.write(ascii("HTTP/1.1 200 OK\r\n"));
      try {
        while (ended.getCount() > 0) {
          out.write(ascii("x-more: 1\r\n"));
        }
      } catch (SocketException e) {
        // The sender has had enough.
      }
    })) {
      assertThat(sender.send(request(url(server))).error())
          .contains("the answer is not HTTP, or its headers are too long");
    }
  }

  @Test
  void refusedConnectionIsAFailure() throws Exception {
    int unused;
    try (ServerSocket server = new ServerSocket(0, 1, loopback())) {
      unused = server.getLocalPort();
    }

    Answer answer = sender.send(request(URI.create("http://127.0.0.1:" + unused)));

    assertThat(answer.status()).isEmpty();
    assertThat(answer.error()).contains("connection refused");
  }

  @Test
  void unknownHostIsAFailure() {
    try (HttpEventSender unknown = new HttpEventSender(
        true, LONG, LONG, PublicAddressResolverTest.dns(), SSLContexts.createDefault())) {
      assertThat(unknown.send(request(URI.create("http://hooks.example.com"))).error())
          .contains("the host name is not known");
    }
  }

  @Test
  void urlThatIsRefusedByNowIsNotSentTo() throws Exception {
    try (ReceivingEndpoint endpoint = ReceivingEndpoint.answering(200);
        HttpEventSender publicOnly = HttpEventSender.create(false)) {
      Answer answer = publicOnly.send(request(endpoint.url()));

      assertThat(answer.status()).isEmpty();
      assertThat(answer.error()).get().asString().startsWith("the URL must begin with https://");
      assertThat(endpoint.received()).isEmpty();
    }
  }

  @Test
  void secretThatCannotSignIsAFailureAndNotSent() throws Exception {
    try (ReceivingEndpoint endpoint = ReceivingEndpoint.answering(200)) {
      Answer answer =
          sender.send(new Request(endpoint.url(), List.of("hush"), "evt_1", "{}", Instant.EPOCH));

      assertThat(answer.error())
          .contains("the endpoint's secret is not whsec_ and Base64: replace it");
      assertThat(endpoint.received()).isEmpty();
    }
  }

  @Test
  void nameIsResolvedOnceForAConnection() throws Exception {
    AtomicInteger lookups = new AtomicInteger();
    DnsResolver counting = new DnsResolver() {
      @Override
      public InetAddress[] resolve(String host) {
        lookups.incrementAndGet();
        return new InetAddress[] {loopback()};
      }

      @Override
      public String resolveCanonicalHostname(String host) {
        return host;
      }
    };
    try (ReceivingEndpoint endpoint = ReceivingEndpoint.answering(200);
        HttpEventSender resolving =
            new HttpEventSender(true, LONG, LONG, counting, SSLContexts.createDefault())) {
      URI url = URI.create("http://hooks.example.com:" + endpoint.port() + "/hooks");

      assertThat(resolving.send(request(url)).status()).contains(200);
      assertThat(lookups).hasValue(1);
      assertThat(endpoint.received().get(0).header("Host"))
          .isEqualTo("hooks.example.com:" + endpoint.port());
    }
  }

  @Test
  void ipv6AddressIsReached() throws Exception {
    HttpServer server;
    try {
      server =
          HttpServer.create(new InetSocketAddress(InetAddress.getByAddress(IPV6_LOOPBACK), 0), 0);
    } catch (SocketException e) {
      assumeTrue(false, "this machine has no IPv6");
      return;
    }
    try (ReceivingEndpoint endpoint =
        ReceivingEndpoint.of(server, exchange -> exchange.sendResponseHeaders(200, -1))) {
      Answer answer = sender.send(request(URI.create("http://[::1]:" + endpoint.port())));

      assertThat(answer.error()).isEmpty();
      assertThat(endpoint.received().get(0).header("Host")).isEqualTo("[::1]:" + endpoint.port());
    }
  }

  @Test
  void hostThatHangsHoldsUpNoOther() throws Exception {
    int most = 16;
    CountDownLatch hanging = new CountDownLatch(most);
    try (HttpEventSender patient = new HttpEventSender(
            true, SHORT, LONG, SystemDefaultDnsResolver.INSTANCE, SSLContexts.createDefault());
        ReceivingEndpoint dead = ReceivingEndpoint.answering(exchange -> {
          hanging.countDown();
          ended.await();
        });
        ReceivingEndpoint alive = ReceivingEndpoint.answering(200)) {
      List<Future<Answer>> waiting = new ArrayList<>();
      for (int i = 0; i < most; i++) {
        waiting.add(threads.submit(() -> patient.send(request(dead.url()))));
      }
      hanging.await();

      assertThat(patient.send(request(dead.url())).error())
          .contains("too many requests to this host at a time");
      assertThat(patient.send(request(alive.url())).status()).contains(200);
      assertThat(waiting).noneMatch(Future::isDone);
    }
  }

  @Test
  void closeEndsWhatIsUnderWay() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    try (ReceivingEndpoint endpoint = ReceivingEndpoint.answering(exchange -> {
      begun.countDown();
      ended.await();
    })) {
      Future<Answer> waiting = threads.submit(() -> sender.send(request(endpoint.url())));
      begun.await();
      sender.close();

      assertThat(waiting.get(10, TimeUnit.SECONDS).error()).isPresent();
      assertThat(sender.send(request(endpoint.url())).error()).contains("the sender is closed");
    }
  }

  @Test
  void interruptedCallerStaysInterrupted() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    try (ReceivingEndpoint endpoint = ReceivingEndpoint.answering(exchange -> {
      begun.countDown();
      ended.await();
    })) {
      CompletableFuture<Optional<String>> error = new CompletableFuture<>();
      Thread caller = new Thread(() -> {
        Optional<String> answered = sender.send(request(endpoint.url())).error();
        error.complete(Thread.currentThread().isInterrupted() ? answered : Optional.empty());
      });
      caller.start();
      begun.await();
      caller.interrupt();

      assertThat(error.get(10, TimeUnit.SECONDS)).contains("interrupted");
    }
  }

  private static HttpEventSender sender(Duration timeout) {
    return new HttpEventSender(
        true, LONG, timeout, SystemDefaultDnsResolver.INSTANCE, SSLContexts.createDefault());
  }

  private interface Writing {
    void write(OutputStream out) throws IOException, InterruptedException;
  }

  /** Answers the first request with bytes, whatever it was, and closes the connection. */
  private ServerSocket rawServer(Writing writing) throws IOException {
    ServerSocket server = new ServerSocket(0, 1, loopback());
    threads.execute(() -> {
      try (Socket connection = server.accept()) {
        byte[] request = new byte[8192];
        int read = connection.getInputStream().read(request);
        while (read > 0 && !new String(request, 0, read, StandardCharsets.US_ASCII).endsWith("}")) {
          int more = connection.getInputStream().read(request, read, request.length - read);
          read = more < 0 ? -1 : read + more;
        }
        writing.write(connection.getOutputStream());
      } catch (IOException e) {
        // The sender went away first.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    return server;
  }

  private static URI url(ServerSocket server) {
    return URI.create("http://127.0.0.1:" + server.getLocalPort());
  }

  private static InetAddress loopback() {
    return InetAddress.getLoopbackAddress();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
