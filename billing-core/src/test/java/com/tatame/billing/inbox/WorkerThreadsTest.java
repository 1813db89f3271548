package com.tatame.billing.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class WorkerThreadsTest {
  private static final Duration ENOUGH = Duration.ofMinutes(1);

  private final WorkerThreads threads = new WorkerThreads();
  private final CountDownLatch started = new CountDownLatch(2);
  private final List<String> interrupted = new CopyOnWriteArrayList<>();

  @Test
  void threadsThatWaitForAStoreThatIsGoneAreInterrupted() throws InterruptedException {
    threads.add("first", () -> waitFor(new CountDownLatch(1)));
    threads.add("second", () -> waitFor(new CountDownLatch(1)));
    threads.start();
    started.await();

    threads.end(Duration.ZERO, ENOUGH);

    assertThat(interrupted).containsExactlyInAnyOrder("first", "second");
  }

  @Test
  void threadsThatEndInTimeAreNotInterrupted() throws InterruptedException {
    CountDownLatch ending = new CountDownLatch(1);
    threads.add("first", () -> waitFor(ending));
    threads.add("second", () -> waitFor(ending));
    threads.start();
    started.await();
    ending.countDown();

    threads.end(ENOUGH, ENOUGH);

    assertThat(interrupted).isEmpty();
  }

  private void waitFor(CountDownLatch latch) {
    started.countDown();
    try {
      latch.await();
    } catch (InterruptedException e) {
      interrupted.add(Thread.currentThread().getName());
    }
  }
}
