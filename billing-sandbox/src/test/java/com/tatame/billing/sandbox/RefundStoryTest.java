package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.sandbox.ApiClient.Reply;
import com.tatame.billing.simulator.engine.Request;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;

/** What becomes of payments on pages of one's own, and of those that are given back; over every store. */
@ParameterizedClass
@EachStore
final class RefundStoryTest {
  private static final String VIDEO = "seminar-recording";

  private final World world;
  private final Buyer buyer;
  private final ApiClient root;

  RefundStoryTest(Worlds worlds) {
    world = worlds.world();
    buyer = new Buyer(world);
    root = ApiClient.of(world).as(world.token("user_root"));
  }

  @Test
  void aPurchaseIsGivenBackInParts() {
    String purchase = bought();

    Reply part = refund(Map.of("purchaseId", purchase, "amount", 500));
    assertThat(part.status()).as(part.body()).isEqualTo(201);
    assertThat(part.at("/status")).isEqualTo("succeeded");
    assertThat(part.json().at("/amount/amount").asLong()).isEqualTo(500);
    assertThat(part.at("/purchaseId")).isEqualTo(purchase);
    assertThat(purchase(purchase).at("/refunded/amount").asLong()).isEqualTo(500);
    assertThat(purchase(purchase).path("refundState").asText()).isEqualTo("partial");

    Reply tooMuch = refund(Map.of("purchaseId", purchase, "amount", 1401));
    assertThat(tooMuch.status()).isEqualTo(409);
    assertThat(tooMuch.at("/detail")).contains("1400 usd");
    Reply rest = refund(Map.of("purchaseId", purchase));
    assertThat(rest.json().at("/amount/amount").asLong()).isEqualTo(1400);
    assertThat(purchase(purchase).path("status").asText()).isEqualTo("refunded");
    assertThat(refund(Map.of("purchaseId", purchase)).status()).isEqualTo(409);
    world.settle();
    assertThat(root.get("/api/v1/refunds?limit=100").json().findValuesAsText("id"))
        .contains(part.at("/id"), rest.at("/id"));
  }

  @Test
  void anInvoiceIsGivenBack() {
    buyer.subscribe("basic", "monthly", Buyer.PAYS);
    world.settle();
    String customer = buyer.api().get("/api/v1/customer").at("/customerId");
    String invoice = buyer
        .atProvider("/v1/invoices", Map.of("customer", customer))
        .at("/data/0/id")
        .asText();

    Reply refunded = refund(Map.of("invoiceId", invoice));

    assertThat(refunded.status()).as(refunded.body()).isEqualTo(201);
    assertThat(refunded.at("/invoiceId")).isEqualTo(invoice);
    assertThat(refunded.json().at("/amount/amount").asLong()).isEqualTo(999);
  }

  @Test
  void whoPaidCanNotRefund() {
    String purchase = bought();

    Reply refused = buyer
        .api()
        .post("/api/v1/refunds", Json.write(Map.of("purchaseId", purchase, "reason", "duplicate")));

    assertThat(refused.status()).isEqualTo(403);
    assertThat(purchase(purchase).at("/refunded/amount").asLong()).isZero();
    assertThat(refund(Map.of("purchaseId", "pur_nobodys")).status()).isEqualTo(404);
    assertThat(refund(Map.of("purchaseId", purchase, "amount", 0))
            .json()
            .at("/errors/0/field")
            .asText())
        .isEqualTo("amount");
  }

