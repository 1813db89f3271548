package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.testkit.SimulatorControl;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Mails and the sandbox's clock: which of them it waits for. */
final class MailClockTest {
  private final RunningSandbox world = RunningSandbox.shared();
  private final Buyer buyer = new Buyer(world);
  private final ApiClient administrator = ApiClient.of(world)
      .as(RunningSandbox.post(
              world.url(), "/sandbox/token", Map.of("user", "user_operator", "role", "admin"))
          .path("token")
          .asText());

  // Ten minutes after the bank asks, and days before anything else happens.
  @Test
  void clockStopsWhereAMailIsDue() {
    buyer.subscribe("pro", "monthly", Buyer.PAYS);
    world.settle();
    new SimulatorControl(world.stripe()).replaceCard(customer(), "pm_card_authenticationRequired");

    world.advance("P18D");

    assertThat(mails("payment_action_required"))
        .extracting(mail -> mail.path("status").asText())
        .containsExactly("sent");
  }

  @Test
  void nothingWaitsForAMailThatIsTriedAgain() {
    String subscription = buyer.subscribe("pro", "monthly", Buyer.PAYS);
    world.settle();
    world.stripe().call(Request.of("POST", "/v1/customers/" + customer(), Map.of("email", "")));
    world.settle();
    assertThat(buyer.cancel(subscription, "period_end").status()).isEqualTo(200);

    long begun = System.nanoTime();
    world.settle();
    world.advance("PT1H");

    // A mail without an address is tried again for ten minutes.
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofMinutes(1));
    assertThat(mails("subscription_canceled")).singleElement().satisfies(mail -> {
      assertThat(mail.path("status").asText()).isEqualTo("planned");
      assertThat(mail.path("detail").asText()).isEqualTo("no address is known");
    });
  }

  private String customer() {
    return buyer.api().get("/api/v1/customer").at("/customerId");
  }

  private List<JsonNode> mails(String template) {
    List<JsonNode> mails = new ArrayList<>();
    administrator
        .call(
            "GET",
            "/api/v1/emails?account=" + buyer.user() + "&template=" + template,
            BodyPublishers.noBody())
        .json()
        .path("data")
        .forEach(mails::add);
    return mails;
  }
}
