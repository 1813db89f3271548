package com.tatame.billing.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.inbox.EventStatus;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.Disorder;
import com.tatame.billing.testkit.fixture.APrincipal;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ReplayCommandTest {
  private final BillingWorld world = BillingWorld.builder().build();
  private String out = "";
  private String err = "";

  @BeforeEach
  void createCustomer() {
    world
        .billing()
        .customers()
        .ensure(
            APrincipal.of(new AccountId("user_ada")),
            Optional.of("ada@example.com"),
            Optional.empty());
  }

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void anEventWaitsOnceMore() {
    world.settle();
    String id = id("customer.created");

    assertThat(run("replay", id)).isZero();

    assertThat(out).contains("1 events wait");
    assertThat(world.billing().webhooks().event(id).event().status())
        .isEqualTo(EventStatus.RECEIVED);
  }

  @Test
  void aDryRunPrintsWhatAnEventChangesAndChangesNothing() {
    world.engine().advanceTo(world.engine().now().plusSeconds(60));
    rename("Ada Lovelace");
    world.deliver(Disorder.NONE);
    String id = id("customer.updated");

    assertThat(run("replay", id, "--dry-run")).isZero();

    assertThat(out).contains(id, "customer cus_", "name: Name of user_ada -> Ada Lovelace");
    assertThat(world.billing().webhooks().event(id).event().status())
        .isEqualTo(EventStatus.RECEIVED);
    assertThat(world.billing().webhooks().event(id).history()).isEmpty();
  }

  @Test
  void aTimeAndDeadLettersAreSelections() {
    world.settle();

    assertThat(run("replay", "--dead")).isZero();
    assertThat(out).contains("0 events wait");
    assertThat(run("replay", "--from", "2025-12-31T00:00:00Z", "--to", "2026-01-02T00:00:00Z"))
        .isZero();
    assertThat(out).contains(world.engine().events().size() + " events wait");
  }

  @Test
  void whatIsMeantMustBeSaidOnceAndWell() {
    assertThat(run("replay")).isEqualTo(1);
    assertThat(err).contains("say what");
    assertThat(run("replay", "evt_1", "--dead")).isEqualTo(1);
    assertThat(run("replay", "--from", "yesterday", "--to", "2026-01-02T00:00:00Z"))
        .isEqualTo(2);
    assertThat(err).contains("--from", "2026-01-31T09:00:00Z");
    assertThat(run("replay", "--from", "2026-01-02T00:00:00Z")).isEqualTo(1);
    assertThat(err).contains("--to", "is required");
    assertThat(run("replay", "evt_nobody")).isEqualTo(1);
    assertThat(err).contains("No such event: evt_nobody");
  }

  private void rename(String name) {
    var request = Request.of(
        "POST",
        "/v1/customers/"
            + world
                .billing()
                .customers()
                .find(new AccountId("user_ada"))
                .orElseThrow()
                .customerId(),
        Map.of("name", name));
    assertThat(world.engine().call(request).status()).isEqualTo(200);
  }

  private String id(String type) {
    for (JsonNode event : world.engine().events()) {
      if (event.path("type").asText().equals(type)) {
        return event.path("id").asText();
      }
    }
    throw new AssertionError("there is no " + type);
  }

  private int run(String... arguments) {
    CommandRun run = CommandRun.of(world.store(), store -> world.billing().webhooks(), arguments);
    out = run.out();
    err = run.err();
    return run.status();
  }
}
