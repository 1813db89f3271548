package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.sandbox.ApiClient.Reply;
import com.tatame.billing.simulator.engine.Fault;
import com.tatame.billing.simulator.engine.Fault.Refusal;
import com.tatame.billing.simulator.engine.Fault.When;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What clients get when Stripe refuses or doesn't answer. */
final class ProviderErrorsTest {
  private static final String CUSTOMERS = "POST /v1/customers";
  private static final String PAY = "POST /v1/invoices/*/pay";

  private final LocalServer world = Worlds.IN_MEMORY.world();
  private final Buyer buyer = new Buyer(world);

  @AfterEach
  void isWellAgain() {
    world.stripe().clearFaults();
  }

  @ParameterizedTest
  @CsvSource(
      value = {
        // code of Stripe, decline code, decline code that is answered
        "card_declined, generic_decline, generic_decline",
        "card_declined, insufficient_funds, insufficient_funds",
        "card_declined, do_not_honor, do_not_honor",
        "card_declined, card_velocity_exceeded, card_velocity_exceeded",
        "card_declined, currency_not_supported, currency_not_supported",
        "card_declined, try_again_later, try_again_later",
        "card_declined, a_reason_of_the_future, a_reason_of_the_future",
        "card_declined, fraudulent, generic_decline",
        "card_declined, lost_card, generic_decline",
        "card_declined, merchant_blacklist, generic_decline",
        "card_declined, pickup_card, generic_decline",
        "card_declined, stolen_card, generic_decline",
        "card_declined, -, card_declined",
        "expired_card, -, expired_card",
        "incorrect_cvc, -, incorrect_cvc",
        "incorrect_number, -, incorrect_number",
        "processing_error, -, processing_error"
      })
  void aDeclinedCardIsAPaymentDeclined(String code, String declineCode, String shown) {
    String invoice = anOpenInvoice();
    world.stripe().fail(refusing(PAY, 402, "card_error", code, declineCode), 1);

    Reply reply = buyer.api().post("/api/v1/invoices/" + invoice + "/pay");

    assertThat(reply.status()).isEqualTo(402);
    assertThat(reply.code()).isEqualTo("payment_declined");
    assertThat(reply.at("/declineCode")).isEqualTo(shown);
    if (!declineCode.equals(shown) && !declineCode.equals("-")) {
      assertThat(reply.body()).doesNotContain(declineCode);
    }
    assertTellsNothingElse(reply);
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        // Stripe's status, type and code; then ours, and whether waiting helps
        Arguments.of(
            400, "invalid_request_error", "parameter_invalid_empty", 409, "provider_rejected"),
        Arguments.of(400, "invalid_request_error", "email_invalid", 409, "provider_rejected"),
        Arguments.of(400, "invalid_request_error", "-", 409, "provider_rejected"),
        Arguments.of(400, "idempotency_error", "-", 409, "provider_rejected"),
        Arguments.of(404, "invalid_request_error", "resource_missing", 409, "provider_rejected"),
        Arguments.of(401, "authentication_error", "-", 503, "provider_unavailable"),
        Arguments.of(403, "invalid_request_error", "-", 503, "provider_unavailable"),
        Arguments.of(
            409, "idempotency_error", "idempotency_key_in_use", 503, "provider_unavailable"),
        Arguments.of(409, "invalid_request_error", "lock_timeout", 503, "provider_unavailable"),
        Arguments.of(429, "invalid_request_error", "rate_limit", 503, "provider_unavailable"),
        Arguments.of(500, "api_error", "-", 503, "provider_unavailable"),
        Arguments.of(503, "api_error", "-", 503, "provider_unavailable"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void aRefusalIsToldByItsClass(int status, String type, String code, int shown, String problem) {
    world.stripe().fail(refusing(CUSTOMERS, status, type, code, "-"), 100);

    Reply reply = buyer.api().post("/api/v1/customer");

    assertThat(reply.status()).as(reply.body()).isEqualTo(shown);
    assertThat(reply.code()).isEqualTo(problem);
    assertThat(reply.header("Retry-After").isPresent()).isEqualTo(shown == 503);
    assertTellsNothingElse(reply);
    world.stripe().clearFaults();
    assertThat(buyer.api().post("/api/v1/customer").status())
        .as("nothing is left in the way")
        .isIn(200, 201);
    assertThat(customersAtProvider()).isEqualTo(1);
  }

  static Stream<Arguments> losses() {
    return Stream.of(
        Arguments.of("before it is executed", Fault.cut(CUSTOMERS, When.BEFORE)),
        Arguments.of("after it was executed", Fault.cut(CUSTOMERS, When.LOST)),
        Arguments.of("a lost answer", new Fault(CUSTOMERS, 502, When.LOST)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("losses")
  void aConnectionThatIsLostIsMadeGoodByAskingAgain(String when, Fault loss) {
    world.stripe().fail(loss, 1);

    Reply lost = buyer.api().post("/api/v1/customer");

    assertThat(lost.status()).as(when).isEqualTo(503);
    assertThat(lost.code()).isEqualTo("provider_unavailable");
    assertThat(lost.header("Retry-After")).isPresent();
    assertTellsNothingElse(lost);
    assertThat(buyer.api().post("/api/v1/customer").status()).isIn(200, 201);
    assertThat(customersAtProvider()).isEqualTo(1);
  }

  /** Prepares a buyer, and returns the request that it then makes. */
  interface Asking {
    Supplier<Reply> of(Buyer buyer);
  }

  static Stream<Arguments> asking() {
    return Stream.of(
        ask("POST /v1/checkout/sessions", buyer -> () -> buyer.checkout("pro", "monthly")),
        ask("POST /v1/checkout/sessions", buyer -> () -> buyer.buys("seminar-recording")),
        ask(
            "POST /v1/payment_intents",
            buyer -> () ->
                buyer.api().post("/api/v1/payment-intents", "{\"item\":\"seminar-recording\"}")),
        ask("POST /v1/setup_intents", buyer -> () -> buyer.api().post("/api/v1/payment-methods")),
        ask("POST /v1/billing_portal/sessions", buyer -> {
          buyer.api().post("/api/v1/customer");
          return () ->
              buyer.api().post("/api/v1/portal", "{\"returnUrl\":\"http://localhost:3000/\"}");
        }),
        ask("POST /v1/customers/", buyer -> {
          buyer.api().post("/api/v1/customer");
          return () -> buyer
              .api()
              .post("/api/v1/tax-ids", "{\"type\":\"eu_vat\",\"value\":\"DE123456789\"}");
        }),
        ask(
            "POST /v1/tax/calculations",
            buyer -> () -> buyer
                .api()
                .post(
                    "/api/v1/tax/preview",
                    "{\"tier\":\"pro\",\"interval\":\"monthly\",\"address\":{\"country\":\"DE\"}}")),
        ofSubscriber("/cancel", "{\"when\":\"period_end\"}"),
        ask("POST /v1/subscriptions/", buyer -> {
          String id = buyer.subscribe("basic", "monthly", Buyer.PAYS);
          return () ->
              buyer.byKey("/api/v1/subscriptions/" + id + "/pause", "{\"behavior\":\"void\"}");
        }),
        ofSubscriber(
            "/update", "{\"tier\":\"pro\",\"interval\":\"monthly\",\"policy\":\"prorate\"}"));
  }

  private static Arguments ofSubscriber(String path, String body) {
    return ask("POST /v1/subscriptions/", buyer -> {
      String id = buyer.subscribe("basic", "monthly", Buyer.PAYS);
      return () -> buyer.api().post("/api/v1/subscriptions/" + id + path, body);
    });
  }

  private static Arguments ask(String route, Asking asking) {
    return Arguments.of(route, asking);
  }

  @ParameterizedTest(name = "{index} {0}")
  @MethodSource("asking")
  void everyRouteTellsAnOutageAlike(String route, Asking asking) {
    for (Fault outage : List.of(
        refusing(route, 401, "authentication_error", "-", "-"),
        refusing(route, 403, "invalid_request_error", "-", "-"),
        refusing(route, 429, "invalid_request_error", "rate_limit", "-"),
        refusing(route, 500, "api_error", "-", "-"),
        Fault.cut(route, When.BEFORE),
        Fault.cut(route, When.LOST))) {
      Supplier<Reply> asked = asking.of(new Buyer(world));
      world.stripe().fail(outage, 100);

      Reply reply = asked.get();

      assertThat(reply.status()).as(outage + " " + reply.body()).isEqualTo(503);
      assertThat(reply.code()).isEqualTo("provider_unavailable");
      assertThat(reply.header("Retry-After")).isPresent();
      assertTellsNothingElse(reply);
      world.stripe().clearFaults();
    }
  }

  @ParameterizedTest(name = "{index} {0}")
  @MethodSource("asking")
  void everyRouteTellsARefusalWithoutItsWords(String route, Asking asking) {
    Supplier<Reply> asked = asking.of(new Buyer(world));
    world
        .stripe()
        .fail(refusing(route, 400, "invalid_request_error", "a_code_of_the_future", "-"), 100);

    Reply reply = asked.get();

    assertThat(reply.status()).as(reply.body()).isBetween(400, 422);
    assertThat(reply.code()).isNotEmpty();
    assertTellsNothingElse(reply);
  }

  @Test
  void whatCanNotBeReadIsUnavailableToo() {
    String invoice = anOpenInvoice();
    world.stripe().fail(Fault.cut("GET /v1/invoices/", When.BEFORE), 100);

    Reply reply = buyer.api().get("/api/v1/invoices/" + invoice);

    assertThat(reply.status()).isEqualTo(503);
    assertTellsNothingElse(reply);
  }

  private static Fault refusing(
      String route, int status, String type, String code, String declineCode) {
    return Fault.refusing(route, status, new Refusal(type, named(code), named(declineCode)));
  }

  private static Optional<String> named(String code) {
    return Optional.of(code).filter(text -> !text.equals("-"));
  }

  // The words of Stripe, its ids, its addresses and our configuration stay inside.
  private static void assertTellsNothingElse(Reply reply) {
    assertThat(reply.body())
        .doesNotContainIgnoringCase("stripe")
        .doesNotContain(
            "req_",
            "555 0100",
            "ada@example.com",
            "sk_test",
            "/v1/",
            "localhost",
            "HTTP ",
            "Exception");
  }

  private String anOpenInvoice() {
    buyer.subscribe("pro", "monthly", Buyer.FAILS_AT_RENEWAL);
    world.advance("P15D");
    return buyer.api().get("/api/v1/invoices").at("/data/0/id");
  }

  private long customersAtProvider() {
    JsonNode all = buyer.atProvider("/v1/customers", Map.of("limit", "100"));
    return all.path("data")
        .valueStream()
        .filter(customer -> customer.path("metadata").toString().contains(buyer.user()))
        .count();
  }
}
