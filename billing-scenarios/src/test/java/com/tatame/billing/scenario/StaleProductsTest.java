package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.catalog.Price;
import com.tatame.billing.catalog.Recurrence;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.simulator.engine.Fault;
import com.tatame.billing.simulator.engine.Fault.When;
import com.tatame.billing.testkit.BillingWorld;
import java.time.Duration;
import java.util.List;
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

  @Test
  void productsAreMarkedStaleFromTheMomentAnyCallFindsTheProviderDown() {
    try (BillingWorld world = BillingWorld.builder().build()) {
      world.engine().fail(new Fault("GET /v1/account", 503, When.BEFORE), 1_000);
      assertThatThrownBy(() -> world.gateway().ping()).isInstanceOf(ProviderUnavailable.class);

      assertThat(world.billing().products().stale()).isTrue();

      world.engine().clearFaults();
      world.gateway().ping();
      assertThat(world.billing().products().stale()).isFalse();
    }
  }

  @Test
  void aPriceMadeAMomentAgoIsFoundBeforeItsEventComes() {
    try (BillingWorld world = BillingWorld.builder().build()) {
      String product = world.provider().createProduct("New");
      String first = price(world, product, "first");

      assertThat(world.billing().products().product(product)).isPresent();
      assertThat(known(world)).contains(first);

      String second = price(world, product, "second");
      assertThat(world.billing().products().offer(second)).isEmpty();
      assertThat(known(world))
          .as("a second miss within ten seconds sends no request")
          .doesNotContain(second);

      world.wallClock().advance(Duration.ofSeconds(10));
      world.billing().products().offer(second);
      assertThat(known(world)).contains(second);
    }
  }

  private static String price(BillingWorld world, String product, String lookupKey) {
    return world.provider().createPrice(product, 100, "usd", Recurrence.Unit.MONTH, lookupKey);
  }

  private static List<String> known(BillingWorld world) {
    return world
        .billing()
        .products()
        .prices(Optional.empty(), Optional.empty(), Optional.empty(), 100)
        .stream()
        .map(Price::id)
        .toList();
  }

  private static int products(BillingWorld world) {
    return world
        .billing()
        .products()
        .products(Optional.empty(), Optional.empty(), 100)
        .size();
  }
}
