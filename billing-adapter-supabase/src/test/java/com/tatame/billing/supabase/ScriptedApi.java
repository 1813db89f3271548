package com.tatame.billing.supabase;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;

/** Answers by a script, the last line of it again and again, and records its requests. */
final class ScriptedApi implements AutoCloseable {
  /** One answer; without a status the connection is closed. */
  record Says(Optional<Integer> status, String contentType, String body) {
    static Says json(int status, String body) {
      return new Says(Optional.of(status), "application/json; charset=utf-8", body);
    }

    static Says page(int status) {
      return new Says(Optional.of(status), "text/html", "<html>ada@example.com</html>");
    }

    static Says nothing() {
      return new Says(Optional.empty(), "", "");
    }
  }

  record Asked(String path, Headers headers, String body) {}

  private final HttpServer server;
  private final Queue<Says> script = new ArrayDeque<>();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();

  ScriptedApi(Says... script) {
    this.script.addAll(List.of(script));
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::answer);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      asked.add(new Asked(
          exchange.getRequestURI().toString(),
          exchange.getRequestHeaders(),
          new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
      Says says = script.size() > 1 ? script.remove() : script.element();
      if (says.status().isPresent()) {
        byte[] body = says.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", says.contentType());
        exchange.sendResponseHeaders(says.status().get(), body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
      }
    }
  }

  String url() {
    return "http://localhost:" + server.getAddress().getPort();
  }

  List<Asked> asked() {
    return asked;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
