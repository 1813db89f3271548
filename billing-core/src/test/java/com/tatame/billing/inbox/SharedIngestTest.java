package com.tatame.billing.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.commit.GroupCommit;
import com.tatame.billing.failure.StoreUnavailable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SharedIngestTest {
  private final ExecutorService callers = Executors.newCachedThreadPool();
  private final List<Integer> commits = new CopyOnWriteArrayList<>();
  private final Set<String> stored = new HashSet<>();
  private final CountDownLatch writing = new CountDownLatch(1);
  private final CountDownLatch gate = new CountDownLatch(1);
  private final SharedIngest ingest =
      new SharedIngest(this::write, this::write, () -> Instant.EPOCH, new InboxListener() {
        @Override
        public void stored(int events) {
          commits.add(events);
        }
      });

  @AfterEach
  void stop() {
    callers.shutdownNow();
  }

  @Test
  void anEventIsNewOnce() {
    gate.countDown();

    assertThat(ingest.store(event("evt_1"))).isTrue();
    assertThat(ingest.store(event("evt_1"))).isFalse();
    assertThat(commits).containsExactly(1, 1);
  }

  @Test
  void ofOneEventThatComesTwiceInABatchOneIsNew() throws Exception {
    List<Future<Boolean>> results = new ArrayList<>();
    results.add(callers.submit(() -> ingest.store(event("evt_writing"))));
    writing.await();
    results.add(callers.submit(() -> ingest.store(event("evt_twin"))));
    results.add(callers.submit(() -> ingest.store(event("evt_twin"))));
    while (ingest.waiting() < 2) {
      Thread.onSpinWait();
    }

    gate.countDown();

    List<Boolean> fresh = new ArrayList<>();
    for (Future<Boolean> each : results) {
      fresh.add(each.get(60, TimeUnit.SECONDS));
    }
    assertThat(fresh.get(0)).isTrue();
    assertThat(fresh.subList(1, 3)).containsExactlyInAnyOrder(true, false);
    assertThat(commits).containsExactly(1, 2);
  }

  @Test
  void whatIsNotStoredIsNotReported() {
    gate.countDown();
    Ingest unavailable = (events, at) -> {
      throw new StoreUnavailable("gone");
    };
    SharedIngest gone =
        new SharedIngest(unavailable, unavailable, () -> Instant.EPOCH, new InboxListener() {
          @Override
          public void stored(int events) {
            commits.add(events);
          }
        });

    assertThatThrownBy(() -> gone.store(event("evt_1"))).isInstanceOf(StoreUnavailable.class);
    assertThat(commits).isEmpty();
  }

  @Test
  void aRushIsStoredInTheQuickerWay() throws Exception {
    List<Integer> usual = new CopyOnWriteArrayList<>();
    List<Integer> quicker = new CopyOnWriteArrayList<>();
    SharedIngest shared = new SharedIngest(
        (events, at) -> {
          usual.add(events.size());
          return write(events, at);
        },
        (events, at) -> {
          quicker.add(events.size());
          return write(events, at);
        },
        () -> Instant.EPOCH,
        new InboxListener() {});
    List<Future<Boolean>> results = new ArrayList<>();
    results.add(callers.submit(() -> shared.store(event("evt_writing"))));
    writing.await();
    // Beside the one that is written, batches that are full are written too, as many as may be.
    int others = 3 * GroupCommit.MAX_BATCH;
    int rush = SharedIngest.RUSH + 8 * GroupCommit.MAX_BATCH;
    List<CompletableFuture<Boolean>> submitted = new ArrayList<>();
    for (int i = 0; i < others + rush; i++) {
      submitted.add(shared.submit(event("evt_" + i)));
    }

    gate.countDown();

    for (CompletableFuture<Boolean> each : submitted) {
      assertThat(each.get(60, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(results.get(0).get(60, TimeUnit.SECONDS)).isTrue();
    assertThat(sum(quicker)).isPositive();
    assertThat(sum(usual)).isGreaterThanOrEqualTo(SharedIngest.RUSH);
    assertThat(sum(usual) + sum(quicker)).isEqualTo(1 + others + rush);
  }

  private static int sum(List<Integer> sizes) {
    return sizes.stream().mapToInt(Integer::intValue).sum();
  }

  private Set<String> write(List<ReceivedEvent> events, Instant receivedAt) {
    writing.countDown();
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    Set<String> fresh = new HashSet<>();
    synchronized (stored) {
      events.stream().map(ReceivedEvent::id).filter(stored::add).forEach(fresh::add);
    }
    return fresh;
  }

  private static ReceivedEvent event(String id) {
    return new ReceivedEvent(
        id,
        "invoice.paid",
        Instant.EPOCH,
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "{}");
  }
}
