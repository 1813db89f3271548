package com.tatame.billing.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Refunds and disputes. */
class MoneyBackTest {
  private final Shop shop = new Shop();
  private final String price = shop.price(999, "month");

  @AfterEach
  void close() {
    shop.close();
  }

  private String paid(String card) {
    shop.subscribe(price, card);
    return shop.lastEvent("payment_intent.succeeded").at("/data/object/id").asText();
  }

  private Shop.Reply refund(String... parameters) {
    return shop.post("/v1/refunds", List.of(parameters));
  }

  @Test
  void aRefundGivesAllBackUnlessItSaysHowMuch() {
    String payment = paid(Shop.PAYS);
    shop.happened();

    JsonNode part = shop.ok(refund("payment_intent=" + payment, "amount=400"));
    JsonNode rest = shop.ok(refund("payment_intent=" + payment, "reason=requested_by_customer"));

    assertThat(shop.happened())
        .containsExactly("refund.created", "charge.refunded", "refund.created", "charge.refunded");
    assertThat(part.at("/amount").asLong()).isEqualTo(400);
    assertThat(rest.at("/amount").asLong()).isEqualTo(599);
    assertThat(rest.at("/status").asText()).isEqualTo("succeeded");
    assertThat(rest.at("/reason").asText()).isEqualTo("requested_by_customer");
    JsonNode charge = shop.lastEvent("charge.refunded").at("/data/object");
    assertThat(charge.at("/amount_refunded").asLong()).isEqualTo(999);
    assertThat(charge.at("/refunded").asBoolean()).isTrue();
    JsonNode list = shop.ok(shop.get("/v1/refunds?payment_intent=" + payment));
    assertThat(list.at("/data")).hasSize(2);
    assertThat(shop.ok(shop.get("/v1/refunds/" + rest.at("/id").asText()))).isEqualTo(rest);
  }

  @Test
  void noMoreIsGivenBackThanWasPaid() {
    String payment = paid(Shop.PAYS);

    assertThat(refund("payment_intent=" + payment, "amount=1000").param()).isEqualTo("amount");
    assertThat(refund("payment_intent=" + payment, "amount=0").param()).isEqualTo("amount");
    assertThat(refund().errorCode()).isEqualTo("parameter_missing");
    assertThat(refund("payment_intent=pi_x").status()).isEqualTo(404);
    shop.ok(refund("payment_intent=" + payment));
    assertThat(refund("payment_intent=" + payment).errorCode())
        .isEqualTo("charge_already_refunded");
  }

  @Test
  void aRefundThatSucceededCanFailLater() {
    String payment = paid(Shop.PAYS);
    String id = shop.ok(refund("payment_intent=" + payment)).at("/id").asText();
    shop.happened();

    shop.stripe.failRefund(id);

    assertThat(shop.happened()).containsExactly("refund.failed", "refund.updated");
    assertThat(shop.ok(shop.get("/v1/refunds/" + id)).at("/status").asText()).isEqualTo("failed");
    assertThat(shop.ok(refund("payment_intent=" + payment)).at("/amount").asLong())
        .isEqualTo(999);
  }

  @Test
  void theCardThatDisputesTakesItsMoneyBack() {
    String payment = paid("4000000000000259");

    JsonNode dispute =
        shop.ok(shop.get("/v1/disputes?payment_intent=" + payment)).at("/data/0");
    assertThat(shop.happened())
        .contains("charge.dispute.created", "charge.dispute.funds_withdrawn");
    assertThat(dispute.at("/status").asText()).isEqualTo("needs_response");
    assertThat(dispute.at("/balance_transactions")).hasSize(1);
    assertThat(dispute.at("/balance_transactions/0/amount").asLong()).isEqualTo(-999);
  }

  @Test
  void evidenceDecidesADispute() {
    String won = disputeOf(paid("4000000000000259"));
    shop.happened();
    JsonNode closed = shop.ok(
        shop.post("/v1/disputes/" + won, List.of("evidence[uncategorized_text]=winning_evidence")));
    assertThat(closed.at("/status").asText()).isEqualTo("won");
    assertThat(closed.at("/balance_transactions")).hasSize(2);
    assertThat(shop.happened())
        .containsExactly(
            "charge.dispute.updated", "charge.dispute.closed", "charge.dispute.funds_reinstated");

    String lost = disputeOf(paid("4000000000000259"));
    shop.happened();
    JsonNode accepted = shop.ok(shop.post("/v1/disputes/" + lost + "/close", List.of()));
    assertThat(accepted.at("/status").asText()).isEqualTo("lost");
    assertThat(shop.happened()).containsExactly("charge.dispute.closed");
    assertThat(shop.post("/v1/disputes/" + lost + "/close", List.of()).status()).isEqualTo(400);
  }

  private String disputeOf(String payment) {
    return shop.ok(shop.get("/v1/disputes?payment_intent=" + payment))
        .at("/data/0/id")
        .asText();
  }
}
