package com.tatame.billing.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpServer;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.checkout.CheckoutSessions.NewSubscriptionCheckout;
import com.tatame.billing.customer.CustomerAccounts.NewCustomer;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.failure.ProviderUnavailable.Execution;
import com.tatame.billing.inbox.EventSource;
import com.tatame.billing.inbox.EventSource.Observed;
import com.tatame.billing.inbox.EventSource.Translation;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionStatus;
import com.tatame.billing.testkit.simulator.StripeSimulator;
import com.tatame.billing.testkit.simulator.engine.Fault;
import com.tatame.billing.testkit.simulator.engine.Request;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The adapter against a simulated account, over HTTP. */
class SimulatorTest {
  private static final AccountId ACCOUNT = new AccountId("org_1");
  private static final List<String> VERSIONS = List.of(
      "2024-06-20",
      "2024-11-20.acacia",
      "2025-05-28.basil",
      "2025-10-29.clover",
      "2026-07-29.dahlia");

  private StripeSimulator simulator;
  private StripeGateway gateway;
  private String price;

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

  @Test
  void aSignOfLifeIsGiven() {
    gateway.ping();
  }

  @Test
  void theCatalogIsListed() {
    assertThat(states(gateway.products().products())).hasSize(1);
    assertThat(states(gateway.products().prices()))
        .singleElement()
        .extracting("id", "unitAmount", "lookupKey")
        .containsExactly(price, Optional.of(2900L), Optional.of("pro_monthly"));
  }

  @Test
  void aKeyMakesOneCustomerHoweverOftenItIsUsed() {
    Observation first = customer("k1");
    Observation again = customer("k1");

    assertThat(again.object()).isEqualTo(first.object());
    assertThat(customer("k2").object()).isNotEqualTo(first.object());
    assertThat(first.asOf()).isEqualTo(simulator.now());
    assertThat(first.state()).get().extracting("account").isEqualTo(Optional.of(ACCOUNT));
  }

  @Test
  void aKeyIsNotForTwoRequests() {
    customer("k1");
    ProviderRejected rejected = catchThrowableOfType(
        ProviderRejected.class,
        () -> gateway
            .customers()
            .create(
                new NewCustomer(ACCOUNT, Optional.of("b@example.test"), Optional.empty()),
                "c2",
                "k1"));

    assertThat(rejected.providerCode()).startsWith("idempotency");
  }

  @Test
  void whatWasExecutedBeforeAnAnswerWasLostIsNotExecutedTwice() {
    simulator.fail(new Fault("POST /v1/customers", 500, Fault.When.LOST), 1);
    ProviderUnavailable lost =
        catchThrowableOfType(ProviderUnavailable.class, () -> customer("k1"));
    assertThat(lost.execution()).isEqualTo(Execution.UNKNOWN);

    Observation found = customer("k1");
    assertThat(found.state()).isPresent();
    assertThat(simulator
            .call(Request.of("GET", "/v1/customers", Map.of()))
            .body()
            .split("\"object\":\\s*\"customer\"", -1))
        .hasSize(2);
  }

  @Test
  void aStoredServerErrorIsNoticedWhenItComesAgain() {
    simulator.fail(new Fault("POST /v1/customers", 500, Fault.When.AFTER), 1);
    assertThat(catchThrowableOfType(ProviderUnavailable.class, () -> customer("k1")))
        .isNotNull();

    assertThat(catchThrowableOfType(ProviderUnavailable.class, () -> customer("k1")))
        .hasMessageContaining("burnt");
  }

  @Test
  void rateLimitsAreWaitedOut() {
    simulator.fail(new Fault("POST /v1/customers", 429, Fault.When.BEFORE), 3);

    assertThat(customer("k1").state()).isPresent();
  }

