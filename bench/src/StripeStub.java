package com.tatame.billing.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Stripe's API as far as processing asks it: customers and subscriptions, and lists that are empty. */
final class StripeStub implements AutoCloseable {
  private static final String PRODUCTS = IntStream.rangeClosed(1, 3)
      .mapToObj(i -> """
          {"id":"prod_%1$d","object":"product","active":true,"created":1767225600,"description":"Product %1$d",
          "images":[],"livemode":false,"metadata":{"tier":"tier_%1$d"},"name":"Product %1$d","type":"service",
          "updated":1767225600}""".formatted(i))
      .collect(Collectors.joining(","));
  private static final String PRICES = IntStream.rangeClosed(1, 3)
      .boxed()
      .flatMap(i -> Stream.of("month", "year").map(interval -> """
          {"id":"price_%1$d_%2$s","object":"price","active":true,"billing_scheme":"per_unit","created":1767225600,
          "currency":"usd","livemode":false,"lookup_key":"key_%1$d_%2$s","metadata":{},"product":"prod_%1$d",
          "recurring":{"interval":"%2$s","interval_count":1,"usage_type":"licensed"},"type":"recurring",
          "unit_amount":%1$d000,"unit_amount_decimal":"%1$d000"}""".formatted(i, interval)))
      .collect(Collectors.joining(","));

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
    } else if (path.equals("/v1/products")) {
      send(exchange, 200, list(path, PRODUCTS));
    } else if (path.equals("/v1/prices")) {
      send(exchange, 200, list(path, PRICES));
    } else if (id.contains("_")) {
      send(exchange, 404, "{\"error\":{\"type\":\"invalid_request_error\",\"code\":\"resource_missing\"}}");
    } else {
      send(exchange, 200, list(path, ""));
    }
  }

  private static String list(String path, String data) {
    return "{\"object\":\"list\",\"url\":\"" + path + "\",\"has_more\":false,\"data\":[" + data + "]}";
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
