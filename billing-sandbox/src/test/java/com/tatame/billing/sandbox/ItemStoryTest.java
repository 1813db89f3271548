package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.sandbox.ApiClient.Reply;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;

/** What becomes of people who buy something once, signed in or not; over every store. */
@ParameterizedClass
@EachStore
final class ItemStoryTest {
  private static final String VIDEO = "seminar-recording";
  private static final String GUIDE = "belt-guide";

  private final World world;
  private final Buyer buyer;
  private final ApiClient anonymous;

  ItemStoryTest(Worlds worlds) {
    world = worlds.world();
    buyer = new Buyer(world);
    anonymous = ApiClient.of(world);
  }

  @Test
  void everybodySeesWhatIsSoldOnce() {
    JsonNode items = anonymous.get("/api/v1/items").json().path("data");

    assertThat(items.findValuesAsText("id")).containsExactly(VIDEO, GUIDE);
    assertThat(items.at("/0/price/amount").asLong()).isEqualTo(1900);
  }

  @Test
  void anItemIsBoughtAtTheCatalogsPrice() {
    Reply opened = buyer.buys(VIDEO);
    assertThat(opened.status()).as(opened.body()).isEqualTo(201);
    Reply same = buyer.buys(VIDEO);
    assertThat(same.status()).isEqualTo(200);
    assertThat(same.body()).isEqualTo(opened.body());
    assertThat(buyer.confirm(opened.at("/sessionId")).status()).isEqualTo(202);
    assertThat(Buyer.pay(opened.at("/url"), "4000000000000002").statusCode()).isEqualTo(402);

    assertThat(Buyer.pay(opened.at("/url"), Buyer.PAYS).statusCode()).isEqualTo(303);
    Reply confirmed = buyer.confirm(opened.at("/sessionId"));

    assertThat(confirmed.status()).isEqualTo(200);
    assertThat(confirmed.at("/status")).isEqualTo("paid");
    assertThat(confirmed.json().path("subscription").isNull()).isTrue();
    JsonNode purchase = confirmed.json().path("purchase");
    assertThat(purchase.path("item").asText()).isEqualTo(VIDEO);
    assertThat(purchase.path("kind").asText()).isEqualTo("video");
    assertThat(purchase.at("/listPrice/amount").asLong()).isEqualTo(1900);
    assertThat(purchase.at("/amount/amount").asLong()).isEqualTo(1900);
    assertThat(purchase.path("discount").isNull()).isTrue();
    assertThat(purchase.path("status").asText()).isEqualTo("paid");
    assertThat(purchase.at("/refunded/amount").asLong()).isZero();
    world.settle();
    assertThat(purchases(buyer.api())).containsExactly(purchase);
    JsonNode payment = buyer.atProvider(
        "/v1/payment_intents/" + purchase.path("paymentIntentId").asText(), Map.of());
    assertThat(payment.path("amount_received").asLong()).isEqualTo(1900);
    assertThat(payment.at("/metadata/item").asText()).isEqualTo(VIDEO);
    assertThat(payment.at("/metadata/billing_account").asText()).isEqualTo(buyer.user());
    assertThat(payment.at("/metadata/purchase").asText())
        .isEqualTo(purchase.path("id").asText());
  }

  @Test
  void nobodySeesWhatAnotherBought() {
    String id = buyer.buys(GUIDE).at("/purchase/id");
    Buyer thief = new Buyer(world);

    assertThat(thief.api().get("/api/v1/purchases/" + id).status()).isEqualTo(404);
    assertThat(purchases(thief.api())).isEmpty();
    assertThat(buyer.api().get("/api/v1/purchases/" + id).at("/item")).isEqualTo(GUIDE);
  }

  @Test
  void whatIsFreeIsBoughtWithoutPaying() {
    Reply given = buyer.buys(GUIDE);

    assertThat(given.status()).isEqualTo(201);
    assertThat(given.json().path("url").isNull()).isTrue();
    assertThat(given.json().at("/purchase/amount/amount").asLong()).isZero();
    assertThat(given.at("/purchase/status")).isEqualTo("paid");
    assertThat(given.header("Location")).contains("/api/v1/purchases/" + given.at("/purchase/id"));
    assertThat(buyer.buys(GUIDE).status()).isEqualTo(200);
    assertThat(purchases(buyer.api())).containsExactly(given.json().path("purchase"));
  }

