package com.tatame.billing.webhook;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.tatame.billing.outbox.EventSender.Request;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server on the loopback address that keeps what it received. */
final class ReceivingEndpoint implements AutoCloseable {
  static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Queue<Received> received = new ConcurrentLinkedQueue<>();

  /** Answers a request whose body was read. */
  interface Answering {
    void answer(HttpExchange exchange) throws IOException, InterruptedException;
  }

  /** One request, and where it came from. */
  record Received(
      String method, URI uri, Headers headers, String body, InetSocketAddress connection) {
    String header(String name) {
      return String.join(", ", headers.getOrDefault(name, List.of()));
    }

    Received withBody(String other) {
      return new Received(method, uri, headers, other, connection);
    }
  }

  private ReceivingEndpoint(HttpServer server, Answering answering) {
    this.server = server;
    server.setExecutor(threads);
    server.createContext("/", exchange -> {
      received.add(new Received(
          exchange.getRequestMethod(),
          exchange.getRequestURI(),
          exchange.getRequestHeaders(),
          new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
          exchange.getRemoteAddress()));
      try {
        answering.answer(exchange);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        exchange.close();
      }
    });
    server.start();
  }

  static ReceivingEndpoint answering(Answering answering) throws IOException {
    return of(
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0),
        answering);
  }

  static ReceivingEndpoint answering(int status) throws IOException {
    return answering(exchange -> exchange.sendResponseHeaders(status, -1));
  }

  static ReceivingEndpoint of(HttpServer server, Answering answering) {
    return new ReceivingEndpoint(server, answering);
  }

  int port() {
    return server.getAddress().getPort();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + port() + "/hooks?source=billing");
  }

  static Request request(URI url) {
    return new Request(
        url, List.of(SECRET), "in_1:paid", "{\"type\":\"invoice.paid\"}", Instant.now());
  }

  List<Received> received() {
    return List.copyOf(received);
  }

  @Override
  public void close() {
    threads.shutdownNow();
    server.stop(0);
  }
}
