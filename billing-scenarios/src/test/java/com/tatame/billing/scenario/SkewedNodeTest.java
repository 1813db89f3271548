package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.Billing;
import com.tatame.billing.apikey.Scope;
import com.tatame.billing.projection.ClaimId;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.Disorder;
import com.tatame.billing.testkit.fixture.ACatalog;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes whose own clock is wrong, beside others of the same store. */
final class SkewedNodeTest {
  private static final Duration LEASE = Duration.ofSeconds(60);

  @ParameterizedTest(name = "a clock that is {0} s ahead")
  @ValueSource(longs = {-3600, 0, 3600})
  void whatAnotherNodeHoldsIsTakenWhenItsLeaseEndsAndNotBefore(long ahead) {
    try (BillingWorld world = worldWithAPaidCheckout();
        Billing skewed = node(world, Duration.ofSeconds(ahead))) {
      world.store().inbox().claim(new ClaimId(1), 100, world.wallClock().instant(), LEASE);
      long held = world.store().inbox().status().backlog();
      assertThat(held).isPositive();
      skewed.start();

      world.wallClock().advance(LEASE.minusSeconds(5));
      while (skewed.work()) {
        // until nothing is due
      }
      assertThat(world.store().inbox().status().backlog()).isEqualTo(held);

      world.wallClock().advance(Duration.ofSeconds(10));
      while (skewed.work()) {
        // until nothing is due
      }
      assertThat(world.store().inbox().status().backlog()).isZero();
    }
  }

  @Test
  void whatANodeWithAFastClockWritesIsDatedByTheStore() {
    try (BillingWorld world = worldWithAPaidCheckout();
        Billing skewed = node(world, Duration.ofHours(1))) {
      skewed.start();

      var key = skewed
          .apiKeys()
          .create("reports", Set.of(Scope.ADMIN), Optional.empty())
          .key();

      assertThat(Duration.between(world.wallClock().instant(), key.createdAt()).abs())
          .isLessThan(Duration.ofMinutes(1));
    }
  }

  private static BillingWorld worldWithAPaidCheckout() {
    BillingWorld world = BillingWorld.builder().build();
    world.provider().pay(Shopper.named("ada", world).opens("pro").id(), Shopper.PAYS);
    world.deliver(Disorder.NONE);
    return world;
  }

  /** A node of the world's store, whose database has the world's time. */
  private static Billing node(BillingWorld world, Duration ahead) {
    return Billing.builder()
        .store(withTime(world))
        .gateway(world.gateway())
        .catalog(ACatalog.freeBasicAndPro())
        .checkoutUrls(url -> "https".equals(url.getScheme()))
        .clock(world.engine()::now)
        .nodeClock(() -> world.wallClock().instant().plus(ahead))
        .workers(0)
        .build();
  }

  private static BillingStore withTime(BillingWorld world) {
    return (BillingStore) Proxy.newProxyInstance(
        BillingStore.class.getClassLoader(),
        new Class<?>[] {BillingStore.class},
        (proxy, method, arguments) -> {
          if (method.getName().equals("time")) {
            return Optional.of(world.wallClock().instant());
          }
          try {
            return method.invoke(world.store(), arguments);
          } catch (InvocationTargetException e) {
            throw e.getTargetException();
          }
        });
  }
}
