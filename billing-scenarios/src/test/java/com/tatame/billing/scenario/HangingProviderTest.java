package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.Billing;
import com.tatame.billing.catalog.Products;
import com.tatame.billing.gateway.PaymentGateway;
import com.tatame.billing.inbox.EventFilter;
import com.tatame.billing.inbox.EventRecord;
import com.tatame.billing.inbox.EventStatus;
import com.tatame.billing.inbox.InboxListener;
import com.tatame.billing.observation.ObjectReads;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.Disorder;
import com.tatame.billing.testkit.fixture.ACatalog;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A provider that takes calls and never answers keeps nothing that is stored from being processed. */
class HangingProviderTest {
  private final CountDownLatch answers = new CountDownLatch(1);

  @Test
  void aProgramThatStartsThenProcessesWhatIsStored() throws InterruptedException {
    try (BillingWorld world = BillingWorld.builder().build()) {
      world.provider().pay(Shopper.named("ada", world).opens("pro").id(), Shopper.PAYS);
      world.deliver(Disorder.NONE);
      CountDownLatch waiting =
          new CountDownLatch((int) world.store().inbox().status().backlog());
      assertThat(waiting.getCount()).isPositive();

      try (Billing starting = Billing.builder()
          .store(world.store())
          .gateway(hanging(world.gateway()))
          .catalog(ACatalog.freeBasicAndPro())
          .checkoutOrigins()
          .clock(world.engine()::now)
          .wallClock(world.wallClock())
          .listener(counting(waiting))
          .workers(2)
          .build()) {
        starting.start();

        assertThat(waiting.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(events(world))
            .extracting(EventRecord::status)
            .containsOnly(EventStatus.PROCESSED, EventStatus.IGNORED);
        assertThat(world.store().inbox().status().pendingReads())
            .as("what the provider must still be asked")
            .isPositive();
        assertThat(starting.products().products(Optional.empty(), Optional.empty(), 10))
            .as("as mirrored")
            .isNotEmpty();
        answers.countDown();
      }
    }
  }

  private static InboxListener counting(CountDownLatch events) {
    return new InboxListener() {
      @Override
      public void attempted(EventStatus status, Duration age) {
        events.countDown();
      }
    };
  }

  private static List<EventRecord> events(BillingWorld world) {
    return world.store().inbox().events(EventFilter.ALL, Optional.empty(), 100);
  }

  /** A gateway whose lists and reads wait until they are let go. */
  private PaymentGateway hanging(PaymentGateway gateway) {
    ObjectReads reads = (object, subject) -> {
      hang();
      return gateway.reads().read(object, subject);
    };
    Products products = new Products() {
      @Override
      public List<Observation> products() {
        hang();
        return gateway.products().products();
      }

      @Override
      public List<Observation> prices() {
        hang();
        return gateway.products().prices();
      }
    };
    return (PaymentGateway) Proxy.newProxyInstance(
        PaymentGateway.class.getClassLoader(),
        new Class<?>[] {PaymentGateway.class},
        (proxy, method, arguments) -> switch (method.getName()) {
          case "reads" -> reads;
          case "products" -> products;
          default -> method.invoke(gateway, arguments);
        });
  }

  private void hang() {
    try {
      answers.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
