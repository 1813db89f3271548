package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the HTTP server refuses by itself looks like what a route refuses. */
final class ServerErrorsTest {
  private static final RunningServer SERVER = new RunningServer();
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "400, validation_failed, GET / HTTP/1.1~X-No-Colon~~",
        "400, validation_failed, G(T / HTTP/1.1~Host: localhost~~",
        "400, validation_failed, GET /%zz HTTP/1.1~Host: localhost~~",
        "400, validation_failed, GET / HTTP/1.1~~",
        "404, not_found, GET /a%2fb HTTP/1.1~Host: localhost~~",
        "400, validation_failed, GET / HTTP/1.1~Host: localhost~Sec-WebSocket-Key: 1~~",
        "400, validation_failed, POST /webhooks/stripe HTTP/1.1~Host: localhost~Content-Length: x~~",
        "404, not_found, OPTIONS * HTTP/1.1~Host: localhost~~",
        "404, not_found, GET /nothing HTTP/1.1~Host: localhost~~",
        "405, method_not_allowed, DELETE /api/v1/plans HTTP/1.1~Host: localhost~~",
        "414, uri_too_long, GET /LONG HTTP/1.1~Host: localhost~~",
        "417, expectation_failed, POST /webhooks/stripe HTTP/1.1~Host: localhost~Expect: more~Content-Length: 2~~{}",
        "431, headers_too_large, GET / HTTP/1.1~Host: localhost~X-Long: LONG~~",
        "413, payload_too_large, POST /webhooks/stripe HTTP/1.1~Host: localhost~Content-Length: 5000000~~",
        "505, validation_failed, GET / HTTP/3.7~Host: localhost~~",
      })
  void refusalOfTheServerIsAnOrdinaryProblem(int status, String code, String request)
      throws IOException {
    Answer ordinary =
        answer("GET /api/v1/entitlements HTTP/1.1~Host: localhost~Connection: close~~");
    assertThat(ordinary.status()).isEqualTo(401);

    Answer refused = answer(request);

    assertThat(refused.status()).as(refused.text()).isEqualTo(status);
    assertThat(refused.json().path("code").asText()).isEqualTo(code);
    assertThat(refused.json().path("status").asInt()).isEqualTo(status);
    assertThat(refused.json().path("type").asText())
        .isEqualTo("urn:tatame:billing:problem:" + code);
    assertThat(refused.json().path("errors").isArray()).isTrue();
    assertThat(refused.json().path("requestId").asText())
        .isNotEmpty()
        .isEqualTo(refused.headers().get("x-request-id"));
    assertThat(refused.text()).doesNotContainIgnoringCase("jetty");
    assertThat(ofAll(refused)).isEqualTo(ofAll(ordinary));
    for (String fixed :
        List.of("content-type", "cache-control", "content-security-policy", "vary")) {
      assertThat(refused.headers()).containsEntry(fixed, ordinary.headers().get(fixed));
    }
  }

  @Test
  void requestIdOfTheClientIsTakenWhereTheRequestCouldBeRead() throws IOException {
    Answer refused = answer("POST /webhooks/stripe HTTP/1.1~Host: localhost~X-Request-ID: mine-1~"
        + "Expect: more~Content-Length: 2~~{}");

    assertThat(refused.status()).isEqualTo(417);
    assertThat(refused.headers()).containsEntry("x-request-id", "mine-1");
    assertThat(refused.json().path("requestId").asText()).isEqualTo("mine-1");
  }

  /** The names of the headers without those that belong to a status or a connection. */
  private static Set<String> ofAll(Answer answer) {
    Set<String> names = new TreeSet<>(answer.headers().keySet());
    names.removeAll(List.of("connection", "www-authenticate", "allow", "retry-after"));
    return names;
  }

  private record Answer(int status, Map<String, String> headers, String body, String text) {
    JsonNode json() throws IOException {
      return MAPPER.readTree(body);
    }
  }

  private static Answer answer(String request) throws IOException {
    String sent = request.replace("~", "\r\n").replace("LONG", "x".repeat(40_000));
    try (Socket socket = new Socket("localhost", SERVER.port())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(sent.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
      String head = "";
      while (!head.endsWith("\r\n\r\n")) {
        int next = socket.getInputStream().read();
        assertThat(next).as("after " + head).isNotNegative();
        head += (char) next;
      }
      Map<String, String> headers = new TreeMap<>();
      head.lines()
          .skip(1)
          .filter(line -> !line.isEmpty())
          .map(line -> line.split(": ", 2))
          .forEach(field -> headers.put(field[0].toLowerCase(Locale.ROOT), field[1]));
      String body = new String(
          socket
              .getInputStream()
              .readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0"))),
          StandardCharsets.UTF_8);
      return new Answer(Integer.parseInt(head.substring(9, 12)), headers, body, head + body);
    }
  }
}
