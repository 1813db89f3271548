package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.Billing;
import com.tatame.billing.gateway.PaymentGateway;
import com.tatame.billing.observation.ObjectReads;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.Disorder;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The provider takes its time for an answer: events that wait in line must not wait for that, too. */
class SlowProviderTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 12})
  void aBatchWaitsForNoReadAndAllAreOwed(int shoppers) {
    try (BillingWorld world = BillingWorld.builder().build()) {
      for (int i = 0; i < shoppers; i++) {
        Shopper shopper = Shopper.named("shopper" + i, world);
        world.provider().pay(shopper.opens("pro").id(), Shopper.PAYS);
      }
      world.deliver(Disorder.NONE);
      AtomicInteger reads = new AtomicInteger();
      try (Billing worker = world.program(world.store(), counting(world.gateway(), reads))) {
        worker.steps().run().orElseThrow().runAll();
      }

      assertThat(reads.get()).isZero();
      assertThat(world.store().inbox().status().pendingReads()).isPositive();
      world.work();
      assertThat(world.store().inbox().status().pendingReads()).isZero();
      assertThat(MirroredState.differences(world)).isEmpty();
    }
  }

  private static PaymentGateway counting(PaymentGateway gateway, AtomicInteger count) {
    ObjectReads counted = (object, subject) -> {
      count.incrementAndGet();
      return gateway.reads().read(object, subject);
    };
    return (PaymentGateway) Proxy.newProxyInstance(
        PaymentGateway.class.getClassLoader(),
        new Class<?>[] {PaymentGateway.class},
        (proxy, method, arguments) ->
            method.getName().equals("reads") ? counted : method.invoke(gateway, arguments));
  }
}
