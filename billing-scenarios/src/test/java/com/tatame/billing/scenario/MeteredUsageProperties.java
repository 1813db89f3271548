package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.Billing;
import com.tatame.billing.entitlement.Consumption;
import com.tatame.billing.entitlement.UsageReport;
import com.tatame.billing.metering.MeterReportStore.Backlog;
import com.tatame.billing.simulator.engine.Fault;
import com.tatame.billing.simulator.engine.Fault.When;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.fixture.ACatalog;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * For any usage at any time, and any failures and crashes: the invoices bill what was used in their
 * periods, no unit less and no unit more.
 */
class MeteredUsageProperties {
  private static final int WORLDS = 60;
  private static final int STEPS = 40;
  private static final String TELL = "POST /v1/billing/meter_events";
  private static final List<When> FAILURES = List.of(When.BEFORE, When.AFTER, When.LOST);
  private static final Duration PAST_THE_LEASE = Duration.ofMinutes(6);
  private static final Duration A_WHILE = Duration.ofMinutes(5);

  /** Units that stand, and when they were used. */
  private record Stands(Consumption consumption) {
    Instant at() {
      return consumption.at();
    }
  }

  private final List<Stands> standing = new ArrayList<>();
  private int died;
  private int failed;

  @Test
  void everyUnitIsBilledOnceInTheInvoiceOfItsPeriod() {
    long seed = System.nanoTime();
    for (int i = 0; i < WORLDS; i++) {
      standing.clear();
      run(seed + i);
    }
    assertThat(died).as("seed " + seed + ": programs that died").isPositive();
    assertThat(failed).as("seed " + seed + ": calls that failed").isPositive();
  }

  private void run(long seed) {
    String why = "seed " + seed;
    Random random = new Random(seed);
    try (BillingWorld world =
        BillingWorld.builder().seed(seed).catalog(ACatalog.metered()).build()) {
      Caller ada = Caller.subscribed("ada", world);
      for (int step = 0; step < STEPS; step++) {
        step(world, ada, random);
      }
      world.engine().clearFaults();
      pass(world, Duration.ofDays(33));

      Backlog left = world.billing().metering().backlog();
      assertThat(left.pending() + left.dead() + left.undecided()).as(why).isZero();
      List<JsonNode> invoices = ada.invoices();
      assertThat(invoices).as(why).isNotEmpty();
      for (JsonNode invoice : invoices) {
        assertThat(Caller.billed(invoice)).as(why).isEqualTo(used(invoice));
      }
    }
  }

  private void step(BillingWorld world, Caller ada, Random random) {
    switch (random.nextInt(8)) {
      case 0, 1, 2 -> standing.add(new Stands(ada.calls(1 + random.nextInt(20))));
      case 3 -> record(world, ada, random);
      case 4 -> giveBack(ada, random);
      case 5 -> {
        failed++;
        When when = FAILURES.get(random.nextInt(FAILURES.size()));
        world.engine().fail(new Fault(TELL, random.nextBoolean() ? 500 : 503, when), 1);
      }
      case 6 -> die(world, random);
      default -> pass(world, Duration.ofHours(random.nextInt(200)));
    }
  }

  // Not so long ago that the invoice may be final.
  private void record(BillingWorld world, Caller ada, Random random) {
    Instant now = world.engine().now();
    Instant begun = ada.shopper.newest().currentPeriodStart();
    Instant at = now.minusSeconds(random.nextInt(7_200));
    standing.add(new Stands(world
        .billing()
        .entitlements()
        .record(
            ada.shopper.account(),
            new UsageReport(
                "calls",
                1 + random.nextInt(20),
                Optional.empty(),
                Optional.of(at.isBefore(begun) ? begun : at),
                Map.of()))
        .consumption()));
  }

  private void giveBack(Caller ada, Random random) {
    Instant begun = ada.shopper.newest().currentPeriodStart();
    standing.stream()
        .filter(one -> !one.at().isBefore(begun))
        .skip(random.nextInt(3))
        .findFirst()
        .ifPresent(one -> {
          ada.givesBack(one.consumption());
          standing.remove(one);
        });
  }

  private void die(BillingWorld world, Random random) {
    Death death = new Death(random.nextInt(8));
    try (Billing mortal =
        world.program(death.mortal(world.store()), death.mortal(world.gateway()))) {
      mortal.metering().send();
    } catch (Death.Struck e) {
      died++;
      world.restart();
      world.wallClock().advance(PAST_THE_LEASE);
    }
  }

  // Around the end of a period workers run often enough for a failure to be retried in time.
  private static void pass(BillingWorld world, Duration time) {
    Instant target = world.engine().now().plus(time);
    // No pause is as long as a day, after which Stripe would no longer know the identifiers.
    for (int i = 0; i < 12 && world.engine().now().plus(A_WHILE).isBefore(target); i++) {
      world.advance(A_WHILE);
    }
    while (world.engine().now().isBefore(target)) {
      Instant next =
          world.engine().nextDue().filter(due -> !due.isAfter(target)).orElse(target);
      Duration step = Duration.between(world.engine().now(), next);
      boolean close = step.compareTo(Duration.ofHours(2)) <= 0 && !next.equals(target);
      world.advance(close && step.compareTo(A_WHILE) > 0 ? A_WHILE : step);
      world.settle();
    }
  }

  private long used(JsonNode invoice) {
    Instant start = Instant.ofEpochSecond(invoice.path("period_start").asLong());
    Instant end = Instant.ofEpochSecond(invoice.path("period_end").asLong());
    return standing.stream()
        .filter(one -> !one.at().isBefore(start) && one.at().isBefore(end))
        .mapToLong(one -> one.consumption().amount())
        .sum();
  }
}
