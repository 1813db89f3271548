package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.sandbox.ApiClient.Reply;
import com.tatame.billing.simulator.engine.Fault;
import com.tatame.billing.testkit.SimulatorControl;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;

/** What an account owes and paid, as its owner sees it; over every store. */
@ParameterizedClass
@EachStore
final class InvoicesTest {
  private final World world;
  private final Buyer buyer;

  InvoicesTest(Worlds worlds) {
    world = worlds.world();
    buyer = new Buyer(world);
  }

  @Test
  void aFailedRenewalIsPaidByHandOnceTheCardIsBetter() {
    String subscription = buyer.subscribe("pro", "monthly", Buyer.FAILS_AT_RENEWAL);
    world.advance("P15D");
    JsonNode invoices = buyer.api().get("/api/v1/invoices").json().path("data");
    assertThat(invoices).hasSize(2);
    assertThat(invoices.at("/1/status").asText()).isEqualTo("paid");
    assertThat(invoices.at("/1/total/amount").asLong()).isZero();
    JsonNode failing = invoices.path(0);
    assertThat(failing.path("status").asText()).isEqualTo("open");
    assertThat(failing.path("subscriptionId").asText()).isEqualTo(subscription);
    assertThat(failing.at("/amountDue/amount").asLong()).isEqualTo(2499);
    assertThat(failing.at("/tax/amount").asLong()).isZero();
    assertThat(failing.at("/lines/0/amount/amount").asLong()).isEqualTo(2499);
    for (String link : List.of("hostedUrl", "pdfUrl")) {
      assertThat(ApiClient.send(
                  HttpRequest.newBuilder(URI.create(failing.path(link).asText())))
              .statusCode())
          .as(link)
          .isEqualTo(200);
    }
    assertThat(failing.path("nextPaymentAttempt").isNull()).isFalse();
    assertThat(failing.at("/paymentAction/type").asText()).isEqualTo("requires_payment_method");
    String id = failing.path("id").asText();
    assertThat(buyer.api().get("/stripe/invoices/" + id).json()).isEqualTo(failing);

    Reply declined = pay(id);
    assertThat(declined.status()).isEqualTo(402);
    assertThat(declined.code()).isEqualTo("payment_declined");
    assertThat(declined.at("/declineCode")).isEqualTo("generic_decline");

    replaceCard("pm_card_authenticationRequired");
    Reply waiting = pay(id);
    assertThat(waiting.status()).isEqualTo(200);
    assertThat(waiting.at("/status")).isEqualTo("open");
    assertThat(waiting.at("/paymentAction/type")).isEqualTo("requires_action");
    assertThat(waiting.at("/paymentAction/clientSecret")).contains("_secret_");
    assertThat(waiting.at("/paymentAction/url")).isEqualTo(waiting.at("/hostedUrl"));

    replaceCard("pm_card_visa");
    Reply paid = pay(id);
    assertThat(paid.status()).as(paid.body()).isEqualTo(200);
    assertThat(paid.at("/status")).isEqualTo("paid");
    assertThat(paid.at("/amountPaid/amount")).isEqualTo("2499");
    assertThat(paid.json().path("paymentAction").isNull()).isTrue();
    world.settle();
    assertThat(buyer.subscription(subscription).at("/status")).isEqualTo("active");
    Reply again = pay(id);
    assertThat(again.status()).isEqualTo(409);
    assertThat(again.code()).isEqualTo("conflict");
  }

  @Test
  void anInvoiceIsNobodyElses() {
    buyer.subscribe("basic", "monthly", Buyer.PAYS);
    world.settle();
    String id = buyer.api().get("/api/v1/invoices").at("/data/0/id");
    Buyer stranger = new Buyer(world);

    assertThat(stranger.api().get("/api/v1/invoices/" + id).status()).isEqualTo(404);
    assertThat(stranger.api().post("/api/v1/invoices/" + id + "/pay").status()).isEqualTo(404);
    assertThat(stranger.api().get("/api/v1/invoices").json().path("data")).isEmpty();
  }

  @Test
  void invoicesArePagedAndShowTheirAmountsWhileTheProviderIsDown() {
    buyer.subscribe("basic", "monthly", Buyer.PAYS);
    world.advance("P64D");
    Reply first = buyer.api().get("/api/v1/invoices?limit=2");
    assertThat(first.json().path("data")).hasSize(2);
    assertThat(first.json().path("hasMore").asBoolean()).isTrue();
    JsonNode rest = buyer
        .api()
        .get("/api/v1/invoices?limit=2&cursor=" + first.at("/nextCursor"))
        .json();
    assertThat(rest.path("data")).hasSize(1);
    assertThat(rest.at("/data/0/lines")).hasSize(1);

    world.stripe().fail(new Fault("GET /v1/invoices", 503, Fault.When.BEFORE), 100);
    try {
      JsonNode bare = buyer.api().get("/api/v1/invoices?limit=2").json();
      assertThat(bare.at("/data/0/id")).isEqualTo(first.json().at("/data/0/id"));
      assertThat(bare.at("/data/0/total/amount").asLong()).isEqualTo(999);
      assertThat(bare.at("/data/0/lines").isNull()).isTrue();
      assertThat(bare.at("/data/0/hostedUrl").isNull()).isTrue();
      assertThat(buyer.api().get("/api/v1/invoices/" + first.at("/data/0/id")).status())
          .isEqualTo(503);
    } finally {
      world.stripe().clearFaults();
    }
  }

  private Reply pay(String id) {
    return buyer.api().post("/api/v1/invoices/" + id + "/pay");
  }

  private void replaceCard(String readyMade) {
    String customer = buyer.api().get("/api/v1/customer").at("/customerId");
    new SimulatorControl(world.stripe()).replaceCard(customer, readyMade);
  }
}
