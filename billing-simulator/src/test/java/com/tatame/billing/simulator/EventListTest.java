package com.tatame.billing.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The list from which one who was away catches up. */
class EventListTest {
  private final Receiver receiver = new Receiver();
  private Shop shop = new Shop();

  @AfterEach
  void close() {
    shop.close();
    receiver.close();
  }

  private JsonNode events(String query) {
    return shop.ok(shop.get("/v1/events" + query));
  }

  private List<String> all(String query) {
    List<String> all = new ArrayList<>();
    JsonNode page = events("?limit=2" + query);
    all.addAll(Shop.ids(page));
    while (page.get("has_more").asBoolean()) {
      page = events("?limit=2&starting_after=" + all.get(all.size() - 1) + query);
      all.addAll(Shop.ids(page));
    }
    return all;
  }

  private List<String> newestFirst() {
    List<String> ids = new ArrayList<>();
    shop.stripe.events().forEach(event -> ids.add(0, event.get("id").asText()));
    return ids;
  }

  @Test
  void isPagedNewestFirst() {
    shop.subscribe(shop.price(999, "month"), Shop.PAYS);

    assertThat(all("")).hasSizeGreaterThan(10).isEqualTo(newestFirst());
  }

  @Test
  void isPagedBackwardsFromACursor() {
    for (int i = 0; i < 5; i++) {
      shop.customer();
    }
    List<String> newest = newestFirst();

    JsonNode page = events("?limit=2&ending_before=" + newest.get(4));

    assertThat(Shop.ids(page)).isEqualTo(newest.subList(2, 4));
    assertThat(page.get("has_more").asBoolean()).isTrue();
  }

  @Test
  void isFilteredByTheTimeOfCreationWithOpenAndClosedBounds() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      shop.customer();
      ids.add(newestFirst().get(0));
      shop.advance("PT1S");
    }
    long first = shop.ok(shop.get("/v1/events/" + ids.get(0))).get("created").asLong();

    assertThat(all("&created[gte]=" + (first + 1) + "&created[lt]=" + (first + 3)))
        .containsExactly(ids.get(2), ids.get(1));
    assertThat(all("&created[gt]=" + (first + 1) + "&created[lte]=" + (first + 3)))
        .containsExactly(ids.get(3), ids.get(2));
    assertThat(all("&created=" + first)).containsExactly(ids.get(0));
  }

  @Test
  void takesUpToTwentyTypes() {
    shop.subscribe(shop.price(999, "month"), Shop.PAYS);

    assertThat(events("?types[]=price.created&types[]=product.created").get("data"))
        .extracting(event -> event.get("type").asText())
        .containsExactly("price.created", "product.created");
    StringBuilder many = new StringBuilder("?limit=1");
    for (int i = 0; i < 21; i++) {
      many.append("&types[]=price.created");
    }
    assertThat(shop.get("/v1/events" + many).param()).isEqualTo("types");
    assertThat(shop.get("/v1/events?type=a&types[]=b").param()).isEqualTo("types");
  }

  @Test
  void tellsWhatWasNotDelivered() throws InterruptedException {
    shop.stripe.createWebhookEndpoint(receiver.url());
    shop.stripe.failDeliveries(DeliveryFaults.NONE.dropping(3));
    for (int i = 0; i < 5; i++) {
      shop.customer();
    }
    assertThat(shop.stripe.idle(Duration.ofSeconds(20))).isTrue();

    assertThat(all("&delivery_success=false")).isEqualTo(newestFirst().subList(2, 5));
    assertThat(all("&delivery_success=true")).isEqualTo(newestFirst().subList(0, 2));
  }

  @Test
  void goesOnAfterACursorThatWasDeliveredInBetween() throws InterruptedException {
    shop.stripe.createWebhookEndpoint(receiver.url());
    shop.stripe.failDeliveries(DeliveryFaults.NONE.dropping(3));
    for (int i = 0; i < 3; i++) {
      shop.customer();
    }
    String cursor = newestFirst().get(1);
    shop.stripe.clearFaults();
    shop.stripe.resendDeliveries();
    assertThat(shop.stripe.idle(Duration.ofSeconds(20))).isTrue();

    assertThat(Shop.ids(events("?delivery_success=false&starting_after=" + cursor)))
        .isEmpty();
    assertThat(shop.get("/v1/events?starting_after=evt_none").status()).isEqualTo(404);
  }

  @Test
  void forgetsAfterThirtyDays() {
    shop.customer();
    String old = newestFirst().get(0);
    shop.advance("P30D");
    assertThat(all("")).contains(old);

    shop.advance("PT1S");

    assertThat(all("")).doesNotContain(old);
    assertThat(shop.get("/v1/events/" + old).status()).isEqualTo(404);
  }

  @Test
  void showsEventsInTheVersionAtTheirCreationWhateverTheCallAsksFor() {
    shop.close();
    shop = new Shop(StripeSimulator.builder().apiVersion("2024-06-20"));
    shop.subscribe(shop.price(999, "month"), Shop.PAYS);

    JsonNode listed = shop.ok(shop.get(
        "/v1/events?type=customer.subscription.created", "Stripe-Version", "2026-07-29.dahlia"));

    JsonNode event = listed.get("data").get(0);
    assertThat(event.get("api_version").asText()).isEqualTo("2024-06-20");
    assertThat(event.at("/data/object").has("current_period_end")).isTrue();
    assertThat(events("?limit=100&type=invoice_payment.paid").get("data")).isEmpty();
  }
}