  @Test
  void aCheckoutIsPaidAndItsSubscriptionIsSteered() throws IOException, InterruptedException {
    String customer = customer("k1").object().id();
    Observation opened = checkout(customer, 0);
    CheckoutSession session = (CheckoutSession) opened.state().orElseThrow();
    assertThat(session.status()).isEqualTo(CheckoutSession.Status.OPEN);
    assertThat(session.account()).contains(ACCOUNT);
    assertThat(session.commandId()).contains("4f1c");

    pay(session);
    Observation paid = gateway.reads().read(opened.object(), opened.subject());
    CheckoutSession complete = (CheckoutSession) paid.state().orElseThrow();
    assertThat(complete.status()).isEqualTo(CheckoutSession.Status.COMPLETE);
    assertThat(complete.paid()).isTrue();
    String id = complete.subscriptionId().orElseThrow();

    Subscription active = subscription(
        gateway.reads().read(new ObjectRef(ObjectKind.SUBSCRIPTION, id), paid.subject()));
    assertThat(active.status()).isEqualTo(SubscriptionStatus.ACTIVE);
    assertThat(active.account()).contains(ACCOUNT);

    Subscription ending = subscription(
        gateway.subscriptions().cancelAtPeriodEnd(id, Optional.of("too many mails"), "k3"));
    assertThat(ending.cancelAtPeriodEnd()).isTrue();
    assertThat(ending.cancelAt()).contains(ending.currentPeriodEnd());
    assertThat(ending.cancelReason()).contains("too many mails");

    Subscription kept = subscription(gateway.subscriptions().keep(id, "k4"));
    assertThat(kept.cancelAtPeriodEnd()).isFalse();
    assertThat(kept.cancelAt()).isEmpty();

    Subscription canceled =
        subscription(gateway.subscriptions().cancelNow(id, Optional.empty(), "k5"));
    assertThat(canceled.status()).isEqualTo(SubscriptionStatus.CANCELED);
    assertThat(subscription(gateway.subscriptions().cancelNow(id, Optional.empty(), "k5")))
        .isEqualTo(canceled);
    assertThat(states(gateway.subscriptions().ofCustomer(customer))).containsExactly(canceled);
  }

  @Test
  void aCancelAtThatEqualsThePeriodsEndIsTakenBackToo() throws IOException, InterruptedException {
    Subscription active = paidSubscription(0);
    simulator.call(Request.of(
        "POST",
        "/v1/subscriptions/" + active.id(),
        Map.of("cancel_at", Long.toString(active.currentPeriodEnd().getEpochSecond()))));
    Observation read = gateway.reads().read(active.ref(), active.subject());
    assertThat(subscription(read).cancelAtPeriodEnd()).isTrue();

    Subscription kept = subscription(gateway.subscriptions().keep(active.id(), "k3"));
    assertThat(kept.cancelAtPeriodEnd()).isFalse();
    assertThat(kept.cancelAt()).isEmpty();
  }

  @Test
  void anOpenSessionIsExpired() {
    Observation opened = checkout(customer("k1").object().id(), 0);

    Observation expired = gateway.checkouts().expire(opened.object().id(), "k3");
    assertThat(expired.state())
        .get()
        .extracting("status")
        .isEqualTo(CheckoutSession.Status.EXPIRED);
    assertThat(catchThrowableOfType(
            ProviderRejected.class,
            () -> gateway.checkouts().expire(opened.object().id(), "k4")))
        .isNotNull();
  }

  @Test
  void whatDoesNotExistIsAbsentAsOfTheSimulatedTime() {
    ObjectRef ref = new ObjectRef(ObjectKind.SUBSCRIPTION, "sub_unknown");
    Observation seen = gateway.reads().read(ref, new SubjectId("cus_1"));

    assertThat(seen.content()).isInstanceOf(Observation.Gone.class);
    assertThat(seen.asOf()).isEqualTo(simulator.now());
  }

