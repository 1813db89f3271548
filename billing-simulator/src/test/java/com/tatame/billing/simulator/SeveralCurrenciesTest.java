package com.tatame.billing.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Prices in several currencies, and customers that pay in one of them. */
final class SeveralCurrenciesTest {
  private final Shop shop = Shop.openedAt("2026-01-10T00:00:00Z");

  @AfterEach
  void close() {
    shop.close();
  }

  private String price(long dollars, String... options) {
    List<String> parameters = new ArrayList<>(List.of(
        "product_data[name]=Basic",
        "currency=usd",
        "unit_amount=" + dollars,
        "recurring[interval]=month"));
    parameters.addAll(List.of(options));
    return shop.ok(shop.post("/v1/prices", parameters)).get("id").asText();
  }

  private String inDollarsAndEuros() {
    return price(1000, "currency_options[eur][unit_amount]=900");
  }

  private JsonNode options(String price) {
    return shop.ok(shop.get("/v1/prices/" + price + "?expand[]=currency_options"))
        .get("currency_options");
  }

  private static List<String> selling(String price, String... more) {
    List<String> parameters = new ArrayList<>(List.of(
        "mode=subscription",
        "line_items[0][price]=" + price,
        "line_items[0][quantity]=1",
        "success_url=https://shop.example/done"));
    parameters.addAll(List.of(more));
    return parameters;
  }

  @Test
  void theOptionsOfAPriceAreShownWhereTheyAreAskedForWithItsOwnCurrency() {
    String price = inDollarsAndEuros();

    assertThat(shop.get("/v1/prices/" + price).json().has("currency_options")).isFalse();
    JsonNode options = options(price);
    assertThat(options.size()).isEqualTo(2);
    assertThat(options.at("/eur/unit_amount").asLong()).isEqualTo(900);
    assertThat(options.at("/usd/unit_amount").asLong()).isEqualTo(1000);
    assertThat(shop.ok(shop.get("/v1/prices?expand[]=data.currency_options"))
            .at("/data/0/currency_options/eur/unit_amount")
            .asLong())
        .isEqualTo(900);
    assertThat(shop.lastEvent("price.created").at("/data/object").has("currency_options"))
        .isFalse();
  }

  @Test
  void aCurrencyIsAddedLaterButNotTheOneOfThePriceItself() {
    String price = price(1000);

    shop.ok(shop.post("/v1/prices/" + price, List.of("currency_options[eur][unit_amount]=900")));

    assertThat(options(price).at("/eur/unit_amount").asLong()).isEqualTo(900);
    Shop.Reply own =
        shop.post("/v1/prices/" + price, List.of("currency_options[usd][unit_amount]=1"));
    assertThat(own.status()).isEqualTo(400);
    assertThat(own.param()).isEqualTo("currency_options[usd]");
    assertThat(shop.post("/v1/prices/" + price, List.of("currency_options[eur][price]=1"))
            .param())
        .isEqualTo("currency_options[eur][price]");
  }

  @Test
  void aSubscriptionIsBilledInTheCurrencyOfItsSessionWhileItsPriceNamesItsOwn() {
    JsonNode subscription = shop.subscribe(
        inDollarsAndEuros(),
        Shop.PAYS,
        "currency=eur",
        "customer=" + shop.customer(),
        "line_items[0][quantity]=2");

    assertThat(subscription.get("currency").asText()).isEqualTo("eur");
    assertThat(subscription.at("/items/data/0/price/currency").asText()).isEqualTo("usd");
    assertThat(subscription.at("/items/data/0/price/unit_amount").asLong()).isEqualTo(1000);
    JsonNode invoice = shop.latestInvoice(subscription);
    assertThat(invoice.get("currency").asText()).isEqualTo("eur");
    assertThat(invoice.get("amount_paid").asLong()).isEqualTo(1800);
    assertThat(invoice.at("/lines/data/0/pricing/unit_amount_decimal").asText()).isEqualTo("900");

    shop.advance("P1M");
    shop.advance("PT2H");
    assertThat(shop.latestInvoice(subscription).get("amount_paid").asLong()).isEqualTo(1800);
    String id = subscription.get("id").asText();
    assertThat(shop.ok(
                shop.get("/v1/subscriptions/" + id + "?expand[]=items.data.price.currency_options"))
            .at("/items/data/0/price/currency_options/eur/unit_amount")
            .asLong())
        .isEqualTo(900);
  }

  @Test
  void aChangeIsProratedInTheCurrencyOfTheSubscription() {
    String dearer = price(2000, "currency_options[eur][unit_amount]=1800");
    JsonNode subscription = shop.subscribe(
        inDollarsAndEuros(), Shop.PAYS, "currency=eur", "customer=" + shop.customer());
    String item = subscription.at("/items/data/0/id").asText();

    shop.update(
        subscription,
        "items[0][id]=" + item,
        "items[0][price]=" + dearer,
        "proration_behavior=always_invoice");

    JsonNode invoice = shop.latestInvoice(subscription);
    assertThat(invoice.get("currency").asText()).isEqualTo("eur");
    assertThat(invoice.get("amount_paid").asLong()).isEqualTo(900);
    Shop.Reply refused = shop.post(
        "/v1/subscriptions/" + subscription.get("id").asText(),
        List.of("items[0][id]=" + item, "items[0][price]=" + price(1)));
    assertThat(refused.message())
        .isEqualTo("The price specified only supports `usd`. This doesn't match the expected"
            + " currency: `eur`.");
  }

  @Test
  void aSessionIsRefusedInACurrencyThatThePriceDoesNotHave() {
    Shop.Reply refused =
        shop.post("/v1/checkout/sessions", selling(inDollarsAndEuros(), "currency=brl"));

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.message()).contains("expected currency: `brl`");
  }

  @Test
  void aCustomerKeepsTheCurrencyOfTheFirstSubscription() {
    String customer = shop.customer();
    shop.subscribe(inDollarsAndEuros(), Shop.PAYS, "currency=eur", "customer=" + customer);

    assertThat(shop.ok(shop.get("/v1/customers/" + customer)).get("currency").asText())
        .isEqualTo("eur");
    assertThat(shop.session(inDollarsAndEuros(), "customer=" + customer)
            .get("currency")
            .asText())
        .isEqualTo("eur");
    Shop.Reply refused = shop.post(
        "/v1/checkout/sessions",
        selling(inDollarsAndEuros(), "currency=usd", "customer=" + customer));
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.message()).startsWith("You cannot combine currencies on a single customer.");
  }

  @Test
  void ofTwoSessionsInTwoCurrenciesOnlyTheFirstIsPaid() {
    String price = inDollarsAndEuros();
    String customer = shop.customer();
    JsonNode euros = shop.session(price, "currency=eur", "customer=" + customer);
    JsonNode dollars = shop.session(price, "currency=usd", "customer=" + customer);

    assertThat(shop.pay(euros, Shop.PAYS).statusCode()).isEqualTo(303);
    assertThat(shop.pay(dollars, Shop.PAYS).statusCode()).isEqualTo(402);
    assertThat(shop.ok(shop.get("/v1/checkout/sessions/" + dollars.get("id").asText()))
            .get("status")
            .asText())
        .isEqualTo("open");
  }
}
