package com.tatame.billing.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Stripe's API as far as processing asks it: customers and subscriptions, and lists that are empty. */
final class StripeStub implements AutoCloseable {
  private final HttpServer server;
  private final Events events;
  private final long millis;
  private final AtomicInteger reads = new AtomicInteger();

  StripeStub(Events events, long millis) throws IOException {
    this.events = events;
    this.millis = millis;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newCachedThreadPool(task -> {
      Thread thread = new Thread(task, "stripe-stub");
      thread.setDaemon(true);
      return thread;
    }));
    server.createContext("/", this::answer);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  int reads() {
    return reads.get();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String id = path.substring(path.lastIndexOf('/') + 1);
    if (id.matches("(sub|cus)_[0-9]+")) {
      reads.incrementAndGet();
      pause();
      send(exchange, 200, events.object(id));
    } else if (id.contains("_")) {
      send(exchange, 404, "{\"error\":{\"type\":\"invalid_request_error\",\"code\":\"resource_missing\"}}");
    } else {
      send(exchange, 200, "{\"object\":\"list\",\"url\":\"" + path + "\",\"has_more\":false,\"data\":[]}");
    }
  }

  private void pause() {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void send(HttpExchange exchange, int status, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    exchange.getRequestBody().readAllBytes();
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.getResponseHeaders().add("Request-Id", "req_bench");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
