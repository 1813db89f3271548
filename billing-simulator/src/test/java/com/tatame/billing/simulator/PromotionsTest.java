package com.tatame.billing.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Coupons, promotion codes, tax ids and schedules. */
class PromotionsTest {
  private final Shop shop = new Shop();

  @AfterEach
  void close() {
    shop.close();
  }

  @Test
  void aCouponIsMadeChangedAndDeleted() {
    shop.happened();
    JsonNode coupon = shop.ok(shop.post(
        "/v1/coupons",
        List.of("id=SPRING", "percent_off=12.5", "duration=repeating", "duration_in_months=3")));
    assertThat(coupon.at("/percent_off").decimalValue()).isEqualByComparingTo("12.5");
    assertThat(coupon.at("/valid").asBoolean()).isTrue();

    shop.ok(shop.post("/v1/coupons/SPRING", List.of("name=Spring")));
    shop.ok(shop.delete("/v1/coupons/SPRING"));

    assertThat(shop.happened())
        .containsExactly("coupon.created", "coupon.updated", "coupon.deleted");
    assertThat(shop.get("/v1/coupons/SPRING").status()).isEqualTo(404);
  }

  @Test
  void aCouponThatMakesNoSenseIsRefused() {
    assertThat(shop.post("/v1/coupons", List.of("duration=once")).param()).isEqualTo("percent_off");
    assertThat(shop.post("/v1/coupons", List.of("percent_off=101")).param())
        .isEqualTo("percent_off");
    assertThat(shop.post("/v1/coupons", List.of("percent_off=x")).param()).isEqualTo("percent_off");
    assertThat(shop.post("/v1/coupons", List.of("amount_off=5")).param()).isEqualTo("currency");
    assertThat(shop.post("/v1/coupons", List.of("percent_off=5", "duration=repeating"))
            .param())
        .isEqualTo("duration_in_months");
  }

  @Test
  void aCodeIsFoundInAnyCaseAndIsActiveOnce() {
    shop.ok(shop.post("/v1/coupons", List.of("id=SPRING", "percent_off=10")));
    List<String> parameters =
        List.of("promotion[type]=coupon", "promotion[coupon]=SPRING", "code=Spring25");
    String id = shop.ok(shop.post("/v1/promotion_codes", parameters)).at("/id").asText();

    assertThat(shop.ok(shop.get("/v1/promotion_codes?code=SPRING25&active=true"))
            .at("/data/0/id")
            .asText())
        .isEqualTo(id);
    assertThat(shop.post("/v1/promotion_codes", parameters).errorCode())
        .isEqualTo("resource_already_exists");
    shop.happened();
    shop.ok(shop.post("/v1/promotion_codes/" + id, List.of("active=false")));
    assertThat(shop.happened()).containsExactly("promotion_code.updated");
    assertThat(shop.post("/v1/promotion_codes", parameters).status()).isEqualTo(200);
    assertThat(shop.post(
                "/v1/promotion_codes",
                List.of("promotion[type]=coupon", "promotion[coupon]=AUTUMN"))
            .status())
        .isEqualTo(404);
  }

  @Test
  void olderVersionsShowACodesCouponWhole() {
    shop.ok(shop.post("/v1/coupons", List.of("id=SPRING", "percent_off=10")));
    String id = shop.ok(shop.post(
            "/v1/promotion_codes", List.of("promotion[type]=coupon", "promotion[coupon]=SPRING")))
        .at("/id")
        .asText();

    JsonNode older =
        shop.ok(shop.get("/v1/promotion_codes/" + id, "Stripe-Version", "2025-03-31.basil"));

    assertThat(older.at("/coupon/id").asText()).isEqualTo("SPRING");
    assertThat(older.has("promotion")).isFalse();
  }

  @Test
  void aCustomerHasTaxIds() {
    String customer = shop.customer();
    shop.happened();
    String path = "/v1/customers/" + customer + "/tax_ids";
    JsonNode taxId = shop.ok(shop.post(path, List.of("type=eu_vat", "value=DE123456789")));
    String id = taxId.at("/id").asText();

    assertThat(taxId.at("/country").asText()).isEqualTo("DE");
    assertThat(shop.ok(shop.get(path)).at("/data")).hasSize(1);
    assertThat(shop.ok(shop.get("/v1/tax_ids/" + id))).isEqualTo(taxId);
    assertThat(shop.get("/v1/customers/" + shop.customer() + "/tax_ids/" + id).status())
        .isEqualTo(404);
    shop.ok(shop.delete(path + "/" + id));
    assertThat(shop.ok(shop.get(path)).at("/data")).isEmpty();
    assertThat(shop.happened())
        .containsExactly("customer.tax_id.created", "customer.created", "customer.tax_id.deleted");
  }

  @Test
  void aScheduleIsReleasedFromItsSubscriptionOrEndsIt() {
    String subscription =
        shop.subscribe(shop.price(999, "month"), Shop.PAYS).at("/id").asText();
    shop.happened();

    String first = scheduled(subscription);
    assertThat(shop.post("/v1/subscription_schedules", List.of("from_subscription=" + subscription))
            .status())
        .isEqualTo(400);
    JsonNode released =
        shop.ok(shop.post("/v1/subscription_schedules/" + first + "/release", List.of()));
    assertThat(released.at("/status").asText()).isEqualTo("released");
    assertThat(released.at("/released_subscription").asText()).isEqualTo(subscription);

    String second = scheduled(subscription);
    shop.ok(shop.post("/v1/subscription_schedules/" + second + "/cancel", List.of()));

    assertThat(shop.happened())
        .containsExactly(
            "subscription_schedule.created",
            "customer.subscription.updated",
            "subscription_schedule.released",
            "customer.subscription.updated",
            "subscription_schedule.created",
            "customer.subscription.updated",
            "subscription_schedule.canceled",
            "customer.subscription.deleted");
    assertThat(
            shop.ok(shop.get("/v1/subscriptions/" + subscription)).at("/status").asText())
        .isEqualTo("canceled");
  }

  private String scheduled(String subscription) {
    return shop.ok(
            shop.post("/v1/subscription_schedules", List.of("from_subscription=" + subscription)))
        .at("/id")
        .asText();
  }
}
