package com.tatame.billing.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is paid once: at checkout, by customers and guests, and by payment intents. */
class PaymentModeTest {
  private static final String DECLINED = "4000000000000002";

  private final Shop shop = Shop.openedAt("2026-01-10T10:00:00Z");

  @AfterEach
  void close() {
    shop.stripe.close();
  }

  private JsonNode session(String... more) {
    List<String> parameters = new ArrayList<>(List.of(
        "mode=payment",
        "line_items[0][price_data][currency]=usd",
        "line_items[0][price_data][unit_amount]=1500",
        "line_items[0][price_data][product_data][name]=A quiz",
        "line_items[0][quantity]=1",
        "payment_intent_data[metadata][item]=quiz-1",
        "success_url=https://shop.example/done",
        "cancel_url=https://shop.example/items"));
    parameters.addAll(List.of(more));
    return shop.ok(shop.post("/v1/checkout/sessions", parameters));
  }

  private JsonNode again(JsonNode session) {
    return shop.ok(shop.get("/v1/checkout/sessions/" + session.at("/id").asText()));
  }

  @Test
  void aCustomerPaysOnceAndNothingRecurs() {
    String customer = shop.customer();
    JsonNode session = session("customer=" + customer);
    shop.happened();
    assertThat(session.at("/payment_intent").isNull()).isTrue();
    assertThat(session.at("/amount_total").asLong()).isEqualTo(1500);

    assertThat(shop.pay(session, Shop.PAYS).statusCode()).isEqualTo(303);

    assertThat(shop.happened())
        .containsExactly(
            "payment_intent.created",
            "charge.succeeded",
            "payment_intent.succeeded",
            "checkout.session.completed");
    JsonNode done = again(session);
    assertThat(done.at("/status").asText()).isEqualTo("complete");
    assertThat(done.at("/payment_status").asText()).isEqualTo("paid");
    assertThat(done.at("/subscription").isNull()).isTrue();
    JsonNode payment =
        shop.ok(shop.get("/v1/payment_intents/" + done.at("/payment_intent").asText()));
    assertThat(payment.at("/customer").asText()).isEqualTo(customer);
    assertThat(payment.at("/metadata/item").asText()).isEqualTo("quiz-1");
    assertThat(payment.at("/amount_received").asLong()).isEqualTo(1500);
    assertThat(payment.at("/setup_future_usage").isNull()).isTrue();
    assertThat(
            shop.ok(shop.get("/v1/customers/" + customer + "/payment_methods")).at("/data"))
        .as("the card is not saved")
        .isEmpty();
  }

  @Test
  void aGuestBecomesACustomerOnlyOnRequest() {
    JsonNode guest = session();
    shop.pay(guest, Shop.PAYS);
    JsonNode registered = session("customer_creation=always");
    shop.pay(registered, Shop.PAYS);

    assertThat(again(guest).at("/customer").isNull()).isTrue();
    assertThat(again(guest).at("/customer_details/email").asText()).isEqualTo("ada@example.com");
    assertThat(again(registered).at("/customer").asText()).startsWith("cus_");
  }

  @Test
  void aDeclineKeepsThePaymentForTheNextAttemptAndExpiryCancelsIt() {
    JsonNode paidLater = session();
    JsonNode left = session();
    shop.happened();

    assertThat(shop.pay(paidLater, DECLINED).statusCode()).isEqualTo(402);
    assertThat(shop.pay(left, DECLINED).statusCode()).isEqualTo(402);
    assertThat(shop.pay(paidLater, Shop.PAYS).statusCode()).isEqualTo(303);
    assertThat(shop.happened())
        .containsExactly(
            "payment_intent.created",
            "charge.failed",
            "payment_intent.payment_failed",
            "payment_intent.created",
            "charge.failed",
            "payment_intent.payment_failed",
            "charge.succeeded",
            "payment_intent.succeeded",
            "checkout.session.completed");
    shop.goTo("2026-01-12T10:00:00Z");

    assertThat(shop.happened())
        .containsExactly("payment_intent.canceled", "checkout.session.expired");
    assertThat(again(left).at("/status").asText()).isEqualTo("expired");
  }

