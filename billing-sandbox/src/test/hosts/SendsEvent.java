package com.example;

import com.sun.net.httpserver.HttpServer;
import com.tatame.billing.outbox.EventSender;
import com.tatame.billing.webhook.HttpEventSender;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.util.List;

/** Sends an event to an endpoint of its own, with the HTTP client that the host chose. */
public final class SendsEvent {
  private SendsEvent() {}

  public static void main(String[] args) throws Exception {
    HttpServer endpoint =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    endpoint.createContext("/", exchange -> {
      exchange.getRequestBody().readAllBytes();
      boolean signed = exchange.getRequestHeaders().getFirst("webhook-signature").startsWith("v1,");
      exchange.sendResponseHeaders(signed ? 202 : 400, -1);
      exchange.close();
    });
    endpoint.start();
    try (EventSender sender = HttpEventSender.create(true)) {
      EventSender.Answer answer = sender.send(new EventSender.Request(
          URI.create("http://127.0.0.1:" + endpoint.getAddress().getPort() + "/"),
          List.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
          "in_1:paid",
          "{}",
          Instant.now()));
      System.out.println("sent " + answer.status().orElse(0) + answer.error().orElse(""));
    } finally {
      endpoint.stop(0);
    }
  }
}
