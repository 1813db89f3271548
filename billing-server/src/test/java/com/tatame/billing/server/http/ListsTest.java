package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.server.http.RunningServer.Reply;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

final class ListsTest {
  private static final RunningServer SERVER = new RunningServer();

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Test
  void aListIsReadPageByPage() {
    List<String> ids = new ArrayList<>();
    String cursor = "";
    do {
      Reply page = SERVER.get("/api/v1/prices?limit=3" + cursor, "user_ada");
      page.json().path("data").forEach(price -> ids.add(price.path("id").asText()));
      assertThat(page.json().path("hasMore").asBoolean())
          .isEqualTo(!page.json().path("nextCursor").isNull());
      cursor = page.json().path("hasMore").asBoolean() ? "&cursor=" + page.at("/nextCursor") : "";
    } while (!cursor.isEmpty());

    assertThat(ids).hasSize(4).doesNotHaveDuplicates().isSorted();
  }

  @Test
  void aLastPageThatIsFullHasNoNext() {
    JsonNode page = SERVER.get("/api/v1/prices?limit=4", "user_ada").json();

    assertThat(page.path("data")).hasSize(4);
    assertThat(page.path("hasMore").asBoolean()).isFalse();
    assertThat(page.path("nextCursor").isNull()).isTrue();
  }

  @Test
  void theParameterAtFaultIsNamed() {
    for (String limit : List.of("0", "101", "-1", "ten", "1.5", "99999999999", "%20", "1e1")) {
      Reply reply = SERVER.get("/api/v1/products?limit=" + limit, "user_ada");
      if (!limit.equals("%20")) {
        assertThat(reply.status()).as(limit).isEqualTo(400);
        assertThat(reply.at("/errors/0/field")).isEqualTo("limit");
      }
    }
    for (String cursor : List.of("%25", "a", "AAAA", "cHJpY2UgMQ", "x".repeat(254))) {
      Reply reply = SERVER.get("/api/v1/products?cursor=" + cursor, "user_ada");
      assertThat(reply.status()).as(cursor).isEqualTo(400);
      assertThat(reply.at("/errors/0/field")).isEqualTo("cursor");
    }
  }

  @Test
  void productsAreFilteredAndCarryTheirPrices() {
    JsonNode all = SERVER.get("/api/v1/products", "user_ada").json().path("data");
    assertThat(all).hasSize(2);
    String wanted = all.get(1).path("id").asText();

    JsonNode one =
        SERVER.get("/api/v1/products?product=" + wanted, "user_ada").json().path("data");
    assertThat(one).hasSize(1);
    assertThat(one.get(0)).isEqualTo(all.get(1));
    assertThat(one.get(0).path("prices")).hasSize(2);
    assertThat(one.get(0).at("/prices/0/recurring/usageType").asText()).isEqualTo("licensed");
    assertThat(
            SERVER.get("/api/v1/products?product=prod_none", "user_ada").json().path("data"))
        .isEmpty();
    assertThat(SERVER.get("/api/v1/products?active=false", "user_ada").json().path("data"))
        .isEmpty();
    assertThat(SERVER.get("/api/v1/prices?product=" + wanted, "user_ada").json().path("data"))
        .hasSize(2)
        .allSatisfy(price -> assertThat(price.path("productId").asText()).isEqualTo(wanted));
  }

  @Test
  void aPriceSaysWhatItSells() {
    List<String> sold = new ArrayList<>();
    SERVER
        .get("/api/v1/prices", "user_ada")
        .json()
        .path("data")
        .forEach(price -> sold.add(price.path("tier").asText()
            + " " + price.path("interval").asText()
            + " " + price.at("/unitAmount/amount").asText()));

    assertThat(sold)
        .containsExactlyInAnyOrder(
            "basic monthly 999", "basic yearly 9590", "pro monthly 2499", "pro yearly 23990");
  }
}