  @Test
  void whatMakesNoSenseInPaymentModeIsRefused() {
    String recurring = shop.price(999, "month");
    List<String> base = List.of(
        "mode=payment", "success_url=https://shop.example/done", "line_items[0][quantity]=1");

    assertThat(refused(base, "line_items[0][price]=" + recurring))
        .isEqualTo("line_items[0][price]");
    assertThat(refused(base, "line_items[0][price_data][currency]=usd"))
        .isEqualTo("line_items[0][price_data][unit_amount]");
    assertThat(refused(
            base,
            "line_items[0][price_data][currency]=usd",
            "line_items[0][price_data][unit_amount]=1500",
            "line_items[0][price_data][product_data][name]=A quiz",
            "subscription_data[trial_period_days]=7"))
        .isEqualTo("subscription_data");
    assertThat(refused(
            base,
            "line_items[0][price_data][currency]=usd",
            "line_items[0][price_data][unit_amount]=20",
            "line_items[0][price_data][product_data][name]=A quiz"))
        .isEqualTo("line_items");
  }

  private String refused(List<String> base, String... more) {
    List<String> parameters = new ArrayList<>(base);
    parameters.addAll(List.of(more));
    Shop.Reply reply = shop.post("/v1/checkout/sessions", parameters);
    assertThat(reply.status()).isEqualTo(400);
    return reply.param();
  }

  @Test
  void aPaymentIntentGoesThroughItsStates() {
    JsonNode made = shop.ok(
        shop.post("/v1/payment_intents", List.of("amount=1500", "currency=usd", "metadata[a]=b")));
    String path = "/v1/payment_intents/" + made.at("/id").asText();
    assertThat(made.at("/status").asText()).isEqualTo("requires_payment_method");
    assertThat(made.at("/client_secret").asText()).startsWith(made.at("/id").asText());
    assertThat(shop.post(path + "/confirm", List.of()).param()).isEqualTo("payment_method");

    Shop.Reply declined =
        shop.post(path + "/confirm", List.of("payment_method=pm_card_chargeCustomerFail"));
    assertThat(declined.status()).isEqualTo(402);
    assertThat(declined.json().at("/error/payment_intent/status").asText())
        .isEqualTo("requires_payment_method");
    JsonNode asks = shop.ok(
        shop.post(path + "/confirm", List.of("payment_method=pm_card_authenticationRequired")));
    assertThat(asks.at("/status").asText()).isEqualTo("requires_action");
    assertThat(asks.at("/next_action").isObject()).isTrue();
    shop.stripe.authenticatePayment(made.at("/id").asText(), true);

    assertThat(shop.ok(shop.get(path)).at("/status").asText()).isEqualTo("succeeded");
    assertThat(shop.post(path + "/cancel", List.of()).errorCode())
        .isEqualTo("payment_intent_unexpected_state");
  }

  @Test
  void aPaymentIntentIsCanceledAndFoundByItsCustomer() {
    String customer = shop.customer();
    JsonNode made = shop.ok(shop.post(
        "/v1/payment_intents", List.of("amount=1500", "currency=usd", "customer=" + customer)));
    shop.happened();

    JsonNode canceled = shop.ok(shop.post(
        "/v1/payment_intents/" + made.at("/id").asText() + "/cancel",
        List.of("cancellation_reason=abandoned")));

    assertThat(shop.happened()).containsExactly("payment_intent.canceled");
    assertThat(canceled.at("/status").asText()).isEqualTo("canceled");
    assertThat(canceled.at("/cancellation_reason").asText()).isEqualTo("abandoned");
    assertThat(shop.ok(shop.get("/v1/payment_intents?customer=" + customer)).at("/data"))
        .hasSize(1);
    assertThat(shop.post("/v1/payment_intents", List.of("amount=20", "currency=usd"))
            .errorCode())
        .isEqualTo("amount_too_small");
  }
}
