package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.entitlement.ConsumeResult;
import com.tatame.billing.entitlement.Consumption;
import com.tatame.billing.entitlement.Use;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.testkit.BillingWorld;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A customer who pays for calls by their number. */
final class Caller {
  static final String METER = "api_calls";

  final Shopper shopper;
  final Subscription subscription;
  private final BillingWorld world;

  private Caller(Shopper shopper, Subscription subscription, BillingWorld world) {
    this.shopper = shopper;
    this.subscription = subscription;
    this.world = world;
  }

  static Caller of(Shopper shopper, Subscription subscription, BillingWorld world) {
    return new Caller(shopper, subscription, world);
  }

  static Caller subscribed(String name, BillingWorld world) {
    Shopper shopper = Shopper.named(name, world);
    return new Caller(shopper, shopper.buys("api", Shopper.PAYS), world);
  }

  Consumption calls(long times) {
    ConsumeResult used = world
        .billing()
        .entitlements()
        .consume(shopper.account(), new Use("calls", times, Optional.empty(), Optional.empty()));
    assertThat(used).isInstanceOf(ConsumeResult.Granted.class);
    return ((ConsumeResult.Granted) used).consumption().orElseThrow();
  }

  void givesBack(Consumption consumption) {
    world.billing().entitlements().release(shopper.account(), "calls", consumption.id());
  }

  /** What the provider's meter holds, of all time. */
  long counted() {
    Instant from = Instant.parse("2025-01-01T00:00:00Z");
    return world
        .gateway()
        .meters()
        .counted(
            METER,
            shopper.customerId(),
            from,
            world.engine().now().truncatedTo(ChronoUnit.MINUTES).plus(1, ChronoUnit.DAYS));
  }

  /** The invoices of periods that are over, oldest first. */
  List<JsonNode> invoices() {
    List<JsonNode> all =
        SimulatorReads.all(world, "/v1/invoices", Map.of("customer", shopper.customerId()));
    return all.stream()
        .filter(invoice -> invoice.path("billing_reason").asText().equals("subscription_cycle"))
        .sorted((one, other) -> Long.compare(
            one.path("period_end").asLong(), other.path("period_end").asLong()))
        .toList();
  }

  /** The units that an invoice bills. */
  static long billed(JsonNode invoice) {
    long units = 0;
    for (JsonNode line : invoice.path("lines").path("data")) {
      units += line.path("quantity").asLong();
    }
    return units;
  }

  void cancelsAtTheEnd() {
    SimulatorReads.call(
        world,
        Request.of(
            "POST",
            "/v1/subscriptions/" + subscription.id(),
            Map.of("cancel_at_period_end", "true")));
    world.settle();
  }
}
