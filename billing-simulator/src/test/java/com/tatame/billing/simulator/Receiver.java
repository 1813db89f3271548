package com.tatame.billing.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A webhook endpoint that keeps what it is sent and gives planned answers; 200 otherwise. */
final class Receiver implements AutoCloseable {
  record Received(String body, String signature) {
    JsonNode json() {
      try {
        return Shop.JSON.readTree(body);
      } catch (IOException e) {
        throw new AssertionError(body, e);
      }
    }

    String type() {
      return json().get("type").asText();
    }
  }

  private final HttpServer server;
  private final List<Received> received = new ArrayList<>();
  private final Deque<Integer> answers = new ArrayDeque<>();

  Receiver() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    server.createContext("/", this::receive);
    server.start();
  }

  private void receive(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    int status;
    synchronized (this) {
      received.add(new Received(body, exchange.getRequestHeaders().getFirst("Stripe-Signature")));
      Integer answer = answers.poll();
      status = answer == null ? 200 : answer;
    }
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }

  synchronized void answerNext(Integer... statuses) {
    answers.addAll(List.of(statuses));
  }

  synchronized List<Received> received() {
    return List.copyOf(received);
  }

  List<String> types() {
    return received().stream().map(Received::type).toList();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/webhooks";
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
