package com.tatame.billing.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.simulator.Shop.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How the API speaks: keys, idempotency, refusals, lists and expansion. */
class ApiDialectTest {
  private final Shop shop = new Shop();

  @AfterEach
  void close() {
    shop.close();
  }

  @Test
  void aCallNeedsATestKey() {
    assertThat(shop.get("/v1/customers", "Authorization", "Bearer sk_live_1").status())
        .isEqualTo(401);
    assertThat(shop.get("/v1/customers", "Authorization", "Digest x").message())
        .startsWith("You did not provide an API key");
    assertThat(
            shop.get("/v1/customers", "Authorization", "Basic c2tfdGVzdF9hOg==").status())
        .isEqualTo(200);
  }

  @Test
  void anAnswerCarriesItsRequestIdAndTheSimulatedTime() {
    shop.goTo("2026-03-04T05:06:07Z");

    Reply reply = shop.get("/v1/customers");

    assertThat(reply.header("Request-Id")).startsWith("req_");
    assertThat(reply.header("Date")).isEqualTo("Wed, 04 Mar 2026 05:06:07 GMT");
    assertThat(reply.http().headers().allValues("Date")).hasSize(1);
  }

  @Test
  void theSameKeyAndParametersReplayTheFirstAnswer() {
    Reply first =
        shop.post("/v1/customers", List.of("email=a@example.com"), "Idempotency-Key", "k");
    Reply again =
        shop.post("/v1/customers", List.of("email=a@example.com"), "Idempotency-Key", "k");

    assertThat(again.json()).isEqualTo(first.json());
    assertThat(first.header("Idempotent-Replayed")).isEmpty();
    assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(Shop.ids(shop.get("/v1/customers").json())).hasSize(1);
    assertThat(shop.lastEvent("customer.created").at("/request/idempotency_key").asText())
        .isEqualTo("k");
    assertThat(shop.lastEvent("customer.created").at("/request/id").asText())
        .isEqualTo(first.header("Request-Id"));
  }

  @Test
  void theOrderOfTheParametersMakesNoDifferenceToAKey() {
    shop.post(
        "/v1/customers",
        List.of("email=a", "metadata[x]=1", "metadata[y]=2"),
        "Idempotency-Key",
        "k");

    assertThat(shop.post(
                "/v1/customers",
                List.of("metadata[y]=2", "metadata[x]=1", "email=a"),
                "Idempotency-Key",
                "k")
            .header("Idempotent-Replayed"))
        .isEqualTo("true");
  }

  @Test
  void theSameKeyWithOtherParametersIsAnError() {
    shop.post("/v1/customers", List.of("email=a@example.com"), "Idempotency-Key", "k");

    Reply other =
        shop.post("/v1/customers", List.of("email=b@example.com"), "Idempotency-Key", "k");

    assertThat(other.status()).isEqualTo(400);
    assertThat(other.json().at("/error/type").asText()).isEqualTo("idempotency_error");
  }

  @Test
  void aKeyIsForgottenAfterADayAndAnInvalidRequestDoesNotTakeIt() {
    assertThat(shop.post("/v1/customers", List.of("mail=a"), "Idempotency-Key", "k")
            .status())
        .isEqualTo(400);
    String first = shop.ok(shop.post("/v1/customers", List.of("email=a"), "Idempotency-Key", "k"))
        .get("id")
        .asText();
    shop.advance("P1D");
    assertThat(shop.ok(shop.post("/v1/customers", List.of("email=a"), "Idempotency-Key", "k"))
            .get("id")
            .asText())
        .isEqualTo(first);
    shop.advance("PT1S");
    assertThat(shop.ok(shop.post("/v1/customers", List.of("email=a"), "Idempotency-Key", "k"))
            .get("id")
            .asText())
        .isNotEqualTo(first);
  }

  @Test
  void aFailureAfterTheWorkWasDoneIsWhatTheKeyRemembers() {
    shop.control(
        "POST", "faults", "{\"route\":\"POST /v1/customers\",\"status\":500,\"when\":\"after\"}");

    Reply failed = shop.post("/v1/customers", List.of("email=a"), "Idempotency-Key", "k");
    Reply again = shop.post("/v1/customers", List.of("email=a"), "Idempotency-Key", "k");

    assertThat(failed.status()).isEqualTo(500);
    assertThat(again.status()).isEqualTo(500);
    assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(Shop.ids(shop.get("/v1/customers").json())).hasSize(1);
  }

