package com.tatame.billing.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is taxed by itself: checkouts, renewals and changes cost what a calculation says. */
class AutomaticTaxTest {
  private final Shop shop = new Shop();
  private final String price = shop.price(2499, "month");

  @AfterEach
  void close() {
    shop.close();
  }

  @Test
  void aCheckoutAsksWhereTheBuyerIsAndAddsTheTax() {
    JsonNode session = taxed(price);
    String url = session.get("url").asText();
    assertThat(shop.open(url).body()).contains("Reckon the tax", "Subscribe and pay $24.99");
    assertThat(shop.pay(session, Shop.PAYS).statusCode()).isEqualTo(400);
    assertThat(shop.pay(session, Shop.PAYS).body()).contains("Choose where you are first");

    shop.submit(url + "/place", List.of("country=DE", "state=", "postal_code=10115"));

    assertThat(shop.open(url).body())
        .contains("Tax (19.0 %)", "$4.75", "Subscribe and pay $29.74", "10115");
    assertThat(shop.pay(session, Shop.PAYS).statusCode()).isEqualTo(303);
    JsonNode done =
        shop.ok(shop.get("/v1/checkout/sessions/" + session.get("id").asText()));
    assertThat(done.get("amount_total").asLong()).isEqualTo(2974);
    assertThat(done.at("/total_details/amount_tax").asLong()).isEqualTo(475);
    JsonNode invoice = shop.ok(shop.get("/v1/invoices")).at("/data/0");
    assertThat(invoice.get("amount_paid").asLong()).isEqualTo(2974);
    assertThat(invoice.get("subtotal").asLong()).isEqualTo(2499);
    assertThat(invoice.get("total_excluding_tax").asLong()).isEqualTo(2499);
    assertThat(shop.lastEvent("charge.succeeded").at("/data/object/amount").asLong())
        .isEqualTo(2974);
  }

  @Test
  void aRenewalIsTaxedAsTheCalculationSays() {
    for (String place : List.of("DE", "GB", "CH", "JP", "BR")) {
      JsonNode subscription = subscriptionIn("country=" + place);
      shop.advance("P32D");

      JsonNode invoice = shop.latestInvoice(subscription);
      long calculated = shop.ok(shop.post(
              "/v1/tax/calculations",
              List.of(
                  "currency=usd",
                  "line_items[0][amount]=2499",
                  "customer_details[address][country]=" + place,
                  "customer_details[address_source]=billing")))
          .get("tax_amount_exclusive")
          .asLong();
      assertThat(tax(invoice)).as(place).isEqualTo(calculated);
      assertThat(invoice.get("total").asLong()).isEqualTo(2499 + calculated);
      assertThat(invoice.get("amount_paid").asLong()).isEqualTo(2499 + calculated);
      assertThat(invoice.at("/lines/data/0/taxes/0/amount").asLong()).isEqualTo(calculated);
    }
  }

  @Test
  void aChangeIsTaxedAsItsPreviewSaid() {
    JsonNode subscription = subscriptionIn("country=DE");
    String dearer = shop.price(4999, "month");
    shop.advance("P10D");
    String item = subscription.at("/items/data/0/id").asText();
    JsonNode preview = shop.preview(
        subscription,
        "subscription_details[items][0][id]=" + item,
        "subscription_details[items][0][price]=" + dearer,
        "subscription_details[proration_behavior]=always_invoice");
    assertThat(tax(preview)).isPositive();
    assertThat(preview.get("total").asLong())
        .isEqualTo(preview.get("total_excluding_tax").asLong() + tax(preview));

    shop.update(
        subscription,
        "items[0][id]=" + item,
        "items[0][price]=" + dearer,
        "proration_behavior=always_invoice");

    JsonNode invoice = shop.latestInvoice(subscription);
    assertThat(invoice.get("total")).isEqualTo(preview.get("total"));
    assertThat(tax(invoice)).isEqualTo(tax(preview));
    assertThat(invoice.get("amount_paid")).isEqualTo(preview.get("amount_due"));
  }

  @Test
  void aPriceThatHoldsItsTaxCostsWhatItSays() {
    String inclusive = shop.ok(shop.post(
            "/v1/prices",
            List.of(
                "product_data[name]=Basic",
                "currency=usd",
                "unit_amount=1190",
                "tax_behavior=inclusive",
                "recurring[interval]=month")))
        .get("id")
        .asText();
    JsonNode session = taxed(inclusive);
    shop.submit(
        session.get("url").asText() + "/place", List.of("country=DE", "state=", "postal_code="));
    shop.pay(session, Shop.PAYS);

    JsonNode invoice = shop.ok(shop.get("/v1/invoices")).at("/data/0");
    assertThat(invoice.get("amount_paid").asLong()).isEqualTo(1190);
    assertThat(tax(invoice)).isEqualTo(190);
    assertThat(invoice.get("total_excluding_tax").asLong()).isEqualTo(1000);
  }

  @Test
  void withoutAutomaticTaxNothingIsAdded() {
    JsonNode subscription = shop.subscribe(price, Shop.PAYS);

    JsonNode invoice = shop.latestInvoice(subscription);
    assertThat(invoice.get("total").asLong()).isEqualTo(2499);
    assertThat(invoice.get("total_taxes")).isEmpty();
  }

  private static long tax(JsonNode invoice) {
    long tax = 0;
    for (JsonNode one : invoice.get("total_taxes")) {
      tax += one.get("amount").asLong();
    }
    return tax;
  }

  private JsonNode taxed(String price) {
    return shop.session(
        price,
        "customer=" + shop.customer(),
        "customer_update[address]=auto",
        "automatic_tax[enabled]=true");
  }

  private JsonNode subscriptionIn(String country) {
    JsonNode session = taxed(price);
    shop.submit(session.get("url").asText() + "/place", List.of(country, "state=", "postal_code="));
    assertThat(shop.pay(session, Shop.PAYS).statusCode()).isEqualTo(303);
    String id = shop.ok(shop.get("/v1/checkout/sessions/" + session.get("id").asText()))
        .get("subscription")
        .asText();
    return shop.subscription(id);
  }
}
