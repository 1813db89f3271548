package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.server.http.RunningServer.Reply;
import com.tatame.billing.testkit.WebhookSigner;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** How large things may be, and what is done to those who break off. */
final class LimitsTest {
  private static final int JSON_LIMIT = 256 * 1024;
  private static final int WEBHOOK_LIMIT = 1024 * 1024;
  private static final RunningServer SERVER = new RunningServer();

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Test
  void aBodyUpToTheLimitIsRead() {
    String padded = "{" + " ".repeat(JSON_LIMIT - 2) + "}";
    assertThat(padded).hasSize(JSON_LIMIT);

    assertThat(SERVER.post("/api/v1/customer", "user_big", padded).status()).isEqualTo(201);
  }

  @Test
  void aLargerOneIsRefusedWhetherItsLengthIsSaidOrNot() {
    byte[] large = "x".repeat(JSON_LIMIT + 1).getBytes(StandardCharsets.UTF_8);

    for (HttpRequest.BodyPublisher body : new HttpRequest.BodyPublisher[] {
      HttpRequest.BodyPublishers.ofByteArray(large),
      HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large))
    }) {
      Reply reply = SERVER.send(HttpRequest.newBuilder(URI.create(SERVER.url("/api/v1/customer")))
          .header("Authorization", RunningServer.bearer("user_large"))
          .header("Content-Type", "application/json")
          .POST(body)
          .build());
      assertThat(reply.status()).isEqualTo(413);
      assertThat(reply.code()).isEqualTo("payload_too_large");
    }
  }

  @Test
  void webhooksMayBeLarger() {
    String event =
        "{\"id\":\"evt_large\",\"object\":\"event\",\"type\":\"unheard.of\",\"created\":1,"
            + "\"livemode\":false,\"api_version\":\"2026-07-29.dahlia\",\"filler\":\"";
    String large = event + "x".repeat(WEBHOOK_LIMIT - event.length() - 2) + "\"}";

    assertThat(webhook(large).status()).isEqualTo(200);
    assertThat(webhook(large + " ").status()).isEqualTo(413);
  }

  @Test
  void refusedBodyIsReadToItsEndSoThatItsSenderSeesTheAnswer() throws IOException {
    String head = "POST /api/v1/customer HTTP/1.1\r\nHost: localhost\r\nAuthorization: "
        + RunningServer.bearer("user_sends_on")
        + "\r\nContent-Type: application/json\r\n";
    String part = "x".repeat(WEBHOOK_LIMIT);
    String chunk = Integer.toHexString(WEBHOOK_LIMIT) + "\r\n" + part + "\r\n";

    sendsOn(head + "Content-Length: " + 3 * WEBHOOK_LIMIT + "\r\n\r\n" + part, part + part);
    sendsOn(head + "Transfer-Encoding: chunked\r\n\r\n" + chunk + chunk, chunk + "0\r\n\r\n");
  }

  /** Sends the rest only when the answer is there: a socket with unread data is reset by a close. */
  private static void sendsOn(String beginning, String rest) throws IOException {
    try (Socket socket = new Socket("localhost", SERVER.port())) {
      socket.setSoTimeout(10_000);
      OutputStream out = socket.getOutputStream();
      out.write(beginning.getBytes(StandardCharsets.US_ASCII));
      out.flush();
      InputStream in = socket.getInputStream();
      StringBuilder reply = new StringBuilder();
      while (reply.indexOf("}") < 0) {
        int next = in.read();
        assertThat(next).as("%s", reply).isNotNegative();
        reply.append((char) next);
      }
      assertThat(reply.toString())
          .startsWith("HTTP/1.1 413")
          .contains("payload_too_large")
          .containsIgnoringCase("Connection: close");
      for (int sent = 0; sent < rest.length(); sent += 8192) {
        out.write(rest.substring(sent, Math.min(rest.length(), sent + 8192))
            .getBytes(StandardCharsets.US_ASCII));
        out.flush();
      }
    }
  }

  @Test
  void aBodyThatBreaksOffIsNoInternalError() throws IOException {
    String head = "POST /api/v1/customer HTTP/1.1\r\nHost: localhost\r\nAuthorization: "
        + RunningServer.bearer("user_broken")
        + "\r\nContent-Type: application/json\r\n";

    assertThat(raw(head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"))
        .startsWith("HTTP/1.1 400");
  }

  @Test
  void whatNeverReachesARouteIsAProblemToo() throws IOException {
    String tooLong = raw("GET /api/v1/plans HTTP/1.1\r\nHost: localhost\r\nX-Long: "
        + "x".repeat(40_000) + "\r\n\r\n");

    assertThat(tooLong).startsWith("HTTP/1.1 431").contains("application/problem+json");
    assertThat(raw("GET /%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 400")
        .contains("application/problem+json")
        .doesNotContain("jetty");
  }

  private static Reply webhook(String event) {
    String signature = new WebhookSigner(RunningServer.WEBHOOK_SECRET).header(event, Instant.now());
    return SERVER.post("/webhooks/stripe", null, event, "Stripe-Signature", signature);
  }

  private static String raw(String request) throws IOException {
    try (Socket socket = new Socket("localhost", SERVER.port())) {
      socket.setSoTimeout(10_000);
      OutputStream out = socket.getOutputStream();
      out.write(request.getBytes(StandardCharsets.US_ASCII));
      out.flush();
      socket.shutdownOutput();
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
