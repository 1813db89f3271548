package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.PlanPrice;
import com.tatame.billing.checkout.CheckoutSessions.NewSubscriptionCheckout;
import com.tatame.billing.customer.CustomerAccounts.NewCustomer;
import com.tatame.billing.gateway.PaymentGateway;
import com.tatame.billing.money.Amounts;
import com.tatame.billing.money.Money;
import com.tatame.billing.sandbox.ApiClient.Reply;
import com.tatame.billing.setup.AccountState;
import com.tatame.billing.setup.Setup;
import com.tatame.billing.setup.SetupPlan;
import com.tatame.billing.simulator.StripeSimulator;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.stripe.StripeGateway;
import com.tatame.billing.subscription.Subscription;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * Every request of the adapter, every answer and every webhook of the simulator, held against
 * Stripe's own published contract by a program that is not part of this repository. No store has
 * part in what is said to Stripe.
 */
@EnabledIfEnvironmentVariable(
    named = "STRIPE_JUDGE_DIR",
    matches = ".+",
    disabledReason = "STRIPE_JUDGE_DIR names no folder with judge.js and its node_modules")
final class StripeJudgeTest {
  private static final Path LOG = Path.of("target/stripe-judge.log");
  private static final String SECRET = "whsec_of_the_recorder";

  private final StripeSimulator stripe = StripeSimulator.builder().start();
  private final List<Delivery> deliveries = new CopyOnWriteArrayList<>();
  private final HttpServer recorder;
  private final Process judge;
  private final String judgeUrl;

  /** A webhook as it was sent. */
  private record Delivery(String body, String signature) {}

