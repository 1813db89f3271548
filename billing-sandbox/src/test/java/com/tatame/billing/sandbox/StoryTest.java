package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.sandbox.ApiClient.Reply;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of people who buy, change their minds, pay late and leave; over every store. */
@ParameterizedClass
@EnumSource
final class StoryTest {
  private static final String PAID_FEATURE = "competition_planner";

  private final World world;
  private final Buyer buyer;

  StoryTest(Worlds worlds) {
    world = worlds.world();
    buyer = new Buyer(world);
  }

  @Test
  void aPlanIsTriedPaidRenewedCanceledAndOver() {
    Reply opened = buyer.checkout("pro", "monthly");
    assertThat(opened.status()).isEqualTo(201);
    Reply same = buyer.checkout("pro", "monthly");
    assertThat(same.status()).isEqualTo(200);
    assertThat(same.body()).isEqualTo(opened.body());
    assertThat(buyer.allowed(PAID_FEATURE)).isFalse();

    String session = opened.at("/sessionId");
    assertThat(Buyer.pay(opened.at("/url"), Buyer.PAYS).headers().firstValue("Location"))
        .contains("http://localhost:3000/paid?session=" + session);
    Reply confirmed = buyer.confirm(session);
    assertThat(confirmed.status()).isEqualTo(200);
    assertThat(confirmed.at("/status")).isEqualTo("paid");
    assertThat(confirmed.at("/subscription/status")).isEqualTo("trialing");
    assertThat(buyer.allowed(PAID_FEATURE)).isTrue();
    String id = confirmed.at("/subscription/id");
    Instant trialEnd = Instant.parse(confirmed.at("/subscription/trialEnd"));

    world.advance("P15D");
    Reply firstPeriod = buyer.subscription(id);
    assertThat(firstPeriod.at("/status")).isEqualTo("active");
    assertThat(Instant.parse(firstPeriod.at("/currentPeriodStart"))).isEqualTo(trialEnd);
    assertThat(paidInvoices(id)).isEqualTo(1);
    world.advance("P32D");
    Reply secondPeriod = buyer.subscription(id);
    assertThat(secondPeriod.at("/status")).isEqualTo("active");
    assertThat(secondPeriod.at("/currentPeriodStart"))
        .isEqualTo(firstPeriod.at("/currentPeriodEnd"));
    assertThat(paidInvoices(id)).isEqualTo(2);

    Reply second = buyer.checkout("basic", "yearly");
    assertThat(second.status()).isEqualTo(409);
    assertThat(second.code()).isEqualTo("subscription_exists");
    assertThat(second.at("/subscriptionId")).isEqualTo(id);

    assertThat(buyer.cancel(id, "period_end").json().path("cancelAtPeriodEnd").asBoolean())
        .isTrue();
    assertThat(buyer.resume(id).json().path("cancelAtPeriodEnd").asBoolean()).isFalse();
    assertThat(atProvider(id).path("cancel_at_period_end").asBoolean()).isFalse();
    assertThat(buyer.cancel(id, "period_end").json().path("cancelAtPeriodEnd").asBoolean())
        .isTrue();
    assertThat(atProvider(id).path("cancel_at_period_end").asBoolean())
        .as("the second cancellation is not taken for a repetition of the first")
        .isTrue();
    assertThat(buyer.allowed(PAID_FEATURE)).isTrue();

    world.advance("P32D");
    Reply over = buyer.subscription(id);
    assertThat(over.at("/status")).isEqualTo("canceled");
    assertThat(over.at("/endedAt")).isEqualTo(secondPeriod.at("/currentPeriodEnd"));
    assertThat(paidInvoices(id)).isEqualTo(2);
    assertThat(buyer.allowed(PAID_FEATURE)).isFalse();
    assertThat(buyer.entitlements().at("/tier")).isEqualTo("free");
  }

  @Test
  void everybodySeesThePlansWithTheirPrices() {
    JsonNode plans = ApiClient.of(world).get("/api/v1/plans").json().path("data");

    assertThat(plans.findValuesAsText("tier")).containsExactly("free", "basic", "pro");
    assertThat(plans.at("/1/prices/yearly/price/amount").asLong()).isEqualTo(9590);
    assertThat(plans.at("/2/prices/monthly/price/amount").asLong()).isEqualTo(2499);
    assertThat(atProvider("/v1/prices/", plans.at("/2/prices/monthly/priceId").asText())
            .path("unit_amount")
            .asLong())
        .isEqualTo(2499);
  }

  // The calls rarely meet in the same order.
  @RepeatedTest(4)
  void fiftyCallsAtOnceMakeOneCustomer() throws Exception {
    int calls = 50;
    ExecutorService threads = Executors.newFixedThreadPool(calls);
    CountDownLatch start = new CountDownLatch(1);
    List<Future<Reply>> asked = new ArrayList<>();
    for (int i = 0; i < calls; i++) {
      String key = "customer-" + i;
      asked.add(threads.submit(() -> {
        start.await();
        return askedUntilDone(key);
      }));
    }
    start.countDown();
    List<Integer> statuses = new ArrayList<>();
    Set<String> customers = new HashSet<>();
    for (Future<Reply> reply : asked) {
      statuses.add(reply.get().status());
      customers.add(reply.get().at("/customerId"));
    }
    threads.shutdown();

    assertThat(customers).hasSize(1);
    assertThat(statuses).filteredOn(status -> status == 201).hasSize(1);
    assertThat(statuses).filteredOn(status -> status == 200).hasSize(calls - 1);
    assertThat(buyer.api().get("/api/v1/customer").at("/customerId"))
        .isEqualTo(customers.iterator().next());
    assertThat(customersAtProvider()).hasSize(1);
  }

