package com.tatame.billing.server.http;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.inbox.InboxStore;
import com.tatame.billing.server.http.RunningServer.Reply;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.testkit.InMemoryBillingStore;
import com.tatame.billing.testkit.WebhookSigner;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is done in the thread that reads requests, and what it never delays. */
@Timeout(60)
final class NonBlockingHandlerTest {
  /** More than the server has threads. */
  private static final int REQUESTS = 300;

  private static final String CONSUME = "/api/v1/entitlements/video_reviews/consume";

  private final InMemoryBillingStore store = new InMemoryBillingStore();
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch open = new CountDownLatch(1);
  /** Time stands still, so that no cache entry expires. */
  private final RunningServer server = new RunningServer(
      Map.of(),
      parts -> parts
          .store(gated(BillingStore.class, store))
          .wallClock(InstantSource.fixed(Instant.now())));

  @AfterEach
  void stop() {
    open.countDown();
    server.close();
  }

  @Test
  void eventsThatWaitForTheDatabaseKeepNobodyElseFromBeingServed() throws Exception {
    List<Socket> waiting = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      waiting.add(sent(request("evt_" + i)));
    }
    assertThat(asked.await(20, SECONDS)).isTrue();

    assertThat(server.get("/health/live", null).status()).isEqualTo(200);

