package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.tatame.billing.sandbox.ApiClient.Reply;
import com.tatame.billing.sandbox.ProviderProxy.Hold;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.testkit.SimulatorControl;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The server is ended while it has something done at the provider, and that is done once. */
@ParameterizedClass
@EnumSource
final class CommandCrashTest extends ServersThatDie {
  // What is young may still be worked on by a living process.
  private static final String A_WHILE_LATER =
      "update commands set created_at = created_at - interval '5 minutes' where state = 'sending'";

  CommandCrashTest(Durable durable) {
    super(durable);
  }

  @Test
  void aCustomerThatWasCreatedButNotStoredIsFoundAgain() throws Exception {
    skipOverSupabaseInABuild();
    // No event tells of it.
    ServerProcess server = keep(ServerProcess.unannounced(stripe, proxy.url(), backing));
    Buyer buyer = new Buyer(server);
    Hold hold = proxy.hold("POST /v1/customers");
    CompletableFuture<Void> asked = CompletableFuture.runAsync(() -> {
      try {
        buyer.api().post("/api/v1/customer");
      } catch (AssertionError e) {
        // Its server dies while it waits.
      }
    });
    hold.awaitAnswered();
    server.process().kill();
    asked.get(60, TimeUnit.SECONDS);
    hold.release();
    assertThat(database.query("select state from commands")).containsExactly("sending");
    assertThat(database.count("stripe_customer_mapping")).isZero();

    database.run(END_ALL_LEASES);
    ServerProcess again = keep(ServerProcess.again(server, proxy.url(), backing));
    Reply found = buyer.api().post("/api/v1/customer");

    assertThat(found.status()).isIn(200, 201);
    String customers =
        stripe.call(Request.of("GET", "/v1/customers", Map.of("limit", "100"))).body();
    assertThat(Json.read(customers).path("data"))
        .hasSize(1)
        .allSatisfy(
            only -> assertThat(only.path("id").asText()).isEqualTo(found.at("/customerId")));
    assertThat(database.query("select stripe_customer_id from stripe_customer_mapping"))
        .containsExactly(found.at("/customerId"));
    // Its server finishes it by itself, too, and may note it a moment later.
    awaitSent();
    assertThat(database.query("select state from commands")).containsExactly("succeeded");
    assertThat(again.process().output()).noneMatch(line -> line.contains("\"ERROR\""));
  }

  @Test
  void aChangeOfPlanThatWasMadeButNotStoredIsMadeAndPaidOnce() throws Exception {
    ServerProcess server = keep(ServerProcess.start(stripe, proxy.url(), backing));
    Buyer buyer = new Buyer(server);
    String id = buyer.subscribe("basic", "monthly", Buyer.PAYS);
    awaitMirrored();
    move("P10D");

    dieUnderWay(
        server,
        "POST /v1/subscriptions/" + id,
        () -> buyer
            .api()
            .post(
                "/api/v1/subscriptions/" + id + "/update",
                "{\"tier\":\"pro\",\"interval\":\"monthly\",\"policy\":\"prorate\"}"));

    awaitFinished();
    assertThat(buyer.subscription(id).at("/tier")).isEqualTo("pro");
    assertThat(buyer.atProvider("/v1/invoices", Map.of("subscription", id)).path("data"))
        .extracting(invoice -> invoice.path("billing_reason").asText())
        .containsExactly("subscription_update", "subscription_create");
    assertThat(payments(buyer)).containsExactly("succeeded", "succeeded");
    provider.assertMirrored();
  }

  @Test
  void aRefundThatWasGivenButNotStoredIsGivenOnce() throws Exception {
    skipOverSupabaseInABuild();
    ServerProcess server = keep(ServerProcess.start(stripe, proxy.url(), backing));
    Buyer buyer = new Buyer(server);
    Reply opened = buyer.buys("seminar-recording");
    Buyer.pay(opened.at("/url"), Buyer.PAYS);
    String purchase = buyer.confirm(opened.at("/sessionId")).at("/purchase/id");
    awaitMirrored();
    ApiClient root = ApiClient.of(server).as(server.token("user_root"));

    dieUnderWay(
        server,
        "POST /v1/refunds",
        () -> root.post(
            "/api/v1/refunds",
            "{\"purchaseId\":\"" + purchase + "\",\"amount\":500,\"reason\":\"duplicate\"}",
            "Idempotency-Key",
            "refund"));

    awaitFinished();
    assertThat(buyer.atProvider("/v1/refunds", Map.of()).path("data"))
        .extracting(refund -> refund.path("amount").asLong())
        .containsExactly(500L);
    assertThat(buyer.api().get("/api/v1/purchases").at("/data/0/refunded/amount"))
        .isEqualTo("500");
  }

