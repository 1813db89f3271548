package com.tatame.billing.stripe;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.workload.WorkContext;
import com.tatame.billing.workload.Workload;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that wait for Stripe delay no other workload. */
@Timeout(120)
class BulkheadHttpTest {
  private static final int READS = 24;
  private static final ObjectRef CUSTOMER = new ObjectRef(ObjectKind.CUSTOMER, "cus_1");

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Duration> pauses = new CopyOnWriteArrayList<>();
  private StubStripe stripe;
  private StripeGateway gateway;

  @BeforeEach
  void start() throws IOException {
    stripe = new StubStripe();
    gateway = StripeGateway.builder("sk_test_1")
        .apiBase(stripe.address())
        .timeouts(Duration.ofSeconds(5), Duration.ofSeconds(60))
        .pause(pauses::add)
        .random(new Random(7))
        .build();
  }

  @AfterEach
  void stop() throws IOException {
    stripe.close();
    threads.shutdownNow();
  }

  @Test
  void workloadWhoseCallsHangIsRefusedAndNoOtherIs() throws Exception {
    List<Future<?>> hanging = new ArrayList<>();
    for (int i = 0; i < READS; i++) {
      stripe.silence();
      hanging.add(threads.submit(() -> WorkContext.call(Workload.READS, this::read)));
    }
    while (stripe.requests().size() < READS) {
      Thread.onSpinWait();
    }

    ProviderUnavailable refused = catchThrowableOfType(
        ProviderUnavailable.class, () -> WorkContext.call(Workload.READS, this::read));
    assertThat(refused.execution()).isEqualTo(ProviderUnavailable.Execution.NOT_EXECUTED);
    assertThat(stripe.requests()).hasSize(READS);
    assertThat(pauses).isEmpty();

    stripe.reply(200, Dialect.DAHLIA.object(ObjectKind.CUSTOMER).toString());
    assertThat(WorkContext.call(Workload.MUTATIONS, this::read).state()).isPresent();
    assertThat(gateway.reachable()).isTrue();

    stripe.close();
    for (Future<?> each : hanging) {
      assertThatThrownBy(() -> each.get(60, SECONDS)).hasCauseInstanceOf(ProviderUnavailable.class);
    }
  }

  @Test
  void callEndsWithItsCallersTime() {
    stripe.silence();

    // Long enough for the request to arrive, also as the first of a process on a busy machine.
    assertThatThrownBy(() ->
            WorkContext.within(Duration.ofSeconds(3), Workload.READS, System::nanoTime, this::read))
        .isInstanceOf(ProviderUnavailable.class);

    assertThat(stripe.requests()).hasSize(1);
    assertThat(pauses).as("no time is left for another attempt").isEmpty();
  }

  @Test
  void afterARefusedConnectionNoneIsTriedForNow() throws IOException {
    stripe.close();
    assertThatThrownBy(this::read).isInstanceOf(ProviderUnavailable.class);
    assertThat(pauses).as("it may have been a moment's trouble").isNotEmpty();
    pauses.clear();

    ProviderUnavailable refused = catchThrowableOfType(ProviderUnavailable.class, this::read);

    assertThat(refused.execution()).isEqualTo(ProviderUnavailable.Execution.NOT_EXECUTED);
    assertThat(pauses).isEmpty();
    assertThat(gateway.reachable()).isFalse();
  }

  private Observation read() {
    return gateway.reads().read(CUSTOMER, new SubjectId("cus_1"));
  }
}