  @Test
  void purchasesAreListedPageByPage() {
    buyer.api().post("/api/v1/payment-intents", "{\"item\":\"" + VIDEO + "\"}");
    pay(buyer.buys(VIDEO));
    buyer.buys(GUIDE);
    world.settle();

    Reply first = buyer.api().get("/api/v1/purchases?limit=2");
    assertThat(first.json().path("hasMore").asBoolean()).isTrue();
    Reply rest = buyer.api().get("/api/v1/purchases?limit=2&cursor=" + first.at("/nextCursor"));

    assertThat(first.json().path("data")).hasSize(2);
    assertThat(rest.json().path("data")).hasSize(1);
    assertThat(rest.json().path("hasMore").asBoolean()).isFalse();
  }

  @Test
  void aVisitorBuysAndClaimsItAfterSigningIn() {
    Reply begun = anonymous.post("/api/v1/anonymous-sessions");
    assertThat(begun.status()).isEqualTo(201);
    String token = begun.at("/token");
    Reply opened = visits("POST", "/api/v1/checkout", token, Buyer.wanted(VIDEO));
    assertThat(opened.status()).as(opened.body()).isEqualTo(201);
    pay(opened);
    Reply confirmed =
        visits("POST", "/api/v1/checkout/" + opened.at("/sessionId") + "/confirm", token, "");
    assertThat(confirmed.at("/status")).as(confirmed.body()).isEqualTo("paid");
    JsonNode purchase = confirmed.json().path("purchase");
    assertThat(visits("GET", "/api/v1/purchases", token, "").json().path("data"))
        .containsExactly(purchase);
    assertThat(visits("GET", "/api/v1/entitlements", token, "").at("/tier")).isEqualTo("free");
    assertThat(purchases(buyer.api())).isEmpty();

    Reply claimed = claim(buyer, token);

    assertThat(claimed.status()).as(claimed.body()).isEqualTo(200);
    assertThat(claimed.at("/accountId")).isEqualTo(buyer.user());
    assertThat(purchases(buyer.api())).containsExactly(purchase);
    assertThat(claim(buyer, token).body()).isEqualTo(claimed.body());
    assertThat(claim(new Buyer(world), token).status()).isEqualTo(409);
    assertThat(visits("GET", "/api/v1/purchases", token, "").status()).isEqualTo(401);
    assertThat(buyer.confirm(opened.at("/sessionId")).at("/status")).isEqualTo("paid");
  }

  @Test
  void whatIsPaidAfterTheClaimIsTheClaimersToo() {
    String token = anonymous.post("/api/v1/anonymous-sessions").at("/token");
    Reply opened = visits("POST", "/api/v1/checkout", token, Buyer.wanted(VIDEO));
    claim(buyer, token);

    pay(opened);
    world.settle();

    assertThat(purchases(buyer.api()).findValuesAsText("item")).containsExactly(VIDEO);
  }

  @Test
  void aVisitorCanNotSubscribe() {
    String token = anonymous.post("/api/v1/anonymous-sessions").at("/token");

    assertThat(visits("POST", "/api/v1/checkout", token, Buyer.wanted("pro", "monthly"))
            .code())
        .isEqualTo("forbidden");
    assertThat(visits("GET", "/api/v1/subscriptions", token, "").code()).isEqualTo("forbidden");
  }

  @Test
  void nobodyNamesAPriceOfTheirOwn() {
    assertThat(buyer.buys("no-such-item").json().at("/errors/0/field").asText()).isEqualTo("item");
    Reply both = buyer
        .api()
        .post("/api/v1/checkout", Buyer.wanted(VIDEO).replaceFirst("\\{", "{\"tier\":\"pro\","));
    assertThat(both.status()).isEqualTo(400);
    assertThat(both.json().at("/errors/0/field").asText()).isEqualTo("item");
  }

  private static JsonNode purchases(ApiClient caller) {
    return caller.get("/api/v1/purchases").json().path("data");
  }

  private static void pay(Reply opened) {
    assertThat(Buyer.pay(opened.at("/url"), Buyer.PAYS).statusCode()).isEqualTo(303);
  }

  private static Reply claim(Buyer claimer, String token) {
    return claimer
        .api()
        .post("/api/v1/anonymous-sessions/claim", Json.write(Map.of("token", token)));
  }

  private Reply visits(String method, String path, String token, String json) {
    return anonymous.call(
        method,
        path,
        json.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(json),
        "Authorization",
        "Anonymous " + token);
  }
}
