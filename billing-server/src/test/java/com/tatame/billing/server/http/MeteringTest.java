package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.metering.MeterReportStore.Filter;
import com.tatame.billing.server.http.RunningServer.Reply;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A plan that is paid for by its use: sold, used, and reported. */
final class MeteringTest {
  private static final RunningServer SERVER =
      new RunningServer(Map.of("BILLING_CATALOG", "../examples/metered/catalog.yaml"));
  private static final String REPORTS = "/api/v1/usage/reports";

  @BeforeAll
  static void setUp() {
    SERVER.billing().setup().run();
    SERVER.billing().products().refresh();
  }

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Test
  void thePriceOfAUnitIsTold() {
    Reply plans = SERVER.get("/api/v1/plans", null);

    assertThat(plans.at("/data/1/prices/monthly/metered")).isEqualTo("api_calls");
    assertThat(plans.at("/data/1/prices/monthly/price/amount")).isEqualTo("3");
    assertThat(plans.json().at("/data/2/prices/monthly/metered").isNull()).isTrue();
  }

  @Test
  void aQuantityIsRefused() {
    Reply refused = SERVER.post(
        "/api/v1/checkout",
        "user_greedy",
        "{\"tier\":\"api\",\"interval\":\"monthly\",\"quantity\":2,"
            + "\"successUrl\":\"http://localhost:3000/\",\"cancelUrl\":\"http://localhost:3000/\"}");

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.at("/errors/0/field")).isEqualTo("quantity");
  }

  @Test
  void accountWithoutSuchAPlanReportsNothing() {
    assertThat(SERVER.get("/api/v1/usage/metered", "user_free").json().path("data"))
        .isEmpty();
    assertThat(SERVER.get("/api/v1/usage/metered", null).status()).isEqualTo(401);
  }

  @Test
  void onlyAdministratorsSeeAndDecideWhatIsReported() {
    assertThat(SERVER.get(REPORTS, "user_free").status()).isEqualTo(403);
    assertThat(SERVER.get(REPORTS + "?state=sent", "user_root").status()).isEqualTo(200);
    assertThat(SERVER.get(REPORTS + "?state=lost", "user_root").at("/errors/0/field"))
        .isEqualTo("state");
    assertThat(SERVER
            .post(REPORTS + "/use_1/resolve", "user_free", "{\"sent\":true}")
            .status())
        .isEqualTo(403);
    assertThat(SERVER
            .post(REPORTS + "/use_1/resolve", "user_root", "{\"sent\":true}")
            .status())
        .isEqualTo(404);
    assertThat(SERVER.post(REPORTS + "/use_1/resolve", "user_root", "{}").at("/errors/0/field"))
        .isEqualTo("sent");
    assertThat(SERVER
            .billing()
            .metering()
            .list(new Filter(Optional.empty(), Optional.empty()), Optional.empty(), 1))
        .isEmpty();
  }

  @Test
  void healthTellsWhatWaits() {
    assertThat(SERVER.get("/health", null).at("/services/metering/pending")).isEqualTo("0");
    assertThat(SERVER.get("/health", null).at("/services/metering/dead")).isEqualTo("0");
  }
}
