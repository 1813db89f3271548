package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.simulator.engine.Fault;
import com.tatame.billing.simulator.engine.Fault.When;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.Disorder;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Events that never arrive are fetched from the provider's own list. */
class CatchUpTest {
  private static final Disorder NOTHING_ARRIVES = new Disorder(false, 0, 100, 0);
  private static final Duration A_WHILE = Duration.ofMinutes(6);

  @Test
  void whatHappenedWhileNobodyListenedIsKnownInTheEnd() {
    try (BillingWorld world = BillingWorld.builder().build()) {
      Shopper.named("ada", world).buys("pro", Shopper.PAYS);
      nobodyListens(world, Duration.ofDays(40));
      assertThat(world.dropped()).isPositive();
      assertThat(MirroredState.differences(world)).isNotEmpty();

      world.wallClock().advance(A_WHILE);
      world.work();

      assertThat(MirroredState.differences(world)).isEmpty();
    }
  }

  @Test
  void aListThatBreaksOffIsReadFromItsBeginningNextTime() {
    try (BillingWorld world = BillingWorld.builder().build()) {
      Shopper.named("ada", world).buys("pro", Shopper.PAYS);
      nobodyListens(world, Duration.ofDays(40));

      world.engine().fail(new Fault("GET /v1/events", 500, When.BEFORE), 1);
      world.wallClock().advance(A_WHILE);
      world.work();
      assertThat(MirroredState.differences(world)).isNotEmpty();
      world.wallClock().advance(A_WHILE);
      world.work();

      assertThat(MirroredState.differences(world)).isEmpty();
    }
  }

  @Test
  void whatArrivedIsNotProcessedAgain() {
    try (BillingWorld world = BillingWorld.builder().build()) {
      Shopper.named("ada", world).buys("pro", Shopper.PAYS);
      world.settle();
      long events = world.engine().events().size();

      world.wallClock().advance(A_WHILE);
      world.work();

      assertThat(world.store().inbox().status().receivedLately()).isEqualTo(events);
      assertThat(world.store().inbox().status().backlog()).isZero();
    }
  }

  private static void nobodyListens(BillingWorld world, Duration time) {
    world.engine().advanceTo(world.engine().now().plus(time));
    world.deliver(NOTHING_ARRIVES);
  }
}
