package com.tatame.billing.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/** A shop that uses the simulator over its real port, with a plain HTTP client. */
final class Shop implements AutoCloseable {
  static final ObjectMapper JSON = new ObjectMapper();
  static final String PAYS = "4242424242424242";
  static final String FAILS_AT_RENEWAL = "4000000000000341";

  private final HttpClient client = HttpClient.newHttpClient();
  final StripeSimulator stripe;
  private int eventsSeen;

  Shop() {
    this(StripeSimulator.builder());
  }

  Shop(StripeSimulator.Builder builder) {
    stripe = builder.start();
  }

  static Shop openedAt(String instant) {
    return new Shop(StripeSimulator.builder().startAt(Instant.parse(instant)));
  }

  record Reply(int status, JsonNode json, HttpResponse<String> http) {
    String header(String name) {
      return http.headers().firstValue(name).orElse("");
    }

    String errorCode() {
      return json.at("/error/code").asText();
    }

    String param() {
      return json.at("/error/param").asText();
    }

    String message() {
      return json.at("/error/message").asText();
    }
  }

  Reply get(String path, String... headers) {
    return api(request(path, headers).GET().build());
  }

  Reply delete(String path) {
    return api(request(path).DELETE().build());
  }

  /** Posts parameters written as {@code name=value}; the values are encoded here. */
  Reply post(String path, List<String> parameters, String... headers) {
    return api(request(path, headers)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(HttpRequest.BodyPublishers.ofString(form(parameters)))
        .build());
  }

  JsonNode ok(Reply reply) {
    if (reply.status != 200) {
      throw new AssertionError("expected 200, got " + reply.status + ": " + reply.json);
    }
    return reply.json;
  }

  private HttpRequest.Builder request(String path, String... headers) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(stripe.url() + path))
        .header("Authorization", "Bearer sk_test_shop");
    for (int i = 0; i < headers.length; i += 2) {
      builder.setHeader(headers[i], headers[i + 1]);
    }
    return builder;
  }

  private Reply api(HttpRequest request) {
    HttpResponse<String> response = send(request);
    return new Reply(response.statusCode(), parsed(response.body()), response);
  }

  private static JsonNode parsed(String json) {
    try {
      return JSON.readTree(json);
    } catch (IOException e) {
      throw new AssertionError("not JSON: " + json, e);
    }
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static String form(List<String> parameters) {
    List<String> encoded = new ArrayList<>();
    for (String parameter : parameters) {
      int equals = parameter.indexOf('=');
      encoded.add(parameter.substring(0, equals)
          + "="
          + URLEncoder.encode(parameter.substring(equals + 1), StandardCharsets.UTF_8));
    }
    return String.join("&", encoded);
  }

  /** A page or control route: no key, redirects are not followed. */
  HttpResponse<String> open(String url) {
    return send(HttpRequest.newBuilder(URI.create(url)).GET().build());
  }

  HttpResponse<String> submit(String url, List<String> fields) {
    return send(HttpRequest.newBuilder(URI.create(url))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(HttpRequest.BodyPublishers.ofString(form(fields)))
        .build());
  }

  JsonNode control(String method, String path, String body) {
    HttpResponse<String> response =
        send(HttpRequest.newBuilder(URI.create(stripe.url() + "/_simulator/" + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build());
    return parsed(response.body().isEmpty() ? "{}" : response.body());
  }

  String price(long amount, String interval) {
    return ok(post(
            "/v1/prices",
            List.of(
                "product_data[name]=Basic",
                "currency=usd",
                "unit_amount=" + amount,
                "recurring[interval]=" + interval)))
        .get("id")
        .asText();
  }

  String customer() {
    return ok(post("/v1/customers", List.of("email=ada@example.com"))).get("id").asText();
  }

  JsonNode session(String price, String... more) {
    List<String> parameters = new ArrayList<>(List.of(
        "mode=subscription",
        "line_items[0][price]=" + price,
        "success_url=https://shop.example/done?id={CHECKOUT_SESSION_ID}",
        "cancel_url=https://shop.example/plans"));
    parameters.addAll(List.of(more));
    if (parameters.stream()
        .noneMatch(parameter -> parameter.startsWith("line_items[0][quantity]"))) {
      parameters.add("line_items[0][quantity]=1");
    }
    return ok(post("/v1/checkout/sessions", parameters));
  }

  static List<String> card(String number) {
    return List.of(
        "email=ada@example.com", "number=" + number, "exp=12 / 34", "cvc=123", "name=Ada Lovelace");
  }

  HttpResponse<String> pay(JsonNode session, String number) {
    return submit(session.get("url").asText(), card(number));
  }

  /** Buys a subscription and reads it. */
  JsonNode subscribe(String price, String number, String... more) {
    JsonNode session = session(price, more);
    HttpResponse<String> answer = pay(session, number);
    if (answer.statusCode() != 303) {
      throw new AssertionError("expected 303, got " + answer.statusCode() + ": " + answer.body());
    }
    JsonNode done = ok(get("/v1/checkout/sessions/" + session.get("id").asText()));
    return subscription(done.get("subscription").asText());
  }

  JsonNode subscription(String id) {
    return ok(get("/v1/subscriptions/" + id));
  }

  JsonNode update(JsonNode subscription, String... parameters) {
    return ok(post("/v1/subscriptions/" + subscription.get("id").asText(), List.of(parameters)));
  }

  JsonNode preview(JsonNode subscription, String... details) {
    List<String> parameters = new ArrayList<>(List.of(details));
    parameters.add("subscription=" + subscription.get("id").asText());
    return ok(post("/v1/invoices/create_preview", parameters));
  }

  JsonNode latestInvoice(JsonNode subscription) {
    String id = subscription.get("id").asText();
    return ok(get("/v1/subscriptions/" + id + "?expand[]=latest_invoice")).get("latest_invoice");
  }

  void goTo(String instant) {
    stripe.advanceTo(Instant.parse(instant));
  }

  void advance(String isoPeriod) {
    stripe.advanceTo(ControlRoutes.later(stripe.now(), isoPeriod));
  }

  /** The types of what has happened since this was last asked. */
  List<String> happened() {
    List<JsonNode> all = stripe.events();
    List<String> types =
        all.stream().skip(eventsSeen).map(event -> event.get("type").asText()).toList();
    eventsSeen = all.size();
    return types;
  }

  JsonNode lastEvent(String type) {
    List<JsonNode> all = stripe.events();
    for (int i = all.size() - 1; i >= 0; i--) {
      if (all.get(i).get("type").asText().equals(type)) {
        return parsed(all.get(i).toString());
      }
    }
    throw new AssertionError("no event " + type);
  }

  static List<String> ids(JsonNode list) {
    return StreamSupport.stream(list.get("data").spliterator(), false)
        .map(element -> element.get("id").asText())
        .toList();
  }

  static String instant(JsonNode seconds) {
    return Instant.ofEpochSecond(seconds.asLong()).toString();
  }

  @Override
  public void close() {
    stripe.close();
  }
}
