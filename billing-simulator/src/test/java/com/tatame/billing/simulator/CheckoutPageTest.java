package com.tatame.billing.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page on which the buyer pays, used as a script or a browser without JavaScript would. */
class CheckoutPageTest {
  private final Shop shop = new Shop();
  private final String price = shop.price(2499, "month");

  @AfterEach
  void close() {
    shop.close();
  }

  @Test
  void thePageSaysWhatIsBoughtAndForHowMuch() {
    JsonNode session = shop.session(price);

    HttpResponse<String> page = shop.open(session.get("url").asText());

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body())
        .contains(
            "Basic",
            "$24.99 / month",
            "Subscribe and pay $24.99",
            "Simulation",
            "https://shop.example/plans")
        .doesNotContain("<script>", "style=", "onclick");
    assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("default-src 'none'", "form-action 'self' https://shop.example");
  }

  @Test
  void aTrialSaysWhenTheFirstPaymentIsDue() {
    JsonNode session = shop.session(price, "subscription_data[trial_period_days]=14");

    assertThat(shop.open(session.get("url").asText()).body())
        .contains("Start trial", "$0.00 <small>due today</small>", "15 January 2026", "$24.99");
  }

  @Test
  void payingLeadsToTheSuccessUrlAndPayingAgainDoesNotChargeAgain() {
    JsonNode session = shop.session(price);
    String id = session.get("id").asText();

    HttpResponse<String> paid = shop.pay(session, Shop.PAYS);
    HttpResponse<String> again = shop.pay(session, Shop.PAYS);

    assertThat(paid.statusCode()).isEqualTo(303);
    assertThat(paid.headers().firstValue("Location"))
        .contains("https://shop.example/done?id=" + id);
    assertThat(again.headers().firstValue("Location"))
        .contains("https://shop.example/done?id=" + id);
    assertThat(Shop.ids(shop.ok(shop.get("/v1/invoices")))).hasSize(1);
    JsonNode done = shop.ok(shop.get("/v1/checkout/sessions/" + id));
    assertThat(done.get("status").asText()).isEqualTo("complete");
    assertThat(done.at("/customer_details/email").asText()).isEqualTo("ada@example.com");
    assertThat(done.at("/customer_details/name").asText()).isEqualTo("Ada Lovelace");
    assertThat(shop.open(session.get("url").asText()).body()).contains("This checkout is complete");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "4000000000000002 | Your card was declined.",
        "4000000000009995 | Your card has insufficient funds.",
        "4000000000000069 | Your card has expired.",
        "4000000000000127 | security code is incorrect",
        "4242424242424241 | Your card number is incorrect",
        "4111111111111111 | not one of the test cards",
        "999999999 | Your card number is incorrect"
      })
  void aCardThatDoesNotPayIsExplained(String number, String reason) {
    JsonNode session = shop.session(price);

    HttpResponse<String> refused = shop.pay(session, number);

    assertThat(refused.statusCode()).isEqualTo(402);
    assertThat(refused.body()).contains("role=\"alert\"", reason).doesNotContain(number);
    assertThat(refused.body()).contains("value=\"ada@example.com\"");
    assertThat(shop.ok(shop.get("/v1/checkout/sessions/" + session.get("id").asText()))
            .get("status")
            .asText())
        .isEqualTo("open");
  }

  @ParameterizedTest
  @CsvSource({
    "1225,123,expiration year is in the past",
    "13/30,123,expiration month is invalid",
    "x,123,Write it as MM / YY",
    "12/30,12,security code is invalid"
  })
  void aMalformedCardIsExplained(String expiry, String cvc, String reason) {
    JsonNode session = shop.session(price);

    HttpResponse<String> refused = shop.submit(
        session.get("url").asText(),
        List.of("email=a@b.c", "number=" + Shop.PAYS, "exp=" + expiry, "cvc=" + cvc, "name="));

    assertThat(refused.statusCode()).isEqualTo(402);
    assertThat(refused.body().replace("&#39;", "'")).contains(reason);
  }

  @Test
  void withoutAnAddressNobodyIsCharged() {
    JsonNode session = shop.session(price);

    HttpResponse<String> refused = shop.submit(
        session.get("url").asText(),
        List.of("email=", "number=" + Shop.PAYS, "exp=1230", "cvc=123", "name="));

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("Enter your e-mail address");
  }

  @Test
  void aCardThatAsksIsApprovedOnAStepOfItsOwn() {
    JsonNode session = shop.session(price);
    String url = session.get("url").asText();

    assertThat(shop.pay(session, "4000002500003155").headers().firstValue("Location"))
        .contains("/checkout/" + session.get("id").asText());
    assertThat(shop.open(url).body()).contains("Complete authentication", "3155");
    assertThat(shop.submit(url + "/authenticate", List.of("answer=fail")).statusCode())
        .isEqualTo(402);
    assertThat(shop.open(url).body()).contains("Pay by card");
    shop.pay(session, "4000002500003155");
    assertThat(shop.submit(url + "/authenticate", List.of("answer=approve")).statusCode())
        .isEqualTo(303);
    assertThat(shop.submit(url + "/authenticate", List.of("answer=approve")).statusCode())
        .isEqualTo(303);
    assertThat(Shop.ids(shop.ok(shop.get("/v1/subscriptions")))).hasSize(1);
  }

  @Test
  void anExpiredOrUnknownSessionSaysSo() {
    JsonNode session = shop.session(price);
    shop.ok(
        shop.post("/v1/checkout/sessions/" + session.get("id").asText() + "/expire", List.of()));

    HttpResponse<String> expired = shop.open(session.get("url").asText());
    assertThat(expired.statusCode()).isEqualTo(410);
    assertThat(expired.body()).contains("This checkout has expired", "https://shop.example/plans");
    assertThat(shop.pay(session, Shop.PAYS).statusCode()).isEqualTo(410);
    assertThat(shop.open(shop.stripe.url() + "/checkout/cs_test_x").statusCode())
        .isEqualTo(404);
  }

  @Test
  void whatTheShopWritesIsShownAsText() {
    String product = "<script>alert(1)</script>";
    String risky = shop.ok(shop.post(
            "/v1/prices",
            List.of(
                "product_data[name]=" + product,
                "currency=usd",
                "unit_amount=1",
                "recurring[interval]=month")))
        .get("id")
        .asText();

    assertThat(shop.open(shop.session(risky).get("url").asText()).body())
        .contains("&lt;script&gt;alert(1)")
        .doesNotContain(product);
  }

  @Test
  void stylesAndScriptAreServedFromHere() {
    for (String path : List.of(
        "/assets/checkout.css",
        "/assets/checkout.js",
        "/webjars/picocss__pico/2.1.1/css/pico.min.css")) {
      assertThat(shop.open(shop.stripe.url() + path).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aPromotionCodeReducesWhatIsDueAndIsTakenBack() {
    code("SPRING", "percent_off=20", "code=Spring20");
    JsonNode session = shop.session(price, "allow_promotion_codes=true");
    String url = session.get("url").asText();
    assertThat(shop.open(url).body()).contains("Promotion code", "Subscribe and pay $24.99");

    assertThat(shop.submit(url + "/code", List.of("code=spring20")).statusCode())
        .isEqualTo(303);

    assertThat(shop.open(url).body())
        .contains("Discount (Spring20)", "-$5.00", "Subscribe and pay $19.99", "Remove");
    shop.submit(url + "/code", List.of("code="));
    assertThat(shop.open(url).body()).contains("Subscribe and pay $24.99");
    shop.submit(url + "/code", List.of("code=SPRING20"));
    assertThat(shop.pay(session, Shop.PAYS).statusCode()).isEqualTo(303);
    assertThat(shop.ok(shop.get("/v1/invoices")).at("/data/0/amount_paid").asLong())
        .isEqualTo(1999);
    assertThat(shop.ok(shop.get("/v1/promotion_codes?code=SPRING20"))
            .at("/data/0/times_redeemed")
            .asInt())
        .isEqualTo(1);
  }

  @Test
  void aCodeThatCanNotBeUsedSaysWhyAndLeavesThePrice() {
    code("ONE", "percent_off=10", "code=ONCE", "max_redemptions=1");
    code(
        "BIG",
        "percent_off=10",
        "code=BIGGER",
        "restrictions[minimum_amount]=5000",
        "restrictions[minimum_amount_currency]=usd");
    code("OLD", "percent_off=10", "code=GONE", "active=false");
    JsonNode first = shop.session(price, "allow_promotion_codes=true");
    shop.submit(first.get("url").asText() + "/code", List.of("code=ONCE"));
    shop.pay(first, Shop.PAYS);
    String url = shop.session(price, "allow_promotion_codes=true").get("url").asText();

    for (String[] refused : new String[][] {
      {"ONCE", "The code ONCE has been used as often as it may be."},
      {"BIGGER", "The code BIGGER is for orders from $50.00 on."},
      {"GONE", "The code GONE has expired."},
      {"<b>", "There is no code &lt;b&gt;."}
    }) {
      HttpResponse<String> answer = shop.submit(url + "/code", List.of("code=" + refused[0]));
      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(answer.body()).contains("role=\"alert\"", refused[1], "Subscribe and pay $24.99");
    }
  }

  @Test
  void codesAreTakenOnlyWhereTheShopAllowsThem() {
    code("SPRING", "percent_off=20", "code=SPRING20");
    String url = shop.session(price).get("url").asText();

    shop.submit(url + "/code", List.of("code=SPRING20"));

    assertThat(shop.open(url).body())
        .contains("Subscribe and pay $24.99")
        .doesNotContain("Promotion code");
  }

  @Test
  void aCardThatWasDeclinedBeforeTheCodeIsChargedTheReducedSum() {
    code("SPRING", "percent_off=20", "code=SPRING20");
    JsonNode session = shop.session(price, "allow_promotion_codes=true");
    assertThat(shop.pay(session, "4000000000000002").statusCode()).isEqualTo(402);

    shop.submit(session.get("url").asText() + "/code", List.of("code=SPRING20"));
    shop.pay(session, Shop.PAYS);

    assertThat(shop.lastEvent("charge.succeeded").at("/data/object/amount").asLong())
        .isEqualTo(1999);
  }

  private void code(String coupon, String percent, String... parameters) {
    shop.ok(shop.post("/v1/coupons", List.of("id=" + coupon, percent, "duration=once")));
    List<String> all = new ArrayList<>(List.of(parameters));
    all.add("promotion[type]=coupon");
    all.add("promotion[coupon]=" + coupon);
    shop.ok(shop.post("/v1/promotion_codes", all));
  }
}