  @Test
  void everyKindOfObjectIsReadAsItsEventsTellIt() throws IOException, InterruptedException {
    Map<ObjectRef, Observation> told = new HashMap<>();
    Subscription subscription = paidSubscription(0);
    moneyGoesBack();
    promotionsAndTaxIds(subscription.customerId());
    String schedule = created(
        "/v1/subscription_schedules", Map.of("from_subscription", subscription.id()));
    created("/v1/subscription_schedules/" + schedule + "/release", Map.of());
    EventSource events = gateway.events();
    simulator.events().forEach(event -> {
      if (events.translate(event.toString()) instanceof Observed observed) {
        observed.observations().forEach(seen -> told.put(seen.object(), seen));
      }
    });

    assertThat(told.keySet())
        .extracting(ObjectRef::kind)
        .contains(
            ObjectKind.PAYMENT_METHOD,
            ObjectKind.PAYMENT_INTENT,
            ObjectKind.INVOICE_PAYMENT,
            ObjectKind.REFUND,
            ObjectKind.COUPON,
            ObjectKind.PROMOTION_CODE,
            ObjectKind.TAX_ID,
            ObjectKind.SUBSCRIPTION_SCHEDULE);
    told.forEach((ref, seen) -> {
      Observation read = gateway.reads().read(ref, seen.subject());
      assertThat(read.subject()).isEqualTo(seen.subject());
      seen.state().ifPresent(state -> assertThat(read.state()).contains(state));
    });
  }

  @Test
  void oneStoryToldInFiveVersionsGivesTheSameObservations()
      throws IOException, InterruptedException {
    Map<String, Map<String, Translation>> told = new ConcurrentHashMap<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    for (String version : VERSIONS) {
      told.put(version, new ConcurrentHashMap<>());
      String path = "/" + version;
      String secret = "whsec_" + version;
      EventSource events = StripeGateway.builder("sk_test_1")
          .webhookSecrets(List.of("whsec_old", secret))
          .build()
          .events();
      server.createContext(path, exchange -> {
        byte[] body = exchange.getRequestBody().readAllBytes();
        var event = events.verify(body, exchange.getRequestHeaders().getFirst("Stripe-Signature"));
        assertThat(event.apiVersion()).contains(version);
        told.getOrDefault(version, Map.of()).put(event.id(), events.translate(event.payload()));
        exchange.sendResponseHeaders(200, -1);
        exchange.close();
      });
      simulator.createWebhookEndpoint(
          "http://127.0.0.1:" + server.getAddress().getPort() + path,
          Optional.of(secret),
          Optional.of(version));
    }
    server.start();
    try {
      Subscription trialing = paidSubscription(14);
      assertThat(trialing.status()).isEqualTo(SubscriptionStatus.TRIALING);
      simulator.advanceTo(trialing.currentPeriodEnd().plus(Duration.ofDays(40)));
      gateway.subscriptions().cancelNow(trialing.id(), Optional.empty(), "k9");
      moneyGoesBack();
      promotionsAndTaxIds(trialing.customerId());
      assertThat(simulator.idle(Duration.ofSeconds(30))).isTrue();
    } finally {
      server.stop(0);
    }

    Map<String, Translation> newest = told.getOrDefault("2026-07-29.dahlia", Map.of());
    Map<ObjectRef, Observation> last = new HashMap<>();
    assertThat(newest.values()).noneMatch(EventSource.Malformed.class::isInstance);
    newest.values().stream()
        .filter(Observed.class::isInstance)
        .flatMap(translation -> ((Observed) translation).observations().stream())
        .forEach(seen -> {
          assertThat(seen.content()).isNotInstanceOf(Observation.Unreadable.class);
          last.merge(seen.object(), seen, (a, b) -> a.asOf().isAfter(b.asOf()) ? a : b);
        });
    assertThat(last.keySet())
        .extracting(ObjectRef::kind)
        .contains(
            ObjectKind.CUSTOMER,
            ObjectKind.SUBSCRIPTION,
            ObjectKind.INVOICE,
            ObjectKind.CHECKOUT_SESSION,
            ObjectKind.PAYMENT_METHOD,
            ObjectKind.PAYMENT_INTENT,
            ObjectKind.SETUP_INTENT,
            ObjectKind.INVOICE_PAYMENT,
            ObjectKind.REFUND,
            ObjectKind.COUPON,
            ObjectKind.PROMOTION_CODE,
            ObjectKind.TAX_ID);
    for (String version : VERSIONS) {
      // Some kinds of event are younger than the oldest version.
      Map<String, Translation> handled = new HashMap<>(newest);
      handled.keySet().retainAll(told.getOrDefault(version, Map.of()).keySet());
      assertThat(told.get(version)).as(version).isEqualTo(handled);
      assertThat(newest).as(version).allSatisfy((id, translation) -> {
        if (translation instanceof Observed observed && !youngerThanSomeVersion(observed)) {
          assertThat(handled).containsKey(id);
        }
      });
    }
    last.forEach((ref, seen) -> {
      if (seen.state().filter(ProviderObject::terminal).isPresent()) {
        assertThat(gateway.reads().read(ref, seen.subject()).state()).isEqualTo(seen.state());
      }
    });
  }