  @Test
  void aRetryAfterAKillGetsTheAnswerOfTheFirstEffectWithinTenSeconds() throws Exception {
    ServerProcess server = keep(ServerProcess.start(stripe, proxy.url(), backing));
    ServerProcess other = keep(ServerProcess.unannounced(stripe, stripe.url(), backing));
    Buyer buyer = new Buyer(server);
    Reply opened = buyer.buys("seminar-recording");
    Buyer.pay(opened.at("/url"), Buyer.PAYS);
    String purchase = buyer.confirm(opened.at("/sessionId")).at("/purchase/id");
    awaitMirrored();
    String refund = "{\"purchaseId\":\"" + purchase + "\",\"amount\":500,\"reason\":\"duplicate\"}";
    Hold hold = proxy.hold("POST /v1/refunds");
    CompletableFuture<Void> asked = CompletableFuture.runAsync(() -> {
      try {
        ApiClient.of(server)
            .as(server.token("user_root"))
            .post("/api/v1/refunds", refund, "Idempotency-Key", "once");
      } catch (AssertionError e) {
        // Its server dies while it waits.
      }
    });
    hold.awaitAnswered();
    server.process().kill();
    long killed = System.nanoTime();

    ApiClient root = ApiClient.of(other).as(other.token("user_root"));
    Reply answer = root.post("/api/v1/refunds", refund, "Idempotency-Key", "once");
    assertThat(answer.code()).isEqualTo("in_progress");
    while (answer.header("Retry-After").isPresent()) {
      TimeUnit.SECONDS.sleep(Long.parseLong(answer.header("Retry-After").get()));
      answer = root.post("/api/v1/refunds", refund, "Idempotency-Key", "once");
    }
    Duration waited = Duration.ofNanos(System.nanoTime() - killed);
    asked.get(60, TimeUnit.SECONDS);
    hold.release();

    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    assertThat(waited).isLessThanOrEqualTo(Duration.ofSeconds(10));
    assertThat(buyer.atProvider("/v1/refunds", Map.of()).path("data"))
        .singleElement()
        .satisfies(only -> assertThat(only.path("amount").asLong()).isEqualTo(500));
    assertThat(root.post("/api/v1/refunds", refund, "Idempotency-Key", "once").at("/id"))
        .isEqualTo(answer.at("/id"));
  }

  @Test
  void anInvoiceThatWasPaidByHandButNotStoredIsPaidOnce() throws Exception {
    skipOverSupabaseInABuild();
    ServerProcess server = keep(ServerProcess.start(stripe, proxy.url(), backing));
    Buyer buyer = new Buyer(server);
    String id = buyer.subscribe("basic", "monthly", Buyer.FAILS_AT_RENEWAL);
    move("P32D");
    awaitMirrored();
    String customer = buyer.api().get("/api/v1/customer").at("/customerId");
    new SimulatorControl(stripe).replaceCard(customer, "pm_card_visa");
    String invoice = buyer.api().get("/api/v1/invoices").at("/data/0/id");

    dieUnderWay(
        server,
        "POST /v1/invoices/" + invoice + "/pay",
        () -> buyer.api().post("/api/v1/invoices/" + invoice + "/pay"));

    awaitFinished();
    assertThat(payments(buyer)).containsExactly("succeeded", "succeeded");
    assertThat(buyer.api().get("/api/v1/invoices").at("/data/0/status")).isEqualTo("paid");
    assertThat(buyer.subscription(id).at("/status")).isEqualTo("active");
    provider.assertMirrored();
  }

  /** Kills the server while the provider's answer is on its way, and starts it anew. */
  private void dieUnderWay(ServerProcess server, String request, Runnable asking) throws Exception {
    Hold hold = proxy.hold(request);
    CompletableFuture<Void> asked = CompletableFuture.runAsync(() -> {
      try {
        asking.run();
      } catch (AssertionError e) {
        // Its server dies while it waits.
      }
    });
    hold.awaitAnswered();
    server.process().kill();
    asked.get(60, TimeUnit.SECONDS);
    hold.release();
    assertThat(database.query("select state from commands where state <> 'succeeded'"))
        .containsExactly("sending");
    database.run(END_ALL_LEASES);
    database.run(A_WHILE_LATER);
    keep(ServerProcess.again(server, proxy.url(), backing));
  }

  /** Without a retry by the caller: what was under way is finished by itself. */
  private void awaitFinished() throws InterruptedException {
    awaitSent();
    awaitMirrored();
  }

  private void awaitSent() {
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() ->
            database.query("select distinct state from commands").equals(List.of("succeeded")));
  }

  private static List<String> payments(Buyer buyer) {
    return buyer
        .atProvider("/v1/payment_intents", Map.of("limit", "100"))
        .path("data")
        .valueStream()
        .map(payment -> payment.path("status").asText())
        .toList();
  }

  @Test
  void aServerThatIsToldToStopFinishesWhatItHasBegun() throws Exception {
    ServerProcess server = keep(ServerProcess.start(stripe, proxy.url(), backing));
    Buyer buyer = new Buyer(server);
    Hold hold = proxy.hold("POST /v1/customers");
    CompletableFuture<Reply> inFlight =
        CompletableFuture.supplyAsync(() -> buyer.api().post("/api/v1/customer"));
    hold.awaitAnswered();

    server.process().signal("TERM");
    await().atMost(Duration.ofMinutes(1)).until(() -> refusesNewCalls(server));
    hold.release();

    assertThat(inFlight.get(60, TimeUnit.SECONDS).status()).isEqualTo(201);
    assertThat(server.process().awaitExit(Duration.ofMinutes(1))).isIn(0, 128 + 15);
    assertThat(database.query("select state from commands")).containsExactly("succeeded");
    assertThat(database.count("stripe_customer_mapping")).isEqualTo(1);
    assertThat(server.process().output()).anyMatch(line -> line.contains("\"stopped\""));
  }

  private static boolean refusesNewCalls(ServerProcess server) {
    try {
      return ApiClient.of(server).get("/health/ready").status() == 503;
    } catch (AssertionError e) {
      return true;
    }
  }
}
