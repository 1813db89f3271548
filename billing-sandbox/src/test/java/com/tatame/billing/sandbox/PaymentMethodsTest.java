package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.sandbox.ApiClient.Reply;
import com.tatame.billing.simulator.engine.ApiResponse;
import com.tatame.billing.simulator.engine.Request;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;

/** How an account pays, as its owner arranges it; over every store. */
@ParameterizedClass
@EachStore
final class PaymentMethodsTest {
  private static final String PATH = "/api/v1/payment-methods";

  private final World world;
  private final Buyer buyer;

  PaymentMethodsTest(Worlds worlds) {
    world = worlds.world();
    buyer = new Buyer(world);
  }

  @Test
  void aCardIsAddedMadeTheDefaultAndTheOldOneRemoved() {
    String subscription = buyer.subscribe("basic", "monthly", Buyer.PAYS);
    world.settle();
    String first = methods().at("/0/id").asText();
    assertThat(methods().at("/0/isDefault").asBoolean()).isTrue();
    assertThat(methods().at("/0/last4").asText()).isEqualTo("4242");

    Reply last = remove(first);
    assertThat(last.status()).isEqualTo(409);
    assertThat(last.code()).isEqualTo("last_payment_method");

    String second = add("pm_card_mastercard");
    assertThat(methods()).hasSize(2);
    assertThat(method(second).path("brand").asText()).isEqualTo("mastercard");
    assertThat(method(second).path("isDefault").asBoolean()).isFalse();

    Reply chosen = buyer.api().post(PATH + "/" + second + "/default");
    assertThat(chosen.status()).as(chosen.body()).isEqualTo(200);
    assertThat(chosen.json().path("isDefault").asBoolean()).isTrue();
    assertThat(method(second).path("isDefault").asBoolean()).isTrue();
    assertThat(method(first).path("isDefault").asBoolean()).isFalse();
    assertThat(buyer
            .atProvider("/v1/subscriptions/" + subscription, Map.of())
            .path("default_payment_method")
            .asText())
        .isEqualTo(second);

    assertThat(remove(first).status()).isEqualTo(204);
    assertThat(methods()).hasSize(1);
    assertThat(remove(first).status()).isEqualTo(404);
    assertThat(remove(second).code()).isEqualTo("last_payment_method");
    world.settle();
    buyer.cancel(subscription, "now");
    assertThat(remove(second).status()).isEqualTo(204);
    assertThat(methods()).isEmpty();
  }

  @Test
  void aCardThatWillFailLaterIsSavedAndOneThatTheBankRefusesIsNot() {
    add("pm_card_chargeCustomerFail");
    String setup = setup();
    ApiResponse refused = confirm(setup, "pm_card_visa_chargeDeclinedInsufficientFunds");
    assertThat(refused.status()).isEqualTo(402);
    assertThat(Json.read(refused.body()).at("/error/setup_intent/status").asText())
        .isEqualTo("requires_payment_method");

    ApiResponse asks = confirm(setup, "pm_card_authenticationRequired");
    assertThat(Json.read(asks.body()).path("status").asText()).isEqualTo("requires_action");
    world.stripe().authenticate(setup, true);
    world.settle();

    assertThat(methods()).hasSize(2);
  }

  @Test
  void ofTwoThatAreRemovedAtOnceOneStays() throws Exception {
    buyer.subscribe("basic", "monthly", Buyer.PAYS);
    world.settle();
    add("pm_card_mastercard");
    List<String> ids = methods().findValuesAsText("id");
    ExecutorService threads = Executors.newFixedThreadPool(2);
    List<Future<Reply>> removed = new ArrayList<>();
    for (String id : ids) {
      removed.add(threads.submit(() -> remove(id)));
    }
    List<Integer> statuses = new ArrayList<>();
    for (Future<Reply> reply : removed) {
      statuses.add(reply.get().status());
    }
    threads.shutdown();

    assertThat(statuses).containsExactlyInAnyOrder(204, 409);
    assertThat(methods()).hasSize(1);
  }

  @Test
  void anothersPaymentMethodIsNotThere() {
    String others = add("pm_card_visa");
    Buyer stranger = new Buyer(world);
    stranger.subscribe("basic", "monthly", Buyer.PAYS);
    world.settle();

    assertThat(stranger.api().post(PATH + "/" + others + "/default").status()).isEqualTo(404);
    assertThat(stranger
            .api()
            .call("DELETE", PATH + "/" + others, BodyPublishers.noBody())
            .status())
        .isEqualTo(404);
    assertThat(stranger.api().get(PATH).json().findValuesAsText("id")).doesNotContain(others);
    assertThat(methods().findValuesAsText("id")).containsExactly(others);
  }

  private JsonNode methods() {
    Reply list = buyer.api().get(PATH);
    assertThat(list.status()).as(list.body()).isEqualTo(200);
    return list.json().path("data");
  }

  private JsonNode method(String id) {
    return methods()
        .valueStream()
        .filter(method -> method.path("id").asText().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private Reply remove(String id) {
    return buyer.api().call("DELETE", PATH + "/" + id, BodyPublishers.noBody());
  }

  private String setup() {
    Reply begun = buyer.api().post(PATH);
    assertThat(begun.status()).as(begun.body()).isEqualTo(201);
    assertThat(begun.at("/clientSecret")).startsWith(begun.at("/setupIntentId"));
    return begun.at("/setupIntentId");
  }

  // As the provider's library does it in the browser.
  private ApiResponse confirm(String setup, String readyMade) {
    return world
        .stripe()
        .call(Request.of(
            "POST",
            "/v1/setup_intents/" + setup + "/confirm",
            Map.of("payment_method", readyMade)));
  }

  private String add(String readyMade) {
    ApiResponse confirmed = confirm(setup(), readyMade);
    assertThat(confirmed.status()).as(confirmed.body()).isEqualTo(200);
    world.settle();
    return Json.read(confirmed.body()).path("payment_method").asText();
  }
}