  @Test
  void refundWithoutIdempotencyKeyIsRefused() {
    String purchase = bought();

    Reply refused = refund(Map.of("purchaseId", purchase, "amount", 500), new String[0]);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.at("/errors/0/field")).isEqualTo("idempotencyKey");
    assertThat(purchase(purchase).at("/refunded/amount").asLong()).isZero();
  }

  @Test
  void repeatedRefundWithSameKeyIsTheSameRefundWhereverTheKeyStands() {
    String purchase = bought();
    Map<String, Object> wanted = Map.of("purchaseId", purchase, "amount", 500);
    Map<String, Object> withKey = new HashMap<>(wanted);
    withKey.put("idempotencyKey", purchase);

    Reply first = refund(wanted, "Idempotency-Key", purchase);
    Reply again = refund(wanted, "Idempotency-Key", purchase);
    Reply inBody = refund(withKey, new String[0]);

    assertThat(first.status()).as(first.body()).isEqualTo(201);
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(inBody.status()).as(inBody.body()).isEqualTo(201);
    assertThat(inBody.at("/id")).isEqualTo(first.at("/id"));
    withKey.put("amount", 600);
    assertThat(refund(withKey, new String[0]).code()).isEqualTo("idempotency_key_reused");
    assertThat(purchase(purchase).at("/refunded/amount").asLong()).isEqualTo(500);
  }

  @Test
  void repeatedRefundWithAnotherKeyIsRefused() {
    String purchase = bought();
    Reply first = refund(Map.of("purchaseId", purchase, "amount", 500));

    Reply second = refund(Map.of("purchaseId", purchase, "amount", 500));

    assertThat(second.status()).isEqualTo(409);
    assertThat(second.code()).isEqualTo("possible_duplicate");
    assertThat(second.at("/refundId")).isEqualTo(first.at("/id"));
    Map<String, Object> allowed =
        Map.of("purchaseId", purchase, "amount", 500, "allowDuplicate", true);
    assertThat(refund(allowed).status()).isEqualTo(201);
    assertThat(purchase(purchase).at("/refunded/amount").asLong()).isEqualTo(1000);
  }

  @Test
  void anItemIsPaidOnAPageOfOnesOwn() {
    Reply begun = buyer.api().post("/api/v1/payment-intents", "{\"item\":\"" + VIDEO + "\"}");
    assertThat(begun.status()).as(begun.body()).isEqualTo(201);
    assertThat(begun.at("/status")).isEqualTo("requires_payment_method");
    assertThat(begun.json().at("/amount/amount").asLong()).isEqualTo(1900);
    assertThat(begun.at("/clientSecret")).startsWith(begun.at("/id"));
    String path = "/api/v1/payment-intents/" + begun.at("/id");
    assertThat(buyer.api().get(path).body()).isEqualTo(begun.body());
    assertThat(new Buyer(world).api().get(path).status()).isEqualTo(404);

    confirm(begun.at("/id"), "pm_card_authenticationRequired");
    assertThat(buyer.api().get(path).at("/status")).isEqualTo("requires_action");
    world.stripe().authenticatePayment(begun.at("/id"), false);
    assertThat(buyer.api().get(path).at("/status")).isEqualTo("requires_payment_method");
    confirm(begun.at("/id"), "pm_card_visa");

    assertThat(buyer.api().get(path).at("/status")).isEqualTo("succeeded");
    world.settle();
    JsonNode purchase = purchase(begun.at("/purchaseId"));
    assertThat(purchase.path("status").asText()).isEqualTo("paid");
    assertThat(purchase.path("paymentIntentId").asText()).isEqualTo(begun.at("/id"));
  }

  @Test
  void onlyWhoMayNamesAnAmount() {
    String raw = Json.write(Map.of("amount", 700, "currency", "usd", "accountId", buyer.user()));

    assertThat(buyer.api().post("/api/v1/payment-intents", raw).status()).isEqualTo(403);
    Reply begun = root.post("/api/v1/payment-intents", raw);

    assertThat(begun.status()).as(begun.body()).isEqualTo(201);
    assertThat(begun.json().at("/amount/amount").asLong()).isEqualTo(700);
    assertThat(begun.json().path("purchaseId").isNull()).isTrue();
    assertThat(buyer.api().get("/api/v1/payment-intents/" + begun.at("/id")).status())
        .isEqualTo(200);
  }

  @Test
  void whatIsFreeNeedsNoPayment() {
    Reply given = buyer.api().post("/api/v1/payment-intents", "{\"item\":\"belt-guide\"}");

    assertThat(given.status()).isEqualTo(201);
    assertThat(given.json().path("id").isNull()).isTrue();
    assertThat(given.at("/status")).isEqualTo("succeeded");
    assertThat(purchase(given.at("/purchaseId")).path("item").asText()).isEqualTo("belt-guide");
  }

  private String bought() {
    Reply opened = buyer.buys(VIDEO);
    assertThat(Buyer.pay(opened.at("/url"), Buyer.PAYS).statusCode()).isEqualTo(303);
    return buyer.confirm(opened.at("/sessionId")).at("/purchase/id");
  }

  private JsonNode purchase(String id) {
    return buyer.api().get("/api/v1/purchases/" + id).json();
  }

  private Reply refund(Map<String, Object> wanted) {
    return refund(wanted, "Idempotency-Key", UUID.randomUUID().toString());
  }

  private Reply refund(Map<String, Object> wanted, String... headers) {
    Map<String, Object> body = new HashMap<>(wanted);
    body.put("reason", "requested_by_customer");
    return root.post("/api/v1/refunds", Json.write(body), headers);
  }

  private void confirm(String payment, String method) {
    world
        .stripe()
        .call(Request.of(
            "POST",
            "/v1/payment_intents/" + payment + "/confirm",
            Map.of("payment_method", method)));
  }
}
