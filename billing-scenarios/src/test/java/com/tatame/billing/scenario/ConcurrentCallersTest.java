package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.command.Pause;
import com.tatame.billing.customer.Customers.Ensured;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.testkit.BillingWorld;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real threads that ask for the same at the same time. */
@Timeout(60)
class ConcurrentCallersTest {

  @Test
  void fiftyCallersShareOneCustomer() throws Exception {
    try (BillingWorld world = BillingWorld.builder().pause(Pause.blocking()).build()) {
      Shopper ada = Shopper.named("ada", world);

      List<Ensured> all = atOnce(
          50,
          i -> () -> world
              .billing()
              .customers()
              .ensure(ada.caller(), Optional.of("ada" + i + "@example.com"), Optional.empty()));

      assertThat(SimulatorReads.customers(world))
          .extracting(customer -> customer.required("id").asText())
          .containsExactly(all.get(0).link().customerId());
      assertThat(all).extracting(Ensured::link).containsOnly(all.get(0).link());
      assertThat(all).filteredOn(Ensured::created).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void callersWhoWantDifferentPlansLeaveOneOpenCheckout(long seed) throws Exception {
    try (BillingWorld world =
        BillingWorld.builder().seed(seed).pause(Pause.blocking()).build()) {
      Shopper ada = Shopper.named("ada", world);

      List<Optional<String>> opened = atOnce(8, i -> () -> {
        try {
          return Optional.of(ada.opens(i % 2 == 0 ? "basic" : "pro").id());
        } catch (BillingException e) {
          // Overtaken again and again, or closed by another caller first: refused, not sold twice.
          return Optional.empty();
        }
      });

      Set<String> open = new HashSet<>();
      SimulatorReads.sessions(world, "open")
          .forEach(session -> open.add(session.required("id").asText()));
      assertThat(open).hasSizeLessThanOrEqualTo(1);
      assertThat(opened.stream().flatMap(Optional::stream)).isNotEmpty().containsAll(open);
    }
  }

  private interface Caller<T> {
    Callable<T> number(int i);
  }

  private static <T> List<T> atOnce(int callers, Caller<T> caller)
      throws InterruptedException, ExecutionException, TimeoutException {
    ExecutorService threads = Executors.newFixedThreadPool(callers);
    try {
      CyclicBarrier together = new CyclicBarrier(callers);
      List<Future<T>> futures = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        Callable<T> call = caller.number(i);
        futures.add(threads.submit(() -> {
          together.await(30, TimeUnit.SECONDS);
          return call.call();
        }));
      }
      List<T> answers = new ArrayList<>();
      for (Future<T> future : futures) {
        answers.add(future.get(30, TimeUnit.SECONDS));
      }
      return answers;
    } finally {
      threads.shutdownNow();
    }
  }
}
