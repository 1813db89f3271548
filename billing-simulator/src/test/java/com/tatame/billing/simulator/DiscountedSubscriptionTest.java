package com.tatame.billing.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Coupons on a subscription: what they take off its invoices, and for how long. */
class DiscountedSubscriptionTest {
  private final Shop shop = Shop.openedAt("2026-04-01T00:00:00Z");
  private final JsonNode subscription = shop.subscribe(shop.price(999, "month"), Shop.PAYS);

  @AfterEach
  void close() {
    shop.close();
  }

  private void coupon(String... terms) {
    shop.ok(shop.post("/v1/coupons", List.of(terms)));
  }

  private long nextTotal() {
    return shop.preview(subscription).get("total").asLong();
  }

  @Test
  void aPercentageIsTakenOffEachLine() {
    coupon("id=EIGHTH", "percent_off=12.5", "duration=forever");
    shop.happened();

    JsonNode updated = shop.update(subscription, "discounts[0][coupon]=EIGHTH");

    assertThat(shop.happened())
        .containsExactly("customer.discount.created", "customer.subscription.updated");
    assertThat(updated.at("/discounts/0").asText()).startsWith("di_");
    JsonNode next = shop.preview(subscription);
    assertThat(next.get("subtotal").asLong()).isEqualTo(999);
    assertThat(next.at("/total_discount_amounts/0/amount").asLong()).isEqualTo(125);
    assertThat(next.get("total").asLong()).isEqualTo(874);
    shop.goTo("2026-05-01T01:00:00Z");
    assertThat(shop.latestInvoice(subscription).get("amount_paid").asLong()).isEqualTo(874);
    shop.update(subscription, "discounts=");
    assertThat(nextTotal()).isEqualTo(999);
  }

  @Test
  void onceIsForOneInvoice() {
    coupon("id=FIVE", "amount_off=500", "currency=usd");
    shop.update(subscription, "discounts[0][coupon]=FIVE");
    assertThat(nextTotal()).isEqualTo(499);

    shop.goTo("2026-05-01T01:00:00Z");

    assertThat(shop.latestInvoice(subscription).get("total").asLong()).isEqualTo(499);
    assertThat(nextTotal()).isEqualTo(999);
  }

  @Test
  void aRepeatingOneEndsWithItsMonths() {
    coupon("id=TWO", "percent_off=50", "duration=repeating", "duration_in_months=2");
    shop.update(subscription, "discounts[0][coupon]=TWO");

    shop.goTo("2026-05-15T00:00:00Z");
    assertThat(shop.latestInvoice(subscription).get("total").asLong()).isEqualTo(499);
    assertThat(nextTotal()).isEqualTo(999);
    shop.happened();
    shop.goTo("2026-05-31T23:59:59Z");
    assertThat(shop.happened()).isEmpty();
    shop.goTo("2026-06-01T00:00:00Z");
    assertThat(shop.happened()).contains("customer.discount.deleted");
    assertThat(shop.subscription(subscription.get("id").asText()).get("discounts"))
        .isEmpty();
  }

  @Test
  void itsCouponIsShownWhenItIsExpandedAlsoOnceItIsDeleted() {
    coupon("id=HALF", "percent_off=50", "duration=forever");
    shop.update(subscription, "discounts[0][coupon]=HALF");
    shop.ok(shop.delete("/v1/coupons/HALF"));

    JsonNode read = shop.ok(shop.get("/v1/subscriptions/"
        + subscription.get("id").asText() + "?expand[]=discounts.source.coupon"));

    assertThat(read.at("/discounts/0/source/coupon/percent_off").asInt()).isEqualTo(50);
    assertThat(nextTotal()).isEqualTo(499);
  }

  @Test
  void whatCannotBeRedeemedIsRefused() {
    coupon("id=USED", "percent_off=50", "max_redemptions=1");
    coupon("id=EURO", "amount_off=50", "currency=eur");
    shop.update(subscription, "discounts[0][coupon]=USED");

    for (String coupon : List.of("USED", "EURO", "NONE")) {
      Shop.Reply refused = shop.post(
          "/v1/subscriptions/" + subscription.get("id").asText(),
          List.of("discounts[0][coupon]=" + coupon));
      assertThat(refused.param()).isEqualTo("discounts[0][coupon]");
    }
  }
}
