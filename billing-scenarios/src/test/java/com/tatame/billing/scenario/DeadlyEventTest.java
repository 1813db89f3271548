package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.Billing;
import com.tatame.billing.gateway.PaymentGateway;
import com.tatame.billing.inbox.Attempt;
import com.tatame.billing.inbox.BatchStep;
import com.tatame.billing.inbox.EventFilter;
import com.tatame.billing.inbox.EventRecord;
import com.tatame.billing.inbox.EventSource;
import com.tatame.billing.inbox.EventStatus;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.Disorder;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** One event that can't be processed must cost nothing but itself. */
class DeadlyEventTest {
  private static final String DEADLY = "customer.subscription.created";

  @Test
  void anEventThatEndsItsWorkerDiesInTheEndAndItsNeighboursAreProcessed() {
    try (BillingWorld world = withUnprocessedPurchase()) {
      Billing mortal = program(world, () -> {
        throw new OutOfMemoryError("a payload that no worker survives");
      });
      int deaths = 0;
      for (int round = 0; round < 500 && waiting(world) > 0; round++) {
        try {
          mortal.work();
        } catch (OutOfMemoryError e) {
          deaths++;
        }
        world.wallClock().advance(Duration.ofSeconds(61));
      }

      assertThat(deaths).isEqualTo(12);
      assertThat(ended(world, EventStatus.DEAD))
          .extracting(EventRecord::type)
          .containsExactly(DEADLY);
      assertThat(world
              .billing()
              .webhooks()
              .event(ended(world, EventStatus.DEAD).get(0).id())
              .history())
          .extracting(Attempt::outcome)
          .hasSize(13)
          .startsWith(Attempt.Outcome.ABANDONED)
          .endsWith(Attempt.Outcome.DEAD);
    }
  }

  @Test
  void workersThatAreAlwaysTooLateBuryNothing() {
    try (BillingWorld world = withUnprocessedPurchase()) {
      Billing slow = world.program(world.store(), world.gateway());
      Optional<BatchStep> late = slow.steps().run();
      for (int round = 0; round < 30; round++) {
        world.wallClock().advance(Duration.ofSeconds(61));
        // Another worker claims the events, and the late one finds that it lost them.
        Optional<BatchStep> next = slow.steps().run();
        late.ifPresent(BatchStep::runAll);
        late = next;
      }
      late.ifPresent(BatchStep::runAll);
      world.wallClock().advance(Duration.ofSeconds(61));
      world.work();

      assertThat(ended(world, EventStatus.DEAD)).isEmpty();
      assertThat(waiting(world)).isZero();
    }
  }

  @Test
  void aTranslatorThatFailsCostsNothingButItsEvent() {
    try (BillingWorld world = withUnprocessedPurchase()) {
      Billing failing = program(world, () -> {
        throw new IllegalStateException("a bug");
      });
      while (failing.work()) {
        // until nothing is due
      }

      assertThat(ended(world, EventStatus.RETRYING)).singleElement().satisfies(event -> {
        assertThat(event.type()).isEqualTo(DEADLY);
        assertThat(event.error()).contains("internal error: IllegalStateException");
      });
      assertThat(world.store().inbox().status().backlog()).isEqualTo(1);
    }
  }

  @Test
  void theWorkerOfTheTestReallyDies() {
    try (BillingWorld world = withUnprocessedPurchase()) {
      Billing mortal = program(world, () -> {
        throw new OutOfMemoryError("dead");
      });
      assertThatThrownBy(mortal::work).isInstanceOf(OutOfMemoryError.class);
    }
  }

  private static BillingWorld withUnprocessedPurchase() {
    BillingWorld world = BillingWorld.builder().build();
    world.provider().pay(Shopper.named("ada", world).opens("pro").id(), Shopper.PAYS);
    world.deliver(Disorder.NONE);
    return world;
  }

  private static long waiting(BillingWorld world) {
    return world.store().inbox().status().backlog();
  }

  private static List<EventRecord> ended(BillingWorld world, EventStatus status) {
    return world.store().inbox().events(EventFilter.ALL.withStatus(status), Optional.empty(), 100);
  }

  /** A program whose translator does this to events of the deadly type. */
  private static Billing program(BillingWorld world, Runnable harm) {
    EventSource good = world.gateway().events();
    EventSource bad = proxy(EventSource.class, good, (name, args, next) -> {
      if (name.equals("translate") && args[0].toString().contains(DEADLY)) {
        harm.run();
      }
      return next.call();
    });
    PaymentGateway gateway = proxy(
        PaymentGateway.class,
        world.gateway(),
        (name, args, next) -> name.equals("events") ? bad : next.call());
    return world.program(world.store(), gateway);
  }

  private interface Next {
    Object call() throws Throwable;
  }

  private interface Instead {
    Object of(String method, Object[] arguments, Next next) throws Throwable;
  }

  private static <T> T proxy(Class<T> type, T good, Instead instead) {
    return type.cast(Proxy.newProxyInstance(
        type.getClassLoader(),
        new Class<?>[] {type},
        (self, method, arguments) -> instead.of(method.getName(), arguments, () -> {
          try {
            return method.invoke(good, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        })));
  }
}
