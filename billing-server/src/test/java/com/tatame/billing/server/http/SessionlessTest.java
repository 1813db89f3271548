package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.server.http.Description.Operation;
import com.tatame.billing.server.http.RunningServer.Reply;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** No request leaves anything behind in the server: no servlet session, no cookie. */
final class SessionlessTest {
  private static final RunningServer SERVER = new RunningServer();

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Test
  void noRouteSetsACookie() {
    for (Operation operation :
        new Description(SERVER.get("/openapi.json", null).json()).operations()) {
      for (String user : new String[] {null, "user_root"}) {
        Reply reply = SERVER.send(operation.method(), operation.pathWith("any"), user, null);

        assertThat(reply.http().headers().map())
            .as(operation.toString())
            .doesNotContainKey("set-cookie");
      }
    }
  }

  @Test
  void aWebSocketHandshakeIsRefusedBeforeTheServlet() throws IOException {
    for (List<String> handshake : List.of(
        List.of(
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="),
        List.of("Sec-WebSocket-Version: 13"),
        List.of("Upgrade: h2c, WebSocket"))) {
      for (String path : new String[] {"/", "/health/live", "/api/v1/entitlements", "/nowhere"}) {
        String answer = exchange(path, handshake);

        assertThat(answer).as(path + " " + handshake).startsWith("HTTP/1.1 400 ");
        assertThat(answer)
            .contains("application/problem+json")
            .doesNotContainIgnoringCase("Set-Cookie");
      }
    }
  }

  @Test
  void anOfferOfHttp2IsIgnored() throws IOException {
    String answer = exchange(
        "/health/live",
        List.of(
            "Connection: Upgrade, HTTP2-Settings",
            "Upgrade: h2c",
            "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA"));

    assertThat(answer).startsWith("HTTP/1.1 200 ");
  }

  private static String exchange(String path, List<String> headers) throws IOException {
    try (Socket socket = new Socket("localhost", SERVER.port())) {
      OutputStream out = socket.getOutputStream();
      List<String> lines = new ArrayList<>(List.of("GET " + path + " HTTP/1.1", "Host: x"));
      lines.addAll(headers);
      lines.add("Connection: close");
      out.write((String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