  StripeJudgeTest() throws IOException {
    int port = freePort();
    judgeUrl = "http://localhost:" + port;
    judge = new ProcessBuilder(
            "node",
            "judge.js",
            "--listen",
            Integer.toString(port),
            "--target",
            stripe.url().replace("localhost", "127.0.0.1"))
        .directory(Path.of(System.getenv("STRIPE_JUDGE_DIR")).toFile())
        .redirectErrorStream(true)
        .redirectOutput(LOG.toFile())
        .start();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> Files.readString(LOG).contains("on " + port));
    recorder = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
    recorder.createContext("/", this::record);
    recorder.start();
    stripe.createWebhookEndpoint(
        "http://localhost:" + recorder.getAddress().getPort() + "/",
        Optional.of(SECRET),
        Optional.empty());
  }

  @AfterEach
  void dismissThem() {
    recorder.stop(0);
    judge.destroy();
    stripe.close();
  }

  @Test
  void wholeStoriesKeepToTheLetterOfStripesContract() {
    try (LocalServer world = LocalServer.calling(judgeUrl, stripe)) {
      tellStories(world);
      tellOfRarerObjects(world);
      tellOfItems(world);
      tellOfMoney(world);
      tellOfChanges(world);
      tellOfSetup(world);
    }
    deliveries.forEach(this::judge);
    JsonNode report =
        Json.read(ApiClient.send(HttpRequest.newBuilder(URI.create(judgeUrl + "/__judge/report")))
            .body());

    System.out.println("Stripe's contract: " + report.path("exchanges").asInt() + " exchanges, "
        + deliveries.size() + " of them webhooks");
    assertThat(deliveries).hasSizeGreaterThan(80);
    assertThat(report.path("exchanges").asInt()).isGreaterThan(deliveries.size() + 60);
    // The judge knows the endpoints that it was made for; a single tax id is none of them.
    assertThat(report
            .path("violations")
            .valueStream()
            .map(JsonNode::toString)
            .filter(violation -> !violation.contains("unknown endpoint GET /v1/tax_ids/")))
        .isEmpty();
  }

  private static void tellStories(LocalServer world) {
    Buyer mind = new Buyer(world);
    mind.checkout("pro", "monthly");
    mind.checkout("basic", "yearly");
    String renewing = mind.subscribe("pro", "monthly", Buyer.PAYS);
    Buyer late = new Buyer(world);
    String unpaid = late.subscribe("pro", "monthly", Buyer.FAILS_AT_RENEWAL);
    Buyer declined = new Buyer(world);
    Reply opened = declined.checkout("basic", "monthly");
    Buyer.pay(opened.at("/url"), "4000000000000002");
    declined.confirm(opened.at("/sessionId"));
    world.advance("P15D");
    world.advance("P1M");
    mind.cancel(renewing, "period_end");
    mind.resume(renewing);
    mind.cancel(renewing, "period_end");
    world.advance("P1M");
    assertThat(mind.subscription(renewing).at("/status")).isEqualTo("canceled");
    assertThat(late.subscription(unpaid).at("/status")).isEqualTo("canceled");
    String again = mind.subscribe("basic", "monthly", Buyer.PAYS);
    assertThat(mind.cancel(again, "now").at("/status")).isEqualTo("canceled");
    world.settle();
  }

  private void tellOfRarerObjects(LocalServer world) {
    Buyer buyer = new Buyer(world);
    String subscription = buyer.subscribe("pro", "monthly", Buyer.PAYS);
    new Buyer(world).subscribe("pro", "monthly", "4000000000000259");
    world.advance("P32D");
    String customer =
        last("customer.subscription.created").at("/data/object/customer").asText();
    String payment = last("payment_intent.succeeded").at("/data/object/id").asText();
    String method = last("payment_method.attached").at("/data/object/id").asText();
    String refund = ask("/v1/refunds", "payment_intent=" + payment).at("/id").asText();
    stripe.failRefund(refund);
    ask("/v1/refunds/" + refund);
    ask("/v1/charges/" + last("charge.refunded").at("/data/object/id").asText());
    ask("/v1/payment_intents/" + payment);
    ask("/v1/payment_methods/" + method);
    ask("/v1/invoice_payments");
    ask("/v1/coupons", "id=SPRING", "percent_off=12.5", "duration=forever");
    ask("/v1/coupons", "id=FIVER", "amount_off=500", "currency=usd");
    ask("/v1/coupons/FIVER", "name=Fiver");
    ask(
        "/v1/promotion_codes",
        "promotion[type]=coupon",
        "promotion[coupon]=SPRING",
        "code=SPRING25");
    ask("/v1/promotion_codes?code=SPRING25");
    ask("/v1/customers/" + customer + "/tax_ids", "type=eu_vat", "value=DE123456789");
    ask("/v1/customers/" + customer + "/tax_ids");
    String schedule = ask("/v1/subscription_schedules", "from_subscription=" + subscription)
        .at("/id")
        .asText();
    ask("/v1/subscription_schedules/" + schedule);
    ask("/v1/subscription_schedules/" + schedule + "/release", "preserve_cancel_date=false");
    String dispute =
        last("charge.dispute.funds_withdrawn").at("/data/object/id").asText();
    ask("/v1/disputes/" + dispute);
    stripe.call(Request.of("POST", "/v1/disputes/" + dispute + "/close", Map.of()));
    ask("/v1/disputes");
    world.settle();
  }

  private void tellOfItems(LocalServer world) {
    Buyer buyer = new Buyer(world);
    ApiClient root = ApiClient.of(world).as(world.token("user_root"));
    Reply opened = buyer.buys("seminar-recording");
    Buyer.pay(opened.at("/url"), "4000000000000002");
    Buyer.pay(opened.at("/url"), Buyer.PAYS);
    String purchase = buyer.confirm(opened.at("/sessionId")).at("/purchase/id");
    assertThat(root.post(
                "/api/v1/refunds",
                "{\"purchaseId\":\"" + purchase + "\",\"amount\":500,\"reason\":\"duplicate\"}",
                "Idempotency-Key",
                "refund")
            .status())
        .isEqualTo(201);
    ApiClient anonymous = ApiClient.of(world);
    String token = anonymous.post("/api/v1/anonymous-sessions").at("/token");
    Reply guest = anonymous.post(
        "/api/v1/checkout",
        Buyer.wanted("seminar-recording"),
        "Authorization",
        "Anonymous " + token);
    Buyer.pay(guest.at("/url"), Buyer.PAYS);
    Buyer leaver = new Buyer(world);
    Buyer.pay(leaver.buys("seminar-recording").at("/url"), "4000000000000002");
    String payment = new Buyer(world)
        .api()
        .post("/api/v1/payment-intents", "{\"item\":\"seminar-recording\"}")
        .at("/id");
    ask(
        "/v1/payment_intents/" + payment + "/confirm",
        "payment_method=pm_card_authenticationRequired");
    stripe.authenticatePayment(payment, true);
    ask(
        "/v1/payment_intents",
        "amount=700",
        "currency=usd",
        "confirm=true",
        "payment_method=pm_card_visa");
    String unused =
        ask("/v1/payment_intents", "amount=800", "currency=usd").at("/id").asText();
    ask("/v1/payment_intents/" + unused + "/cancel", "cancellation_reason=abandoned");
    ask("/v1/payment_intents");
    ask("/v1/checkout/sessions/" + opened.at("/sessionId") + "/line_items");
    world.advance("P2D");
  }

  private void tellOfMoney(LocalServer world) {
    ask("/v1/coupons", "id=JUDGED", "percent_off=20", "duration=forever");
    ask("/v1/promotion_codes", "promotion[type]=coupon", "promotion[coupon]=JUDGED", "code=JUDGED");
    Buyer buyer = new Buyer(world);
    ApiClient api = buyer.api();
    assertThat(api.post("/api/v1/coupons/validate", "{\"code\":\"judged\"}").status())
        .isEqualTo(200);
    Reply opened = api.post(
        "/api/v1/checkout",
        Buyer.wanted("pro", "monthly").replaceFirst("}$", ",\"promotionCode\":\"JUDGED\"}"));
    Buyer.pay(opened.at("/url"), Buyer.FAILS_AT_RENEWAL);
    String subscription = buyer.confirm(opened.at("/sessionId")).at("/subscription/id");
    world.advance("P15D");
    Reply invoices = api.get("/api/v1/invoices");
    String open = invoices.at("/data/0/id");
    assertThat(api.post("/api/v1/invoices/" + open + "/pay").status()).isEqualTo(402);
    String setup = api.post("/api/v1/payment-methods").at("/setupIntentId");
    String saved = ask("/v1/setup_intents/" + setup + "/confirm", "payment_method=pm_card_visa")
        .path("payment_method")
        .asText();
    world.settle();
    assertThat(api.post("/api/v1/payment-methods/" + saved + "/default").status())
        .isEqualTo(200);
    assertThat(api.post("/api/v1/invoices/" + open + "/pay").status()).isEqualTo(200);
    Reply methods = api.get("/api/v1/payment-methods");
    String old = methods.json().findValuesAsText("id").stream()
        .filter(id -> !id.equals(saved))
        .findFirst()
        .orElseThrow();
    assertThat(api.call("DELETE", "/api/v1/payment-methods/" + old, BodyPublishers.noBody())
            .status())
        .isEqualTo(204);
    String asking = ask("/v1/setup_intents", "payment_method=pm_card_authenticationRequired")
        .path("id")
        .asText();
    ask("/v1/setup_intents/" + asking + "/confirm", "return_url=https://shop.example.com/");
    ask("/v1/setup_intents/" + asking + "/cancel", "cancellation_reason=abandoned");
    ask("/v1/setup_intents");
    for (String flow : List.of("subscription_cancel", "subscription_update")) {
      String visit = "{\"returnUrl\":\"http://localhost:3000/\",\"flow\":\"" + flow
          + "\",\"subscriptionId\":\"" + subscription + "\"}";
      assertThat(api.post("/api/v1/portal", visit).status()).isEqualTo(201);
    }
    assertThat(api.post("/api/v1/portal", "{\"returnUrl\":\"http://localhost:3000/\"}")
            .status())
        .isEqualTo(201);
    for (String country : List.of("DE", "BR")) {
      String preview = "{\"tier\":\"pro\",\"interval\":\"monthly\",\"address\":{\"country\":\""
          + country + "\"}}";
      assertThat(api.post("/api/v1/tax/preview", preview).status()).isEqualTo(200);
    }
    String taxId = api.post("/api/v1/tax-ids", "{\"type\":\"eu_vat\",\"value\":\"DE123456789\"}")
        .at("/id");
    assertThat(api.call("DELETE", "/api/v1/tax-ids/" + taxId, BodyPublishers.noBody())
            .status())
        .isEqualTo(204);
    world.settle();
  }

  private void tellOfChanges(LocalServer world) {
    Buyer buyer = new Buyer(world);
    String id = buyer.subscribe("basic", "monthly", Buyer.PAYS);
    String path = "/v1/subscriptions/" + id;
    JsonNode subscription = ask(path);
    String item = "items[0][id]=" + subscription.at("/items/data/0/id").asText();
    String basic = subscription.at("/items/data/0/price/id").asText();
    String pro = priceOf("pro_monthly");
    ask("/v1/coupons", "id=LASTING", "percent_off=10", "duration=forever");
    ask(path, "discounts[0][coupon]=LASTING", "expand[]=discounts.source.coupon");
    world.advance("P10D");
    for (String behavior : List.of("create_prorations", "always_invoice", "none")) {
      ask(
          "/v1/invoices/create_preview",
          "subscription=" + id,
          "subscription_details[items][0][id]="
              + subscription.at("/items/data/0/id").asText(),
          "subscription_details[items][0][price]=" + pro,
          "subscription_details[proration_behavior]=" + behavior);
    }
    ask(path, item, "items[0][price]=" + pro, "proration_behavior=create_prorations");
    ask("/v1/invoiceitems?pending=true");
    ask(path, item, "items[0][quantity]=3", "proration_behavior=always_invoice");
    ask(path, item, "items[0][price]=" + basic, "proration_behavior=always_invoice");
    ask(path, "discounts=");
    JsonNode period = ask(path).at("/items/data/0");
    String schedule =
        ask("/v1/subscription_schedules", "from_subscription=" + id).at("/id").asText();
    ask(
        "/v1/subscription_schedules/" + schedule,
        "phases[0][items][0][price]=" + basic,
        "phases[0][items][0][quantity]=3",
        "phases[0][start_date]=" + period.at("/current_period_start"),
        "phases[0][end_date]=" + period.at("/current_period_end"),
        "phases[1][items][0][price]=" + priceOf("pro_yearly"),
        "phases[1][duration][interval]=year",
        "end_behavior=release");
    world.advance("P1M");
    String waiting = buyerWhoMustConfirm(world);
    JsonNode asked = ask("/v1/subscriptions/" + waiting);
    String its = "items[0][id]=" + asked.at("/items/data/0/id").asText();
    String[] change = {
      its,
      "items[0][price]=" + pro,
      "proration_behavior=always_invoice",
      "payment_behavior=pending_if_incomplete"
    };
    ask("/v1/subscriptions/" + waiting, change);
    world.advance("P1D");
    ask("/v1/subscriptions/" + waiting, its, "items[0][price]=" + pro, change[2]);
    world.settle();
  }

  /** The server has set its catalog up on its start; here the catalog changes, and events are asked for. */
  private void tellOfSetup(LocalServer world) {
    Catalog catalog = world.server().billing().catalog();
    PaymentGateway gateway =
        StripeGateway.builder("sk_test_judged").apiBase(URI.create(judgeUrl)).build();
    Setup setup = new Setup(dearer(catalog, "eur"), gateway.setup());
    SetupPlan plan = setup.plan(Optional.of(URI.create("https://shop.example.com/hook")));
    assertThat(plan.changes())
        .extracting(change -> change.getClass().getSimpleName())
        .contains(
            "UpdateProduct",
            "CreatePrice",
            "ArchivePrice",
            "ArchiveProduct",
            "Portal",
            "CreateEndpoint");
    setup.apply(plan, (change, made) -> {});
    assertThat(
            setup.plan(Optional.of(URI.create("https://shop.example.com/hook"))).done())
        .isTrue();
    world.settle();
    SetupPlan more = new Setup(dearer(catalog, "eur", "brl"), gateway.setup())
        .plan(Optional.of(URI.create("https://shop.example.com/hook")));
    assertThat(more.changes())
        .extracting(change -> change.getClass().getSimpleName())
        .containsOnly("UpdatePrice");
    new Setup(dearer(catalog, "eur", "brl"), gateway.setup()).apply(more, (change, made) -> {});
    sellInEuros(gateway);
    world.settle();
  }

  private void sellInEuros(PaymentGateway gateway) {
    AccountId account = new AccountId("user_euro");
    String customer = gateway
        .customers()
        .create(
            new NewCustomer(account, Optional.of("euro@example.com"), Optional.empty()),
            "command_euro",
            "key_euro_customer")
        .object()
        .id();
    String price = gateway.setup().state().prices().stream()
        .map(AccountState.HeldPrice::price)
        .filter(one -> one.active() && one.lookupKey().equals(Optional.of("pro_monthly")))
        .findFirst()
        .orElseThrow()
        .id();
    String session = gateway
        .checkouts()
        .create(
            new NewSubscriptionCheckout(
                account,
                customer,
                price,
                1,
                0,
                Optional.of("pro"),
                Optional.of("monthly"),
                "https://shop.example.com/thanks",
                "https://shop.example.com/plans",
                Optional.empty(),
                Optional.of("eur")),
            "command_euro_checkout",
            "key_euro_checkout")
        .object()
        .id();
    Buyer.pay(gateway.checkouts().read(session).url().orElseThrow(), Buyer.PAYS);
    assertThat(gateway.subscriptions().ofCustomer(customer))
        .singleElement()
        .satisfies(seen -> assertThat(seen.state())
            .get()
            .extracting(subscription -> ((Subscription) subscription).mainItem().currency())
            .isEqualTo("eur"));
  }

  private static Catalog dearer(Catalog catalog, String... currencies) {
    return new Catalog(
        catalog.plans().stream()
            .filter(plan -> !plan.tier().equals("basic"))
            .map(plan -> dearer(plan, List.of(currencies)))
            .toList(),
        catalog.defaultTier(),
        catalog.grace());
  }

  private static Plan dearer(Plan plan, List<String> currencies) {
    Map<BillingInterval, PlanPrice> prices = new EnumMap<>(BillingInterval.class);
    plan.prices().forEach((interval, price) -> {
      long amount = price.price().amount() + 100;
      Amounts amounts = Amounts.of(
          new Money(amount, price.price().currency()),
          currencies.stream().map(currency -> new Money(amount, currency)).toList());
      prices.put(
          interval, new PlanPrice(amounts, price.lookupKey(), price.priceId(), Optional.empty()));
    });
    return new Plan(
        plan.tier(),
        plan.name() + " now",
        "",
        plan.family(),
        plan.rank(),
        plan.selfService(),
        plan.trialDays(),
        prices,
        plan.features());
  }

  private static String buyerWhoMustConfirm(LocalServer world) {
    Buyer buyer = new Buyer(world);
    Reply opened = buyer.checkout("basic", "monthly");
    Buyer.pay(opened.at("/url"), "4000002760003184");
    ApiClient.send(HttpRequest.newBuilder(URI.create(opened.at("/url") + "/authenticate"))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(BodyPublishers.ofString("answer=approve")));
    return buyer.confirm(opened.at("/sessionId")).at("/subscription/id");
  }

  private String priceOf(String lookupKey) {
    return ask("/v1/prices?lookup_keys[]=" + lookupKey).at("/data/0/id").asText();
  }

  private JsonNode last(String type) {
    return stripe.events().stream()
        .filter(event -> event.path("type").asText().equals(type))
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  /** Reads, or posts if there are parameters, past the judge. */
  private JsonNode ask(String path, String... parameters) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(judgeUrl + path))
        .header("Authorization", "Bearer sk_test_judged")
        .header("Stripe-Version", "2026-07-29.dahlia");
    if (parameters.length > 0) {
      request
          .header("Content-Type", "application/x-www-form-urlencoded")
          .header("Idempotency-Key", "k" + (path + String.join("&", parameters)).hashCode())
          .POST(BodyPublishers.ofString(
              String.join("&", parameters).replace("[", "%5B").replace("]", "%5D")));
    }
    HttpResponse<String> answer = ApiClient.send(request);
    assertThat(answer.statusCode()).as(path + " " + answer.body()).isEqualTo(200);
    return Json.read(answer.body());
  }

  private void record(HttpExchange exchange) throws IOException {
    try (exchange) {
      deliveries.add(new Delivery(
          new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
          exchange.getRequestHeaders().getFirst("Stripe-Signature")));
      exchange.sendResponseHeaders(200, -1);
    }
  }

  private void judge(Delivery delivery) {
    HttpResponse<String> verdict =
        ApiClient.send(HttpRequest.newBuilder(URI.create(judgeUrl + "/__judge/event"))
            .header("Stripe-Signature", delivery.signature())
            .header("X-Secret", SECRET)
            .POST(BodyPublishers.ofString(delivery.body())));
    assertThat(verdict.statusCode()).as(verdict.body() + " " + delivery.body()).isEqualTo(200);
  }

  private static int freePort() throws IOException {
    try (ServerSocket any = new ServerSocket(0)) {
      return any.getLocalPort();
    }
  }
}