  private void moneyGoesBack() {
    String payment = simulator.events().stream()
        .filter(event -> event.path("type").asText().equals("payment_intent.succeeded"))
        .map(event -> event.at("/data/object/id").asText())
        .findFirst()
        .orElseThrow();
    created("/v1/refunds", Map.of("payment_intent", payment, "amount", "100"));
    simulator.failRefund(created("/v1/refunds", Map.of("payment_intent", payment)));
  }

  private void promotionsAndTaxIds(String customer) {
    created("/v1/coupons", Map.of("id", "SPRING", "percent_off", "12.5"));
    created(
        "/v1/promotion_codes",
        Map.of("promotion", Map.of("type", "coupon", "coupon", "SPRING"), "code", "Spring25"));
    created(
        "/v1/customers/" + customer + "/tax_ids", Map.of("type", "eu_vat", "value", "DE123456789"));
  }

  private static boolean youngerThanSomeVersion(Observed observed) {
    return observed.observations().get(0).object().kind() == ObjectKind.INVOICE_PAYMENT;
  }

  private Observation customer(String key) {
    return gateway
        .customers()
        .create(
            new NewCustomer(ACCOUNT, Optional.of("ada@example.test"), Optional.of("Ada")),
            "77aa",
            key);
  }

  private Observation checkout(String customer, int trialDays) {
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

  private Subscription paidSubscription(int trialDays) throws IOException, InterruptedException {
    Observation opened = checkout(customer("k1").object().id(), trialDays);
    pay((CheckoutSession) opened.state().orElseThrow());
    Observation paid = gateway.reads().read(opened.object(), opened.subject());
    String id = ((CheckoutSession) paid.state().orElseThrow()).subscriptionId().orElseThrow();
    return subscription(
        gateway.reads().read(new ObjectRef(ObjectKind.SUBSCRIPTION, id), paid.subject()));
  }

  private static void pay(CheckoutSession session) throws IOException, InterruptedException {
    HttpResponse<String> answer = HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(session.url().orElseThrow()))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "email=ada%40example.test&number=4242424242424242&exp=12%2F34&cvc=123&name=Ada"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(303);
  }

  private String created(String path, Map<String, Object> params) {
    String body = simulator.call(Request.of("POST", path, params)).body();
    JsonObject object = JsonParser.parseString(body).getAsJsonObject();
    assertThat(object.has("id")).as(body).isTrue();
    return object.get("id").getAsString();
  }

  private static Subscription subscription(Observation seen) {
    return (Subscription) seen.state().orElseThrow();
  }

  private static List<ProviderObject> states(List<Observation> seen) {
    return seen.stream().map(observation -> observation.state().orElseThrow()).toList();
  }
}
