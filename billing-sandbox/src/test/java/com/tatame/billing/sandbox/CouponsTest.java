package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.apikey.Scope;
import com.tatame.billing.sandbox.ApiClient.Reply;
import com.tatame.billing.simulator.engine.ApiResponse;
import com.tatame.billing.simulator.engine.Request;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;

/** Discounts by code: validated, redeemed at checkout and later; over every store. */
@ParameterizedClass
@EachStore
final class CouponsTest {
  private final LocalServer world;
  private final Buyer buyer;
  private final String name =
      UUID.randomUUID().toString().replace("-", "").toUpperCase(Locale.ROOT);

  CouponsTest(Worlds worlds) {
    world = worlds.world();
    buyer = new Buyer(world);
  }

  @Test
  void aCodeAtCheckoutLowersTheFirstInvoice() {
    code(Map.of("duration", "forever"), Map.of("max_redemptions", "1"));
    assertThat(validate(name.toLowerCase(Locale.ROOT)).json().path("valid").asBoolean())
        .isTrue();

    Reply opened = checkout(buyer, "basic", name);
    assertThat(opened.status()).as(opened.body()).isEqualTo(201);
    Buyer.pay(opened.at("/url"), Buyer.PAYS);
    Reply paid = buyer.confirm(opened.at("/sessionId"));
    assertThat(paid.at("/subscription/discount/couponId")).isEqualTo(name);
    assertThat(paid.json().at("/subscription/discount/percentOff").asInt()).isEqualTo(20);
    world.settle();
    assertThat(buyer.api().get("/api/v1/invoices").at("/data/0/amountPaid/amount"))
        .isEqualTo("799");

    Reply used = validate(name);
    assertThat(used.json().path("valid").asBoolean()).isFalse();
    assertThat(used.at("/reason")).isEqualTo("redeemed_out");
    Buyer late = new Buyer(world);
    Reply refused = checkout(late, "basic", name);
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.at("/errors/0/field")).isEqualTo("promotionCode");
  }

  @Test
  void aCodeIsAppliedToALivingSubscription() {
    assertThat(apply(name).code()).isEqualTo("conflict");
    String subscription = buyer.subscribe("pro", "monthly", Buyer.PAYS);
    assertThat(apply(name).at("/errors/0/message")).contains("no such code");
    code(Map.of(), Map.of());

    Reply applied = apply(name);
    assertThat(applied.status()).as(applied.body()).isEqualTo(200);
    assertThat(applied.at("/discount/couponId")).isEqualTo(name);
    assertThat(buyer.subscription(subscription).at("/discount/couponId")).isEqualTo(name);
    assertThat(apply(name).at("/discount/couponId")).isEqualTo(name);
    world.advance("P15D");
    assertThat(buyer.api().get("/api/v1/invoices").at("/data/0/amountPaid/amount"))
        .isEqualTo("1999");

    Buyer stranger = new Buyer(world);
    Reply others = stranger
        .api()
        .post(
            "/api/v1/coupons/apply",
            Json.write(Map.of("code", name, "subscriptionId", subscription)));
    assertThat(others.status()).isEqualTo(404);
  }

  @Test
  void onlyAProgramOrAnAdministratorAppliesACouponByItsId() {
    buyer.subscribe("basic", "monthly", Buyer.PAYS);
    create("/v1/coupons", Map.of("id", name, "percent_off", "50", "duration", "forever"));
    assertThat(apply(name).status()).isEqualTo(400);

    String key = world
        .server()
        .billing()
        .apiKeys()
        .create("test", Set.of(Scope.ACCOUNT), Optional.empty())
        .secret();
    Reply applied = ApiClient.of(world)
        .as(key)
        .post(
            "/api/v1/coupons/apply",
            Json.write(Map.of("code", name)),
            "X-Account-Id",
            buyer.user());
    assertThat(applied.status()).as(applied.body()).isEqualTo(200);
    assertThat(applied.json().at("/discount/percentOff").asInt()).isEqualTo(50);
  }

  @Test
  void whyACodeCanNotBeUsedIsTold() {
    assertThat(validate(name).at("/reason")).isEqualTo("unknown");
    assertThat(validate(name).at("/message")).contains("no such code");

    code(
        Map.of(),
        Map.of("restrictions", Map.of("minimum_amount", "2000", "minimum_amount_currency", "usd")));
    assertThat(validate(name, "basic").at("/reason")).isEqualTo("minimum_amount");
    assertThat(validate(name, "pro").json().path("valid").asBoolean()).isTrue();
    assertThat(validate(name, "pro").json().path("percentOff").asInt()).isEqualTo(20);
    assertThat(validate(name, "pro").at("/duration")).isEqualTo("once");
    assertThat(checkout(buyer, "basic", name).at("/errors/0/field")).isEqualTo("promotionCode");
  }

  @Test
  void aCodeForFirstPurchasesIsForThem() {
    code(Map.of(), Map.of("restrictions", Map.of("first_time_transaction", "true")));
    assertThat(validate(name).json().path("valid").asBoolean()).isTrue();
    buyer.subscribe("basic", "monthly", Buyer.PAYS);
    world.settle();

    assertThat(validate(name).at("/reason")).isEqualTo("first_purchase_only");
    assertThat(apply(name).status()).isEqualTo(400);
  }

  @Test
  void codeForOneCustomerIsRefusedForAnother() {
    Buyer other = new Buyer(world);
    String customer = other.api().post("/api/v1/customer").at("/customerId");
    code(Map.of(), Map.of("customer", customer));

    assertThat(validate(name).at("/reason")).isEqualTo("other_customer");
    assertThat(other
            .api()
            .post("/api/v1/coupons/validate", Json.write(Map.of("code", name)))
            .json()
            .path("valid")
            .asBoolean())
        .isTrue();
  }

  @Test
  void aCodeExpiresAndCanBeSwitchedOff() {
    long soon = world.stripe().now().plusSeconds(3600).getEpochSecond();
    String id = code(Map.of(), Map.of("expires_at", Long.toString(soon)));
    create("/v1/promotion_codes/" + id, Map.of("active", "false"));
    assertThat(validate(name).at("/reason")).isEqualTo("inactive");
    create("/v1/promotion_codes/" + id, Map.of("active", "true"));
    world.advance("PT2H");
    assertThat(validate(name).at("/reason")).isEqualTo("expired");
    assertThat(validate("").status()).isEqualTo(400);
  }

  private Reply validate(String code) {
    return buyer.api().post("/api/v1/coupons/validate", Json.write(Map.of("code", code)));
  }

  private Reply validate(String code, String tier) {
    return buyer
        .api()
        .post(
            "/api/v1/coupons/validate",
            Json.write(Map.of("code", code, "tier", tier, "interval", "monthly")));
  }

  private Reply apply(String code) {
    return buyer.api().post("/api/v1/coupons/apply", Json.write(Map.of("code", code)));
  }

  private static Reply checkout(Buyer who, String tier, String code) {
    JsonNode wanted = Json.read(Buyer.wanted(tier, "monthly"));
    Map<String, String> body = new HashMap<>();
    wanted
        .properties()
        .forEach(entry -> body.put(entry.getKey(), entry.getValue().asText()));
    body.put("promotionCode", code);
    return who.api().post("/api/v1/checkout", Json.write(body));
  }

  /** Twenty percent off once, and a code of the same name. */
  private String code(Map<String, Object> ofCoupon, Map<String, Object> ofCode) {
    Map<String, Object> coupon = new HashMap<>(ofCoupon);
    coupon.put("id", name);
    coupon.put("percent_off", "20");
    create("/v1/coupons", coupon);
    Map<String, Object> code = new HashMap<>(ofCode);
    code.put("promotion", Map.of("type", "coupon", "coupon", name));
    code.put("code", name);
    return create("/v1/promotion_codes", code).path("id").asText();
  }

  private JsonNode create(String path, Map<String, Object> parameters) {
    ApiResponse answer = world.stripe().call(Request.of("POST", path, parameters));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return Json.read(answer.body());
  }
}
