package com.tatame.billing.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A schedule that sells something else from the next period on. */
class ScheduledChangeTest {
  private final Shop shop = Shop.openedAt("2026-04-01T00:00:00Z");
  private final String now = shop.price(2000, "month");
  private final String monthly = shop.price(1000, "month");
  private final String yearly = shop.price(10000, "year");
  private final JsonNode subscription = shop.subscribe(now, Shop.PAYS);
  private final String id = subscription.get("id").asText();

  private String schedule;

  @BeforeEach
  void begin() {
    schedule = shop.ok(shop.post("/v1/subscription_schedules", List.of("from_subscription=" + id)))
        .get("id")
        .asText();
    shop.happened();
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private Shop.Reply plan(String then, String interval) {
    return shop.post(
        "/v1/subscription_schedules/" + schedule,
        List.of(
            "end_behavior=release",
            "phases[0][items][0][price]=" + now,
            "phases[0][items][0][quantity]=1",
            "phases[0][start_date]=" + subscription.at("/items/data/0/current_period_start"),
            "phases[0][end_date]=" + subscription.at("/items/data/0/current_period_end"),
            "phases[1][items][0][price]=" + then,
            "phases[1][items][0][quantity]=3",
            "phases[1][proration_behavior]=none",
            "phases[1][duration][interval]=" + interval));
  }

  @Test
  void theNextPeriodSellsWhatWasPlannedAndThenGoesOnByItself() {
    shop.ok(plan(monthly, "month"));
    assertThat(shop.happened()).containsExactly("subscription_schedule.updated");
    assertThat(shop.preview(subscription).get("total").asLong()).isEqualTo(3000);

    shop.goTo("2026-05-01T01:00:00Z");

    JsonNode changed = shop.subscription(id);
    assertThat(changed.at("/items/data/0/price/id").asText()).isEqualTo(monthly);
    assertThat(changed.at("/items/data/0/quantity").asLong()).isEqualTo(3);
    assertThat(shop.latestInvoice(subscription).get("amount_paid").asLong()).isEqualTo(3000);
    assertThat(shop.happened())
        .startsWith(
            "subscription_schedule.updated", "customer.subscription.updated", "invoice.created");
    shop.goTo("2026-06-01T01:00:00Z");
    assertThat(shop.happened())
        .startsWith("subscription_schedule.released", "customer.subscription.updated");
    assertThat(shop.subscription(id).get("schedule").isNull()).isTrue();
    assertThat(shop.latestInvoice(subscription).get("amount_paid").asLong()).isEqualTo(3000);
  }

  @Test
  void anotherIntervalBeginsWithThePeriod() {
    shop.ok(plan(yearly, "year"));

    shop.goTo("2026-05-01T01:00:00Z");

    JsonNode changed = shop.subscription(id);
    assertThat(Shop.instant(changed.at("/items/data/0/current_period_end")))
        .isEqualTo("2027-05-01T00:00:00Z");
    assertThat(Shop.instant(changed.get("billing_cycle_anchor"))).isEqualTo("2026-05-01T00:00:00Z");
    assertThat(shop.latestInvoice(subscription).get("amount_paid").asLong()).isEqualTo(30000);
  }

  @Test
  void releasedBeforeThenItChangesNothing() {
    shop.ok(plan(monthly, "month"));
    shop.ok(shop.post("/v1/subscription_schedules/" + schedule + "/release", List.of()));

    shop.goTo("2026-05-01T01:00:00Z");

    assertThat(shop.subscription(id).at("/items/data/0/price/id").asText()).isEqualTo(now);
  }

  @Test
  void theEndIsTheSchedulesToDecide() {
    assertThat(shop.post("/v1/subscriptions/" + id, List.of("cancel_at_period_end=true"))
            .message())
        .contains("managed by the subscription schedule");
    assertThat(plan("price_none", "month").param()).isEqualTo("phases[1][items][0][price]");
  }
}
