package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.sandbox.ApiClient.Reply;
import com.tatame.billing.simulator.engine.Request;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;

/** A new user, with an application that acts for them. */
final class Buyer {
  static final String PAYS = "4242424242424242";
  static final String FAILS_AT_RENEWAL = "4000000000000341";
  private static final String SHOP = "http://localhost:3000";

  private final RunningProduct product;
  private final String user;
  private final ApiClient api;

  Buyer(RunningProduct product) {
    this(product, newUser());
  }

  /** A user who may have been here before. */
  Buyer(RunningProduct product, String user) {
    this.product = product;
    this.user = user;
    this.api = ApiClient.of(product).as(product.token(user));
  }

  static String newUser() {
    return "user_" + UUID.randomUUID().toString().replace("-", "");
  }

  String user() {
    return user;
  }

  ApiClient api() {
    return api;
  }

  /** Sends this as JSON by an API key that acts for the person, as a backend does. */
  Reply byKey(String path, String json) {
    String key = ApiClient.of(product)
        .as(product.token("user_root"))
        .post("/api/v1/api-keys", "{\"name\":\"backend\",\"scopes\":[\"account\"]}")
        .at("/key");
    return ApiClient.of(product).as(key).post(path, json, "X-Account-Id", user);
  }

  /** What an application sends to sell this plan. */
  static String wanted(String tier, String interval) {
    return Json.write(Map.of(
        "tier",
        tier,
        "interval",
        interval,
        "successUrl",
        SHOP + "/paid?session={CHECKOUT_SESSION_ID}",
        "cancelUrl",
        SHOP + "/plans"));
  }

  /** What an application sends to sell this item. */
  static String wanted(String item) {
    return Json.write(Map.of(
        "item",
        item,
        "successUrl",
        SHOP + "/paid?session={CHECKOUT_SESSION_ID}",
        "cancelUrl",
        SHOP + "/items"));
  }

  Reply buys(String item) {
    return api.post("/api/v1/checkout", wanted(item));
  }

  Reply checkout(String tier, String interval) {
    return api.post("/api/v1/checkout", wanted(tier, interval));
  }

  /** Opens the provider's page, fills in its form and sends it to where it says. */
  static HttpResponse<String> pay(String checkoutUrl, String card) {
    URI page = URI.create(checkoutUrl);
    String html = ApiClient.send(HttpRequest.newBuilder(page)).body();
    assertThat(html)
        .contains("<form method=\"post\" action=\"" + page.getPath() + "\"")
        .contains("name=\"number\"", "name=\"exp\"", "name=\"cvc\"", "name=\"name\"");
    return ApiClient.send(HttpRequest.newBuilder(page)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(BodyPublishers.ofString("email=buyer%40example.com&number=" + card
            + "&exp=" + URLEncoder.encode("12/40", StandardCharsets.UTF_8)
            + "&cvc=123&name=Buyer")));
  }

  Reply confirm(String sessionId) {
    return api.post("/api/v1/checkout/" + sessionId + "/confirm");
  }

  /** Buys a plan; returns the subscription's id. */
  String subscribe(String tier, String interval, String card) {
    Reply opened = checkout(tier, interval);
    assertThat(opened.status()).as(opened.body()).isEqualTo(201);
    HttpResponse<String> paid = pay(opened.at("/url"), card);
    assertThat(paid.statusCode()).as(paid.body()).isEqualTo(303);
    Reply confirmed = confirm(opened.at("/sessionId"));
    assertThat(confirmed.at("/status")).as(confirmed.body()).isEqualTo("paid");
    return confirmed.at("/subscription/id");
  }

  Reply subscription(String id) {
    return api.get("/api/v1/subscriptions/" + id);
  }

  Reply cancel(String id, String when) {
    return api.post("/api/v1/subscriptions/" + id + "/cancel", "{\"when\":\"" + when + "\"}");
  }

  Reply resume(String id) {
    return api.post("/api/v1/subscriptions/" + id + "/resume");
  }

  Reply entitlements() {
    return api.get("/api/v1/entitlements");
  }

  boolean allowed(String feature) {
    return entitlements().json().path("features").path(feature).path("allowed").asBoolean();
  }

  /** What the provider says about an object of its own. */
  JsonNode atProvider(String path, Map<String, Object> parameters) {
    return Json.read(product.stripe().call(Request.of("GET", path, parameters)).body());
  }
}