  // As client libraries do: what is under way after ten seconds, or finds the server busy, as may
  // happen on a loaded machine, is asked for again under the same key.
  private Reply askedUntilDone(String key) {
    Reply reply;
    do {
      reply = buyer.api().post("/api/v1/customer", "{}", "Idempotency-Key", key);
    } while (Set.of("in_progress", "server_busy").contains(reply.code()));
    assertThat(reply.status()).as(reply.body()).isIn(200, 201);
    return reply;
  }

  @Test
  void aLatePayerKeepsThePlanForSevenDays() {
    String id = buyer.subscribe("pro", "monthly", Buyer.FAILS_AT_RENEWAL);

    world.advance("P14D");
    world.advance("PT3H");
    assertThat(buyer.subscription(id).at("/status")).isEqualTo("past_due");
    assertThat(buyer.allowed(PAID_FEATURE)).isTrue();
    Reply failing = buyer.entitlements();
    assertThat(failing.at("/source/subscriptionId")).isEqualTo(id);
    assertThat(failing.at("/source/graceUntil")).isNotEmpty();

    world.advance("P6D");
    assertThat(buyer.allowed(PAID_FEATURE)).isTrue();
    assertThat(buyer.entitlements().at("/source/graceUntil"))
        .as("later attempts don't prolong it")
        .isEqualTo(failing.at("/source/graceUntil"));

    world.advance("P1D");
    assertThat(buyer.subscription(id).at("/status")).isEqualTo("past_due");
    assertThat(buyer.allowed(PAID_FEATURE)).isFalse();
    assertThat(buyer.entitlements().at("/tier")).isEqualTo("free");
  }

  @Test
  void whoCancelsNowHasNothingNowAndNoSecondTrialLater() {
    String first = buyer.subscribe("pro", "monthly", Buyer.PAYS);
    Reply canceled = buyer.cancel(first, "now");
    assertThat(canceled.at("/status")).isEqualTo("canceled");
    assertThat(buyer.allowed(PAID_FEATURE)).isFalse();
    assertThat(atProvider(first).path("status").asText()).isEqualTo("canceled");
    assertThat(buyer.resume(first).status()).isEqualTo(409);

    String second = buyer.subscribe("pro", "monthly", Buyer.PAYS);
    assertThat(second).isNotEqualTo(first);
    Reply bought = buyer.subscription(second);
    assertThat(bought.at("/status")).isEqualTo("active");
    assertThat(bought.json().path("trialEnd").isNull()).isTrue();
    assertThat(buyer.api().get("/api/v1/subscriptions").json().findValuesAsText("id"))
        .containsExactlyInAnyOrder(first, second);
    assertThat(
            buyer.api().get("/api/v1/subscriptions?status=canceled").json().findValuesAsText("id"))
        .containsExactly(first);
    assertThat(customersAtProvider()).hasSize(1);
  }

  @Test
  void whoChangesPlansBeforePayingCanPayOnlyTheLastOne() {
    Reply pro = buyer.checkout("pro", "monthly");
    Reply basic = buyer.checkout("basic", "monthly");
    assertThat(basic.status()).isEqualTo(201);
    assertThat(basic.at("/sessionId")).isNotEqualTo(pro.at("/sessionId"));
    assertThat(atProvider("/v1/checkout/sessions/", pro.at("/sessionId"))
            .path("status")
            .asText())
        .isEqualTo("expired");
    assertThat(buyer.confirm(pro.at("/sessionId")).at("/status")).isEqualTo("expired");

    Buyer.pay(basic.at("/url"), Buyer.PAYS);
    assertThat(buyer.confirm(basic.at("/sessionId")).at("/subscription/tier")).isEqualTo("basic");
    assertThat(buyer.checkout("pro", "monthly").code()).isEqualTo("subscription_exists");
  }

  @Test
  void anUnpaidCheckoutIsPendingAndADeclinedCardChangesNothing() {
    Reply opened = buyer.checkout("basic", "monthly");
    assertThat(Buyer.pay(opened.at("/url"), "4000000000000002").statusCode()).isEqualTo(402);

    Reply pending = buyer.confirm(opened.at("/sessionId"));
    assertThat(pending.status()).isEqualTo(202);
    assertThat(pending.at("/status")).isEqualTo("pending");
    assertThat(pending.json().path("subscription").isNull()).isTrue();
    assertThat(buyer.api().get("/api/v1/subscriptions").json().path("data")).isEmpty();
  }

  private long paidInvoices(String subscription) {
    JsonNode invoices =
        buyer.atProvider("/v1/invoices", Map.of("subscription", subscription, "status", "paid"));
    return invoices.findValues("amount_paid").stream()
        .filter(amount -> amount.asLong() == 2499)
        .count();
  }

  // The newest come first, and nobody is newer than this buyer.
  private List<JsonNode> customersAtProvider() {
    JsonNode all = buyer.atProvider("/v1/customers", Map.of("limit", "100"));
    List<JsonNode> mine = new ArrayList<>();
    for (JsonNode customer : all.path("data")) {
      if (customer.path("metadata").toString().contains(buyer.user())) {
        mine.add(customer);
      }
    }
    return mine;
  }

  private JsonNode atProvider(String subscription) {
    return atProvider("/v1/subscriptions/", subscription);
  }

  private JsonNode atProvider(String collection, String id) {
    return buyer.atProvider(collection + id, Map.of());
  }
}