    open.countDown();
    for (Socket each : waiting) {
      assertThat(answers(each, 1)).hasSize(1);
      each.close();
    }
  }

  @Test
  void cachedEntitlementsAreAnsweredThoughEveryThreadIsBusy() throws Exception {
    String ada = RunningServer.bearer("user_ada");
    String fromStore = entitlements(ada).body();
    List<Socket> waiting = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      waiting.add(sent("GET /api/v1/webhooks/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: "
          + RunningServer.bearer("user_root") + "\r\n\r\n"));
    }
    assertThat(asked.await(20, SECONDS)).isTrue();

    Reply fromMind = entitlements(ada);

    assertThat(fromMind.status()).isEqualTo(200);
    assertThat(fromMind.body()).isEqualTo(fromStore);
    assertThat(fromMind.header("Cache-Control")).isEqualTo("no-store");
    assertThat(fromMind.header("Content-Type")).isEqualTo("application/json");
    open.countDown();
    for (Socket each : waiting) {
      each.close();
    }
  }

  @Test
  void unitsAreUsedThoughEveryThreadIsBusy() throws Exception {
    String use = "POST " + CONSUME + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n"
        + "Authorization: " + RunningServer.bearer("user_ada") + "\r\n\r\n";
    try (Socket ada = sent(use)) {
      assertThat(answers(ada, 1)).singleElement().asString().contains("\"used\":1");
      List<Socket> waiting = new ArrayList<>();
      for (int i = 0; i < REQUESTS; i++) {
        waiting.add(
            sent("GET /api/v1/webhooks/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: "
                + RunningServer.bearer("user_root") + "\r\n\r\n"));
      }
      assertThat(asked.await(20, SECONDS)).isTrue();

      ada.getOutputStream().write(use.getBytes(StandardCharsets.UTF_8));

      assertThat(answers(ada, 1)).singleElement().asString().contains("\"used\":2");
      open.countDown();
      for (Socket each : waiting) {
        each.close();
      }
    }
  }

  @Test
  void twoProofsOfOneCallerAreRefusedAlsoWithoutAThread() throws Exception {
    String ada = RunningServer.bearer("user_ada");
    String bob = RunningServer.bearer("user_bob");
    open.countDown();
    consumes(ada, "{}");
    entitlements(ada);
    for (String line :
        List.of("GET /api/v1/entitlements", "GET /api/v1/invoices", "POST " + CONSUME)) {
      for (String second : List.of("Authorization: " + bob, "authorization: " + ada)) {
        try (Socket socket = sent(line + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n"
            + "Authorization: " + ada + "\r\n" + second + "\r\n\r\n")) {
          assertThat(answers(socket, 1, 400))
              .as(line)
              .singleElement()
              .asString()
              .contains("validation_failed", "Authorization", "more than once");
        }
      }
    }
    assertThat(entitlements(ada).at("/features/video_reviews/used")).isEqualTo("1");
  }

  @Test
  void whatIsWrongWithAUseIsToldAsEverywhere() {
    String ada = RunningServer.bearer("user_ada");
    consumes(ada, "{}");

    assertThat(consumes(ada, "{\"amount\":\"two\"}").at("/errors/0/field")).isEqualTo("amount");
    assertThat(consumes(ada, "{\"amount\":99999}").status()).isEqualTo(402);
    assertThat(consumes(ada, "{\"amount\":99999}").at("/upgrade")).isEqualTo("basic");
    assertThat(consumes(ada, "nonsense").status()).isEqualTo(400);
    assertThat(consumes(ada, "{\"idempotencyKey\":\"k\",\"amount\":1}").status())
        .isEqualTo(200);
    assertThat(consumes(ada, "{\"idempotencyKey\":\"k\",\"amount\":2}").code())
        .isEqualTo("idempotency_key_reused");
    assertThat(server
            .post("/api/v1/entitlements/unheard_of/consume", null, "{}", "Authorization", ada)
            .status())
        .isEqualTo(404);
    assertThat(server.get(CONSUME, null, "Authorization", ada).status()).isEqualTo(405);
    assertThat(entitlements(ada).at("/features/video_reviews/used")).isEqualTo("2");
  }

  @Test
  void whatWasUsedSinceIsTold() {
    open.countDown();
    String feature = "/api/v1/entitlements/video_reviews";
    String ada = RunningServer.bearer("user_ada");
    server.subscribe("user_ada", "basic");
    entitlements(ada);
    String before = entitlements(ada).at("/features/video_reviews/used");

    assertThat(server.post(feature + "/consume", "user_ada", "{}").status()).isEqualTo(200);

    assertThat(before).isEqualTo("0");
    assertThat(entitlements(ada).at("/features/video_reviews/used")).isEqualTo("1");
  }

  @Test
  void eventsThatComeInOneGoAreAnsweredOneAfterTheOther() throws IOException {
    open.countDown();
    try (Socket socket = sent(request("evt_1") + request("evt_2") + request("evt_1"))) {
      assertThat(answers(socket, 3))
          .containsExactly(
              "{\"received\":true,\"duplicate\":false}",
              "{\"received\":true,\"duplicate\":false}",
              "{\"received\":true,\"duplicate\":true}");
    }
  }

  @Test
  void anEventMayComeInPieces() throws IOException {
    open.countDown();
    String request = request("evt_pieces");
    try (Socket socket = new Socket("localhost", server.port())) {
      socket.setTcpNoDelay(true);
      OutputStream out = socket.getOutputStream();
      for (int from = 0; from < request.length(); from += 40) {
        out.write(request
            .substring(from, Math.min(from + 40, request.length()))
            .getBytes(StandardCharsets.UTF_8));
        out.flush();
      }
      assertThat(answers(socket, 1)).containsExactly("{\"received\":true,\"duplicate\":false}");
    }
  }

  @Test
  void anEventOfUnknownLengthIsTakenToo() throws IOException {
    open.countDown();
    String event = event("evt_chunked");
    String chunked = head("Transfer-Encoding: chunked", event) + Integer.toHexString(event.length())
        + "\r\n" + event + "\r\n0\r\n\r\n";
    try (Socket socket = sent(chunked)) {
      assertThat(answers(socket, 1)).containsExactly("{\"received\":true,\"duplicate\":false}");
    }
  }

  @Test
  void anEventThatBreaksOffIsNotStored() throws IOException {
    open.countDown();
    String request = request("evt_broken");
    try (Socket socket = sent(request.substring(0, request.length() - 1))) {
      socket.shutdownOutput();
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .doesNotContain("received");
    }
    assertThat(server.get("/api/v1/webhooks/events", "user_root").body())
        .doesNotContain("evt_broken");
  }

  private Reply consumes(String bearer, String body) {
    return server.post(CONSUME, null, body, "Authorization", bearer);
  }

  private Reply entitlements(String bearer) {
    return server.get("/api/v1/entitlements", null, "Authorization", bearer);
  }

  private Socket sent(String requests) throws IOException {
    Socket socket = new Socket("localhost", server.port());
    socket.setSoTimeout(20_000);
    socket.getOutputStream().write(requests.getBytes(StandardCharsets.UTF_8));
    return socket;
  }

  /** The bodies of the next answers, which all have to be 200. */
  private static List<String> answers(Socket socket, int count) throws IOException {
    return answers(socket, count, 200);
  }

  private static List<String> answers(Socket socket, int count, int status) throws IOException {
    List<String> bodies = new ArrayList<>();
    while (bodies.size() < count) {
      String head = "";
      while (!head.endsWith("\r\n\r\n")) {
        int next = socket.getInputStream().read();
        assertThat(next).as("after " + head).isNotNegative();
        head += (char) next;
      }
      assertThat(head).startsWith("HTTP/1.1 " + status).containsIgnoringCase("X-Request-ID: ");
      String length = head.replaceAll("(?is).*content-length: (\\d+).*", "$1");
      bodies.add(new String(
          socket.getInputStream().readNBytes(Integer.parseInt(length)), StandardCharsets.UTF_8));
    }
    return bodies;
  }

  private static String request(String id) {
    String event = event(id);
    return head("Content-Length: " + event.length(), event) + event;
  }

  private static String head(String length, String event) {
    return "POST /webhooks/stripe HTTP/1.1\r\nHost: localhost\r\n" + length
        + "\r\nStripe-Signature: "
        + new WebhookSigner(RunningServer.WEBHOOK_SECRET).header(event, Instant.now())
        + "\r\n\r\n";
  }

  private static String event(String id) {
    return "{\"id\":\"" + id + "\",\"object\":\"event\",\"type\":\"unheard.of\",\"created\":1,"
        + "\"livemode\":false,\"api_version\":\"2026-07-29.dahlia\"}";
  }

  /** The same, whose inbox does nothing before it is opened. */
  private <T> T gated(Class<T> port, T original) {
    return port.cast(Proxy.newProxyInstance(
        port.getClassLoader(), new Class<?>[] {port}, (proxy, method, arguments) -> {
          if (Set.of("ingest", "ingestAndApply", "events").contains(method.getName())) {
            asked.countDown();
            open.await();
          }
          try {
            Object result = method.invoke(original, arguments);
            return result instanceof InboxStore inbox ? gated(InboxStore.class, inbox) : result;
          } catch (InvocationTargetException e) {
            throw e.getTargetException();
          }
        }));
  }
}
