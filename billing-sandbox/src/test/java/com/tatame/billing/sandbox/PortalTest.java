package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.sandbox.ApiClient.Reply;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;

/** A visit to the provider's own page, and what it leaves behind; over every store. */
@ParameterizedClass
@EachStore
final class PortalTest {
  private static final String HOME = "http://localhost:3000/account";

  private final World world;
  private final Buyer buyer;

  PortalTest(Worlds worlds) {
    world = worlds.world();
    buyer = new Buyer(world);
  }

  @Test
  void aVisitorCancelsChangesTheirMindAndPaysByAnotherCard() {
    String subscription = buyer.subscribe("pro", "monthly", Buyer.FAILS_AT_RENEWAL);
    Reply opened = open(Map.of("returnUrl", HOME));
    assertThat(opened.status()).as(opened.body()).isEqualTo(201);
    String page = opened.at("/url");
    assertThat(get(page).body()).contains("Pro", "trialing", "ending in 0341", HOME);

    assertThat(post(page + "/subscriptions/" + subscription + "/cancel", "").statusCode())
        .isEqualTo(303);
    world.settle();
    assertThat(buyer.subscription(subscription).json().path("cancelAtPeriodEnd").asBoolean())
        .isTrue();
    post(page + "/subscriptions/" + subscription + "/resume", "");
    world.settle();
    assertThat(buyer.subscription(subscription).json().path("cancelAtPeriodEnd").asBoolean())
        .isFalse();

    HttpResponse<String> refused =
        post(page + "/card", "number=4000000000000002&exp=12%2F40&cvc=123&name=Buyer");
    assertThat(refused.statusCode()).isEqualTo(402);
    assertThat(refused.body()).contains("Your card was declined.");
    assertThat(post(page + "/card", "number=5555555555554444&exp=12%2F40&cvc=123&name=Buyer")
            .statusCode())
        .isEqualTo(303);
    world.settle();
    Reply methods = buyer.api().get("/api/v1/payment-methods");
    assertThat(methods
            .json()
            .path("data")
            .valueStream()
            .filter(method -> method.path("isDefault").asBoolean())
            .map(method -> method.path("last4").asText()))
        .containsExactly("4444");
    world.advance("P15D");
    assertThat(buyer.subscription(subscription).at("/status")).isEqualTo("active");
    assertThat(get(page).body()).contains("$24.99", "paid");
  }

  @Test
  void aVisitCanBeAboutOneSubscriptionOfOnesOwn() {
    assertThat(open(Map.of("returnUrl", HOME, "flow", "subscription_cancel")).code())
        .isEqualTo("conflict");
    String subscription = buyer.subscribe("basic", "monthly", Buyer.PAYS);

    Reply about = open(Map.of("returnUrl", HOME, "flow", "subscription_cancel"));
    assertThat(get(about.at("/url")).body()).contains("You came here to cancel this one");
    Buyer stranger = new Buyer(world);
    Reply others = stranger
        .api()
        .post(
            "/api/v1/portal",
            Json.write(Map.of(
                "returnUrl", HOME, "flow", "subscription_cancel", "subscriptionId", subscription)));
    assertThat(others.status()).isEqualTo(404);
  }

  @Test
  void aVisitLeadsBackToAllowedAddressesOnly() {
    for (String url :
        new String[] {"https://evil.example.com/", "javascript:alert(1)", "nowhere"}) {
      Reply refused = open(Map.of("returnUrl", url));
      assertThat(refused.status()).as(url).isEqualTo(400);
      assertThat(refused.at("/errors/0/field")).isEqualTo("returnUrl");
    }
    assertThat(open(Map.of("flow", "x", "returnUrl", HOME)).at("/errors/0/field"))
        .isEqualTo("flow");
    assertThat(open(Map.of()).at("/errors/0/field")).isEqualTo("returnUrl");
  }

  private Reply open(Map<String, String> wanted) {
    return buyer.api().post("/api/v1/portal", Json.write(wanted));
  }

  private static HttpResponse<String> get(String page) {
    return ApiClient.send(HttpRequest.newBuilder(URI.create(page)));
  }

  private static HttpResponse<String> post(String url, String form) {
    return ApiClient.send(HttpRequest.newBuilder(URI.create(url))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(BodyPublishers.ofString(form)));
  }
}