  @Test
  void aLostAnswerIsFoundAgainByItsKeyAndAnOutageBeforeTheWorkLeavesNothing() {
    shop.control(
        "POST", "faults", "{\"route\":\"POST /v1/customers\",\"status\":502,\"when\":\"lost\"}");
    assertThat(shop.post("/v1/customers", List.of("email=a"), "Idempotency-Key", "k")
            .status())
        .isEqualTo(502);
    assertThat(shop.post("/v1/customers", List.of("email=a"), "Idempotency-Key", "k")
            .header("Idempotent-Replayed"))
        .isEqualTo("true");

    shop.control("POST", "faults", "{\"route\":\"POST /v1/customers\",\"status\":429,\"count\":2}");
    assertThat(shop.post("/v1/customers", List.of("email=b")).errorCode()).isEqualTo("rate_limit");
    shop.control("DELETE", "faults", "");
    assertThat(shop.post("/v1/customers", List.of("email=b")).status()).isEqualTo(200);
    assertThat(Shop.ids(shop.get("/v1/customers").json())).hasSize(2);
  }

  @Test
  void concurrentCallsWithOneKeyMakeOneCustomer() throws InterruptedException, ExecutionException {
    int callers = 16;
    CountDownLatch go = new CountDownLatch(1);
    ExecutorService threads = Executors.newFixedThreadPool(callers);
    List<Future<Reply>> replies = new ArrayList<>();
    for (int i = 0; i < callers; i++) {
      replies.add(threads.submit(() -> {
        go.await();
        return shop.post("/v1/customers", List.of("email=a"), "Idempotency-Key", "k");
      }));
    }
    go.countDown();
    for (Future<Reply> reply : replies) {
      if (reply.get().status() != 200) {
        assertThat(reply.get().status()).isEqualTo(409);
        assertThat(reply.get().errorCode()).isEqualTo("idempotency_key_in_use");
      }
    }
    threads.shutdown();
    assertThat(Shop.ids(shop.get("/v1/customers").json())).hasSize(1);
  }

  @Test
  void whatIsUnknownIsRefusedByNameAtAnyDepth() {
    assertThat(shop.post("/v1/customers", List.of("mail=a")))
        .satisfies(refused("parameter_unknown", "mail"));
    assertThat(shop.post("/v1/customers", List.of("address[street]=a")))
        .satisfies(refused("parameter_unknown", "address[street]"));
    assertThat(shop.post(
            "/v1/checkout/sessions",
            List.of("mode=subscription", "success_url=https://a", "line_items[0][foo]=a")))
        .satisfies(refused("parameter_unknown", "line_items[0][foo]"));
    assertThat(shop.get("/v1/customers?foo=1")).satisfies(refused("parameter_unknown", "foo"));
  }

  @Test
  void whatIsMissingOrMalformedIsRefusedByName() {
    assertThat(shop.post("/v1/products", List.of()))
        .satisfies(refused("parameter_missing", "name"));
    assertThat(shop.post("/v1/products", List.of("name=")))
        .satisfies(refused("parameter_invalid_empty", "name"));
    assertThat(shop.get("/v1/customers?limit=ten"))
        .satisfies(refused("parameter_invalid_integer", "limit"));
    assertThat(shop.get("/v1/customers?limit=101"))
        .satisfies(refused("parameter_invalid_integer", "limit"));
    assertThat(shop.get("/v1/prices?active=yes")).satisfies(refused("", "active"));
    assertThat(shop.post(
            "/v1/prices",
            List.of("currency=usd", "product=p", "unit_amount=1", "recurring[interval]=fortnight")))
        .satisfies(refused("", "recurring[interval]"));
    assertThat(shop.post(
            "/v1/prices", List.of("currency=xxz", "product_data[name]=a", "unit_amount=1")))
        .satisfies(refused("", "currency"));
    assertThat(Shop.ids(shop.get("/v1/products").json())).isEmpty();
  }

