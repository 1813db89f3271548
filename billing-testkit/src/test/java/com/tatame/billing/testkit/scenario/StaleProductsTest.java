package com.tatame.billing.testkit.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.simulator.engine.Fault;
import com.tatame.billing.testkit.simulator.engine.Fault.When;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StaleProductsTest {
  @Test
  void productsAreServedAsLastKnownAndMarkedSoWhileTheProviderIsDown() {
    try (BillingWorld world = BillingWorld.builder().build()) {
      int known = products(world);
      assertThat(known).isPositive();
      assertThat(world.billing().products().stale()).isFalse();

      world.engine().fail(new Fault("GET /v1/products", 503, When.BEFORE), 1_000);
      world.wallClock().advance(Duration.ofMinutes(11));
      world.work();
      assertThat(world.billing().products().stale()).isTrue();
      assertThat(products(world)).isEqualTo(known);

      world.engine().clearFaults();
      world.wallClock().advance(Duration.ofSeconds(16));
      world.work();
      assertThat(world.billing().products().stale()).isFalse();
    }
  }

  private static int products(BillingWorld world) {
    return world
        .billing()
        .products()
        .products(Optional.empty(), Optional.empty(), 100)
        .size();
  }
}
