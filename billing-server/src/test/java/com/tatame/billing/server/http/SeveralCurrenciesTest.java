package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.server.http.RunningServer.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Selling in several currencies over HTTP. */
class SeveralCurrenciesTest {
  private static final String CATALOG = """
      currency: usd
      defaultTier: free
      tiers:
        free:
          name: Free
          selfService: false
        duo:
          name: Duo
          prices:
            monthly: { amounts: { usd: 999, eur: 899, jpy: 1500 } }
      items:
        quiz-1: { name: One, kind: quiz, amounts: { usd: 500, eur: 450 }, repeatable: true }
        quiz-2: { name: Two, kind: quiz, amount: 700 }
      """;

  @TempDir
  private static Path folder = Path.of("");

  private static RunningServer server;

  @BeforeAll
  static void start() throws IOException {
    Path file = Files.writeString(folder.resolve("catalog.yaml"), CATALOG);
    server = new RunningServer(Map.of("BILLING_CATALOG", file.toString()));
    server.billing().setup().run();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Reply checkout(String user, String what) {
    return server.post(
        "/api/v1/checkout",
        user,
        "{" + what + ",\"successUrl\":\"" + RunningServer.OUR_PAGE + "/paid\",\"cancelUrl\":\""
            + RunningServer.OUR_PAGE + "/plans\"}");
  }

  private static final String DUO = "\"tier\":\"duo\",\"interval\":\"monthly\"";

  private static void pay(String user, Reply opened) {
    server.pay(opened.at("/url"));
    Reply confirmed =
        server.post("/api/v1/checkout/" + opened.at("/sessionId") + "/confirm", user, null);
    assertThat(confirmed.at("/status")).isEqualTo("paid");
  }

  @Test
  void plansItemsAndPricesNameTheirAmountsByCurrency() {
    Reply plans = server.get("/api/v1/plans", null);
    assertThat(plans.at("/data/1/prices/monthly/price/amount")).isEqualTo("999");
    assertThat(plans.json().at("/data/1/prices/monthly/amounts").toString())
        .isEqualTo("[{\"amount\":999,\"currency\":\"usd\"},{\"amount\":899,\"currency\":\"eur\"},"
            + "{\"amount\":1500,\"currency\":\"jpy\"}]");

    Reply items = server.get("/api/v1/items", null);
    assertThat(items.json().at("/data/0/amounts").toString())
        .isEqualTo("[{\"amount\":500,\"currency\":\"usd\"},{\"amount\":450,\"currency\":\"eur\"}]");
    assertThat(items.json().at("/data/1/amounts")).hasSize(1);

    checkout("user_prices", DUO);
    Reply prices = server.get("/api/v1/prices?active=true&limit=100", "user_prices");
    assertThat(prices.json().at("/data"))
        .filteredOn(price -> price.path("tier").asText().equals("duo"))
        .singleElement()
        .satisfies(price -> {
          assertThat(price.at("/unitAmount/amount").asLong()).isEqualTo(999);
          assertThat(price.at("/amounts")).hasSize(3);
        });
  }

  @Test
  void anAccountPaysInTheCurrencyOfItsFirstPurchase() {
    Reply opened = checkout("user_euro", DUO + ",\"currency\":\"eur\"");
    assertThat(opened.status()).isEqualTo(201);
    assertThat(
            server.get("/api/v1/customer", "user_euro").json().path("currency").isNull())
        .isTrue();
    pay("user_euro", opened);
    assertThat(server.get("/api/v1/customer", "user_euro").at("/currency")).isEqualTo("eur");

    Reply refused = checkout("user_euro", "\"item\":\"quiz-1\",\"currency\":\"usd\"");

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.code()).isEqualTo("currency_fixed");
    assertThat(refused.at("/currency")).isEqualTo("eur");
    assertThat(refused.at("/detail")).contains("pays in eur");
    assertThat(checkout("user_euro", "\"item\":\"quiz-2\"").code()).isEqualTo("currency_fixed");
    Reply item = checkout("user_euro", "\"item\":\"quiz-1\"");
    pay("user_euro", item);
    Reply purchases = server.get("/api/v1/purchases", "user_euro");
    assertThat(purchases.at("/data/0/amount/amount")).isEqualTo("450");
    assertThat(purchases.at("/data/0/amount/currency")).isEqualTo("eur");
    Reply intent = server.post("/api/v1/payment-intents", "user_euro", "{\"item\":\"quiz-1\"}");
    assertThat(intent.at("/amount/currency")).isEqualTo("eur");
    assertThat(server
            .post(
                "/api/v1/payment-intents",
                "user_euro",
                "{\"item\":\"quiz-1\",\"currency\":\"usd\"}")
            .code())
        .isEqualTo("currency_fixed");
  }

  @Test
  void whatIsNotSoldInACurrencyIsNamed() {
    Reply plan = checkout("user_real", DUO + ",\"currency\":\"brl\"");

    assertThat(plan.status()).isEqualTo(400);
    assertThat(plan.at("/errors/0/field")).isEqualTo("currency");
    assertThat(plan.at("/errors/0/message"))
        .isEqualTo("'duo' is not sold in brl; it is in usd, eur, jpy");
    assertThat(checkout("user_real", "\"item\":\"quiz-2\",\"currency\":\"eur\"").status())
        .isEqualTo(400);
  }

  @Test
  void taxesAreShownInACurrencyOfThePlan() {
    String wanted =
        "{\"tier\":\"duo\",\"interval\":\"monthly\",\"currency\":\"%s\",\"address\":{\"country\":\"DE\"}}";

    Reply euros = server.post("/api/v1/tax/preview", "user_tax", wanted.formatted("eur"));
    assertThat(euros.at("/total/currency")).isEqualTo("eur");
    assertThat(server
            .post("/api/v1/tax/preview", "user_tax", wanted.formatted("brl"))
            .status())
        .isEqualTo(400);
  }
}