  @Test
  void anUnknownIdIsMissing() {
    Reply reply = shop.get("/v1/customers/cus_x");
    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.errorCode()).isEqualTo("resource_missing");
    assertThat(reply.message()).isEqualTo("No such customer: 'cus_x'");
    assertThat(shop.get("/v1/nothing").message())
        .isEqualTo("Unrecognized request URL (GET: /v1/nothing).");
  }

  @Test
  void aCanceledSubscriptionTakesOnlyNotes() {
    JsonNode subscription = shop.subscribe(shop.price(999, "month"), Shop.PAYS);
    String path = "/v1/subscriptions/" + subscription.get("id").asText();
    shop.ok(shop.delete(path));

    assertThat(shop.post(path, List.of("cancel_at_period_end=true")).message())
        .startsWith("A canceled subscription can only");
    assertThat(shop.post(path, List.of("metadata[a]=b")).status()).isEqualTo(200);
    assertThat(shop.delete(path).status()).isEqualTo(404);
  }

  @Test
  void aPaidInvoiceIsNotPaidTwiceAndADeclineIsACardError() {
    JsonNode subscription = shop.subscribe(shop.price(999, "month"), Shop.FAILS_AT_RENEWAL);
    String first = subscription.get("latest_invoice").asText();
    assertThat(shop.post("/v1/invoices/" + first + "/pay", List.of()).errorCode())
        .isEqualTo("invoice_already_paid");

    shop.goTo("2026-02-01T01:00:00Z");
    String second = shop.latestInvoice(subscription).get("id").asText();
    Reply declined = shop.post("/v1/invoices/" + second + "/pay", List.of());
    assertThat(declined.status()).isEqualTo(402);
    assertThat(declined.json().at("/error/type").asText()).isEqualTo("card_error");
    assertThat(declined.json().at("/error/decline_code").asText()).isEqualTo("generic_decline");
    assertThat(declined.json().at("/error/payment_intent/status").asText())
        .isEqualTo("requires_payment_method");
  }

  @Test
  void oneCustomerUsesOneCurrency() {
    JsonNode subscription = shop.subscribe(shop.price(999, "month"), Shop.PAYS);
    String euros = shop.ok(shop.post(
            "/v1/prices",
            List.of(
                "product_data[name]=E",
                "currency=eur",
                "unit_amount=5",
                "recurring[interval]=month")))
        .get("id")
        .asText();

    Reply reply = shop.post(
        "/v1/checkout/sessions",
        List.of(
            "mode=subscription",
            "success_url=https://a",
            "customer=" + subscription.get("customer").asText(),
            "line_items[0][price]=" + euros,
            "line_items[0][quantity]=1"));

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.message()).startsWith("You cannot combine currencies on a single customer");
  }

  @Test
  void listsPageNewestFirstInBothDirections() {
    List<String> made = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      made.add(0, shop.customer());
    }
    JsonNode firstPage = shop.ok(shop.get("/v1/customers"));
    assertThat(Shop.ids(firstPage)).isEqualTo(made.subList(0, 10));
    assertThat(firstPage.get("has_more").asBoolean()).isTrue();
    JsonNode secondPage = shop.ok(shop.get("/v1/customers?starting_after=" + made.get(9)));
    assertThat(Shop.ids(secondPage)).isEqualTo(made.subList(10, 12));
    assertThat(secondPage.get("has_more").asBoolean()).isFalse();
    JsonNode back = shop.ok(shop.get("/v1/customers?limit=3&ending_before=" + made.get(10)));
    assertThat(Shop.ids(back)).isEqualTo(made.subList(7, 10));
    assertThat(back.get("has_more").asBoolean()).isTrue();
    assertThat(shop.get("/v1/customers?starting_after=cus_x").param()).isEqualTo("starting_after");
  }

  @Test
  void pricesAreFoundByLookupKeyProductAndActivity() {
    String monthly = shop.price(999, "month");
    String yearly = shop.price(9590, "year");
    shop.ok(shop.post("/v1/prices/" + monthly, List.of("lookup_key=basic_monthly")));
    shop.ok(shop.post("/v1/prices/" + yearly, List.of("active=false")));

    assertThat(Shop.ids(shop.ok(shop.get("/v1/prices?lookup_keys[]=basic_monthly"))))
        .containsExactly(monthly);
    assertThat(Shop.ids(shop.ok(shop.get("/v1/prices?active=false")))).containsExactly(yearly);
    assertThat(Shop.ids(shop.ok(shop.get("/v1/prices?recurring[interval]=month"))))
        .containsExactly(monthly);
    assertThat(shop.post("/v1/prices/" + yearly, List.of("lookup_key=basic_monthly"))
            .param())
        .isEqualTo("lookup_key");
    shop.ok(shop.post(
        "/v1/prices/" + yearly, List.of("lookup_key=basic_monthly", "transfer_lookup_key=true")));
    assertThat(Shop.ids(shop.ok(shop.get("/v1/prices?lookup_keys[]=basic_monthly"))))
        .containsExactly(yearly);
  }

  @Test
  void subscriptionsAreListedByStatus() {
    JsonNode gone = shop.subscribe(shop.price(999, "month"), Shop.PAYS);
    JsonNode live = shop.subscribe(shop.price(999, "month"), Shop.PAYS);
    shop.ok(shop.delete("/v1/subscriptions/" + gone.get("id").asText()));

    assertThat(Shop.ids(shop.ok(shop.get("/v1/subscriptions"))))
        .containsExactly(live.get("id").asText());
    assertThat(Shop.ids(shop.ok(shop.get("/v1/subscriptions?status=all")))).hasSize(2);
    assertThat(Shop.ids(shop.ok(shop.get(
            "/v1/subscriptions?status=canceled&customer=" + gone.get("customer").asText()))))
        .containsExactly(gone.get("id").asText());
  }

  @Test
  void expansionReachesFourLevelsAndNoFurther() {
    JsonNode subscription = shop.subscribe(shop.price(999, "month"), Shop.PAYS);
    String path = "/v1/subscriptions/" + subscription.get("id").asText();

    JsonNode expanded = shop.ok(shop.get(path
        + "?expand[]=latest_invoice.payments&expand[]=items.data.price.product&expand[]=customer"));
    assertThat(expanded.at("/latest_invoice/payments/data/0/status").asText()).isEqualTo("paid");
    assertThat(expanded.at("/items/data/0/price/product/name").asText()).isEqualTo("Basic");
    assertThat(expanded.at("/customer/email").asText()).isEqualTo("ada@example.com");
    JsonNode listed = shop.ok(shop.get("/v1/subscriptions?expand[]=data.latest_invoice"));
    assertThat(listed.at("/data/0/latest_invoice/object").asText()).isEqualTo("invoice");
    assertThat(shop.get(path + "?expand[]=a.b.c.d.e").message())
        .startsWith("You cannot expand more than 4 levels");
    assertThat(shop.get(path + "?expand[]=status").message())
        .isEqualTo("This property cannot be expanded (status).");
    assertThat(shop.get(path + "?expand[]=nothing").param()).isEqualTo("expand[0]");
  }

  @Test
  void eventsAreListedByTypeTimeAndDelivery() {
    shop.customer();
    shop.advance("P1D");
    long later = shop.stripe.now().getEpochSecond();
    shop.price(999, "month");

    assertThat(Shop.ids(shop.ok(shop.get("/v1/events?type=customer.created")))).hasSize(1);
    assertThat(
            Shop.ids(shop.ok(shop.get("/v1/events?types[]=price.created&types[]=product.created"))))
        .hasSize(2);
    assertThat(Shop.ids(shop.ok(shop.get("/v1/events?created[gte]=" + later)))).hasSize(2);
    assertThat(Shop.ids(shop.ok(shop.get("/v1/events?delivery_success=true")))).hasSize(3);
    assertThat(Shop.ids(shop.ok(shop.get("/v1/events?delivery_success=false")))).isEmpty();
    shop.advance("P40D");
    assertThat(Shop.ids(shop.ok(shop.get("/v1/events")))).isEmpty();
  }

  @Test
  void theAccountAnswersAHealthCheck() {
    assertThat(shop.ok(shop.get("/v1/account")).get("object").asText()).isEqualTo("account");
  }

  private static java.util.function.Consumer<Reply> refused(String code, String param) {
    return reply -> {
      assertThat(reply.status()).isEqualTo(400);
      assertThat(reply.errorCode()).isEqualTo(code);
      assertThat(reply.param()).isEqualTo(param);
    };
  }
}
