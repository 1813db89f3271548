package com.tatame.billing.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/** The figures were computed elsewhere, with exact fractions; the script stands beside the table. */
class ProrationTableTest {
  @ParameterizedTest(name = "{0}")
  @CsvFileSource(resources = "proration-table.csv", delimiter = ';', numLinesToSkip = 1)
  void creditsAndDebitsToTheSecondAndTheCent(
      String name,
      String start,
      String interval,
      long oldUnit,
      long oldCount,
      long newUnit,
      long newCount,
      String percentOff,
      String changedAt,
      String periodStart,
      String periodEnd,
      long credit,
      long debit) {
    try (Shop shop = Shop.openedAt(start)) {
      String old = shop.price(oldUnit, interval);
      String wanted = newUnit == oldUnit ? old : shop.price(newUnit, interval);
      JsonNode subscription = shop.subscribe(old, Shop.PAYS, "line_items[0][quantity]=" + oldCount);
      if (!percentOff.equals("0")) {
        shop.ok(shop.post(
            "/v1/coupons", List.of("id=OFF", "percent_off=" + percentOff, "duration=forever")));
        shop.update(subscription, "discounts[0][coupon]=OFF");
      }
      shop.goTo(changedAt);
      JsonNode item = shop.subscription(subscription.get("id").asText()).at("/items/data/0");
      assertThat(Shop.instant(item.get("current_period_start"))).isEqualTo(periodStart);
      assertThat(Shop.instant(item.get("current_period_end"))).isEqualTo(periodEnd);

      JsonNode preview =
          shop.preview(subscription, change("subscription_details", item, wanted, newCount));
      JsonNode updated = shop.update(subscription, change("", item, wanted, newCount));

      JsonNode invoice = shop.latestInvoice(updated);
      List<Long> lines =
          List.of(credit, debit).stream().filter(amount -> amount != 0).toList();
      assertThat(amounts(preview)).isEqualTo(lines);
      assertThat(amounts(invoice)).isEqualTo(lines);
      assertThat(invoice.get("total").asLong()).isEqualTo(credit + debit);
      assertThat(invoice.get("amount_due")).isEqualTo(preview.get("amount_due"));
    }
  }

  private static String[] change(String under, JsonNode item, String price, long quantity) {
    return new String[] {
      named(under, "items") + "[0][id]=" + item.get("id").asText(),
      named(under, "items") + "[0][price]=" + price,
      named(under, "items") + "[0][quantity]=" + quantity,
      named(under, "proration_behavior") + "=always_invoice"
    };
  }

  private static String named(String under, String name) {
    return under.isEmpty() ? name : under + "[" + name + "]";
  }

  private static List<Long> amounts(JsonNode invoice) {
    List<Long> amounts = new ArrayList<>();
    invoice.at("/lines/data").forEach(line -> {
      assertThat(line.at("/parent/subscription_item_details/proration").asBoolean())
          .isTrue();
      amounts.add(line.get("amount").asLong());
    });
    return amounts;
  }
}
