package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.server.http.RunningServer.Reply;
import com.tatame.billing.simulator.DeliveryFaults;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.testkit.SettableClock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Products, prices and plans are answered from memory, and are never older than they may be. */
final class ProductsFromMemoryTest {
  private static final List<String> LISTS = List.of(
      "/api/v1/products",
      "/api/v1/products?limit=1",
      "/api/v1/products?active=true",
      "/api/v1/prices",
      "/api/v1/prices?active=true",
      "/api/v1/plans");

  @Test
  void repeatedReadsAskTheStoreNothing() {
    AtomicInteger calls = new AtomicInteger();
    SettableClock clock = new SettableClock(Instant.now());
    try (RunningServer server = new RunningServer(
        Map.of(), parts -> parts.wallClock(clock), (port, method) -> calls.incrementAndGet())) {
      server.billing().close();
      List<Reply> first =
          LISTS.stream().map(path -> server.get(path, "user_ada")).toList();
      int before = calls.get();

      for (int round = 0; round < 20; round++) {
        for (int i = 0; i < LISTS.size(); i++) {
          Reply again = server.get(LISTS.get(i), "user_ada");
          assertThat(again.status()).isEqualTo(200);
          assertThat(again.body()).isEqualTo(first.get(i).body());
          assertThat(again.http().headers().map().keySet())
              .isEqualTo(first.get(i).http().headers().map().keySet());
        }
      }

      assertThat(calls.get()).isEqualTo(before);
    }
  }

  @Test
  void fromMemoryTooACallerMustBeKnown() {
    try (RunningServer server = new RunningServer()) {
      for (int i = 0; i < 3; i++) {
        assertThat(server.get("/api/v1/products", "user_ada").status()).isEqualTo(200);
        assertThat(server.get("/api/v1/products", null).status()).isEqualTo(401);
        assertThat(server
                .get("/api/v1/products", null, "Authorization", "Bearer nonsense")
                .status())
            .isEqualTo(401);
        assertThat(server.get("/api/v1/plans", null).status()).isEqualTo(200);
      }
    }
  }

  @Test
  void anEventOfAProductChangesTheNextAnswer() {
    try (RunningServer server = new RunningServer()) {
      Reply before = server.get("/api/v1/products", "user_ada");
      String product = before.at("/data/0/id");

      server.stripe.call(Request.of("POST", "/v1/products/" + product, Map.of("name", "Renamed")));
      server.settle();

      assertThat(server.get("/api/v1/products", "user_ada").at("/data/0/name"))
          .isEqualTo("Renamed");
    }
  }

  @Test
  void aProductMadeAfterTheStartIsFoundByItsId() {
    try (RunningServer server =
        new RunningServer(Map.of("BILLING_PROJECT_ON_ARRIVAL", "false"), parts -> parts)) {
      server.stripe.failDeliveries(DeliveryFaults.NONE.droppingPercent(100));
      String product = server
          .stripe
          .call(Request.of("POST", "/v1/products", Map.of("name", "New")))
          .body()
          .replaceAll("(?s).*\"id\":\\s*\"(prod_\\w+)\".*", "$1");

      Reply found = server.get("/api/v1/products?product=" + product, "user_ada");

      assertThat(found.at("/data/0/name")).isEqualTo("New");
    }
  }
}
