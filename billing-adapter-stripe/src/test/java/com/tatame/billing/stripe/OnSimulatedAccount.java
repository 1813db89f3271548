package com.tatame.billing.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.checkout.CheckoutSessions.NewSubscriptionCheckout;
import com.tatame.billing.customer.CustomerAccounts.NewCustomer;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.simulator.StripeSimulator;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.subscription.Subscription;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A simulated account, and the adapter that talks to it over HTTP. */
abstract class OnSimulatedAccount {
  static final AccountId ACCOUNT = new AccountId("org_1");
  StripeSimulator simulator;
  StripeGateway gateway;
  String price;

  @BeforeEach
  void start() {
    simulator = StripeSimulator.builder().start();
    gateway = StripeGateway.builder("sk_test_1")
        .apiBase(URI.create(simulator.url()))
        .pause(time -> {})
        .build();
    String product = created("/v1/products", Map.of("name", "Pro"));
    price = created(
        "/v1/prices",
        Map.of(
            "product", product,
            "currency", "eur",
            "unit_amount", "2900",
            "lookup_key", "pro_monthly",
            "recurring", Map.of("interval", "month")));
  }

  @AfterEach
  void stop() {
    simulator.close();
  }

  Observation customer(String key) {
    return gateway
        .customers()
        .create(
            new NewCustomer(ACCOUNT, Optional.of("ada@example.test"), Optional.of("Ada")),
            "77aa",
            key);
  }

  Observation checkout(String customer, int trialDays) {
    return gateway
        .checkouts()
        .create(
            new NewSubscriptionCheckout(
                ACCOUNT,
                customer,
                price,
                1,
                trialDays,
                Optional.of("pro"),
                Optional.of("monthly"),
                "https://app.test/ok?s={CHECKOUT_SESSION_ID}",
                "https://app.test/no"),
            "4f1c",
            "checkout");
  }

  Subscription paidSubscription(int trialDays) throws IOException, InterruptedException {
    Observation opened = checkout(customer("k1").object().id(), trialDays);
    pay((CheckoutSession) opened.state().orElseThrow());
    Observation paid = gateway.reads().read(opened.object(), opened.subject());
    String id = ((CheckoutSession) paid.state().orElseThrow()).subscriptionId().orElseThrow();
    return subscription(
        gateway.reads().read(new ObjectRef(ObjectKind.SUBSCRIPTION, id), paid.subject()));
  }

  void pay(CheckoutSession session) throws IOException, InterruptedException {
    pay(gateway.checkouts().read(session.id()).url().orElseThrow());
  }

  static void pay(String url) throws IOException, InterruptedException {
    HttpResponse<String> answer = HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(url))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "email=ada%40example.test&number=4242424242424242&exp=12%2F34&cvc=123&name=Ada"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(303);
  }

  String created(String path, Map<String, Object> params) {
    String body = simulator.call(Request.of("POST", path, params)).body();
    JsonObject object = JsonParser.parseString(body).getAsJsonObject();
    assertThat(object.has("id")).as(body).isTrue();
    return object.get("id").getAsString();
  }

  static Subscription subscription(Observation seen) {
    return (Subscription) seen.state().orElseThrow();
  }

  /** What happened, oldest first. */
  List<JsonObject> happened() {
    JsonObject page = JsonParser.parseString(simulator
            .call(Request.of("GET", "/v1/events", Map.of("limit", "100")))
            .body())
        .getAsJsonObject();
    assertThat(page.get("has_more").getAsBoolean()).isFalse();
    List<JsonObject> events = new ArrayList<>();
    page.getAsJsonArray("data").forEach(event -> events.add(0, event.getAsJsonObject()));
    return events;
  }
}
