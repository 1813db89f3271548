package com.tatame.billing.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Periods are counted from the anchor, in UTC, and never from the period before. */
class BillingCycleTest {
  private static List<String> periodEnds(
      String start, String interval, int periods, String... more) {
    try (Shop shop = Shop.openedAt(start)) {
      JsonNode subscription = shop.subscribe(shop.price(999, interval), Shop.PAYS, more);
      List<String> ends = new ArrayList<>();
      for (int i = 0; i < periods; i++) {
        JsonNode item = shop.subscription(subscription.get("id").asText()).at("/items/data/0");
        ends.add(Shop.instant(item.get("current_period_end")));
        shop.goTo(ends.get(i));
        JsonNode next = shop.subscription(subscription.get("id").asText()).at("/items/data/0");
        assertThat(next.get("current_period_start")).isEqualTo(item.get("current_period_end"));
      }
      return ends;
    }
  }

  @Test
  void theThirtyFirstComesBackAfterFebruary() {
    assertThat(periodEnds("2027-01-31T10:20:30Z", "month", 5))
        .containsExactly(
            "2027-02-28T10:20:30Z",
            "2027-03-31T10:20:30Z",
            "2027-04-30T10:20:30Z",
            "2027-05-31T10:20:30Z",
            "2027-06-30T10:20:30Z");
  }

  @Test
  void februaryHasADayMoreInALeapYear() {
    assertThat(periodEnds("2028-01-30T00:00:00Z", "month", 2))
        .containsExactly("2028-02-29T00:00:00Z", "2028-03-30T00:00:00Z");
  }

  @Test
  void aYearFromALeapDayEndsOnTheTwentyEighthUntilTheNextLeapYear() {
    assertThat(periodEnds("2028-02-29T12:00:00Z", "year", 4))
        .containsExactly(
            "2029-02-28T12:00:00Z",
            "2030-02-28T12:00:00Z",
            "2031-02-28T12:00:00Z",
            "2032-02-29T12:00:00Z");
  }

  @Test
  void weeksAreSevenDays() {
    assertThat(periodEnds("2026-03-25T00:00:00Z", "week", 2))
        .containsExactly("2026-04-01T00:00:00Z", "2026-04-08T00:00:00Z");
  }

  @Test
  void theEndOfATrialIsTheAnchor() {
    assertThat(periodEnds(
            "2027-01-17T00:00:00Z", "month", 3, "subscription_data[trial_period_days]=14"))
        .containsExactly("2027-01-31T00:00:00Z", "2027-02-28T00:00:00Z", "2027-03-31T00:00:00Z");
  }

  @Test
  void oneLongStepDoesWhatManyShortStepsDo() {
    try (Shop one = Shop.openedAt("2026-01-31T00:00:00Z");
        Shop many = Shop.openedAt("2026-01-31T00:00:00Z")) {
      one.subscribe(one.price(999, "month"), Shop.FAILS_AT_RENEWAL);
      many.subscribe(many.price(999, "month"), Shop.FAILS_AT_RENEWAL);

      one.goTo("2026-03-20T00:00:00Z");
      while (many.stripe
          .nextDue()
          .filter(due -> due.toString().compareTo("2026-03-20T00:00:00Z") <= 0)
          .isPresent()) {
        many.stripe.advanceTo(many.stripe.nextDue().orElseThrow());
      }

      assertThat(many.stripe.events().toString().replace(many.stripe.url(), ""))
          .isEqualTo(one.stripe.events().toString().replace(one.stripe.url(), ""));
    }
  }

  @Test
  void objectsCarryTheTimeAtWhichTheyWereDue() {
    try (Shop shop = Shop.openedAt("2026-01-01T00:00:00Z")) {
      shop.subscribe(shop.price(999, "month"), Shop.PAYS);

      shop.goTo("2026-05-15T00:00:00Z");

      List<String> created = new ArrayList<>();
      shop.ok(shop.get("/v1/invoices")).get("data").forEach(invoice -> {
        created.add(Shop.instant(invoice.get("created")));
        assertThat(invoice.at("/status_transitions/paid_at").asLong()
                - invoice.get("created").asLong())
            .isIn(0L, 3600L);
      });
      assertThat(created)
          .containsExactly(
              "2026-05-01T00:00:00Z",
              "2026-04-01T00:00:00Z",
              "2026-03-01T00:00:00Z",
              "2026-02-01T00:00:00Z",
              "2026-01-01T00:00:00Z");
    }
  }
}
