package com.tatame.billing.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BulkheadTest {
  private final AtomicLong nanoTime = new AtomicLong();

  @Test
  void fullWorkloadIsRefusedAndNoOtherIs() {
    Bulkhead bulkhead = new Bulkhead(Map.of(Workload.READS, 2, Workload.WEBHOOKS, 1), 1);

    assertThat(bulkhead.enterNow(Workload.READS)).isPresent();
    Optional<Bulkhead.Permit> second = bulkhead.enterNow(Workload.READS);

    assertThat(bulkhead.enterNow(Workload.READS)).isEmpty();
    assertThat(bulkhead.enterNow(Workload.WEBHOOKS)).isPresent();
    assertThat(bulkhead.enter(Duration.ZERO)).isPresent();
    second.orElseThrow().close();
    assertThat(bulkhead.enterNow(Workload.READS)).isPresent();
  }

  @Test
  void whoWaitsGetsThePlaceThatIsGivenBack() throws Exception {
    Bulkhead bulkhead = new Bulkhead(Map.of(Workload.READS, 1), 0);
    Bulkhead.Permit held = bulkhead.enterNow(Workload.READS).orElseThrow();

    CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> WorkContext.call(
        Workload.READS, () -> bulkhead.enter(Duration.ofSeconds(20)).isPresent()));
    held.close();

    assertThat(waiting.get(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void everyWorkloadHasAConnectionHoweverFewThereAre() {
    for (int total = 1; total <= 40; total++) {
      Bulkhead connections = Bulkhead.ofConnections(total);
      int assigned = 0;
      for (Workload workload : Workload.values()) {
        assertThat(connections.free(workload)).as("%s of %s", workload, total).isPositive();
        assigned += connections.free(workload);
      }
      assertThat(assigned).isLessThanOrEqualTo(Math.max(total, Workload.values().length));
    }
  }

  @Test
  void contextBelongsToItsThreadAndEndsWithItsWork() throws Exception {
    WorkContext.run(Workload.MUTATIONS, () -> {
      assertThat(workload()).contains(Workload.MUTATIONS);
      WorkContext.run(Workload.HEALTH, () -> assertThat(workload()).contains(Workload.HEALTH));
      assertThat(workload()).contains(Workload.MUTATIONS);
      assertThat(CompletableFuture.supplyAsync(BulkheadTest::workload).join()).isEmpty();
      assertThat(CompletableFuture.supplyAsync(WorkContext.carried(BulkheadTest::workload))
              .join())
          .contains(Workload.MUTATIONS);
    });

    assertThat(workload()).isEmpty();
  }

  @Test
  void callsOfWorkWithATimeShareIt() {
    List<Duration> left = new ArrayList<>();
    WorkContext.within(Duration.ofSeconds(3), Workload.READS, nanoTime::get, () -> {
      left.add(remaining());
      nanoTime.addAndGet(TimeUnit.SECONDS.toNanos(2));
      left.add(remaining());
      nanoTime.addAndGet(TimeUnit.SECONDS.toNanos(2));
      return left.add(remaining());
    });

    assertThat(left)
        .containsExactly(Duration.ofSeconds(3), Duration.ofSeconds(1), Duration.ofSeconds(-1));
    WorkContext.run(Workload.READS, () -> left.add(remaining()));
    assertThat(left).endsWith(Workload.READS.limit());
  }

  private static Optional<Workload> workload() {
    return WorkContext.current().map(WorkContext::workload);
  }

  private static Duration remaining() {
    return WorkContext.current().orElseThrow().remaining();
  }
}
