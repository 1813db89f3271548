package com.tatame.billing.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StatementCancellationTest {
  private static final Duration NEVER = Duration.ofDays(1);

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch taken = new CountDownLatch(1);
  private final StatementCancellation cancellation = new StatementCancellation();

  @AfterEach
  void stop() {
    taken.countDown();
    cancellation.close();
  }

  @Test
  void statementWhoseTimeIsOverIsCancelled() throws Exception {
    StatementCancellation.Pending pending = cancellation.after(Duration.ZERO, this::send);

    asked.await();
    taken.countDown();
    assertThat(pending.end(NEVER)).isTrue();
  }

  @Test
  void statementThatEndedIsNotCancelled() throws Exception {
    StatementCancellation.Pending ended = cancellation.after(NEVER, this::send);

    assertThat(ended.end(Duration.ZERO)).isTrue();

    cancellation.close();
    assertThat(asked.await(0, TimeUnit.NANOSECONDS)).isFalse();
  }

  @Test
  void requestThatTheServerDoesNotTakeKeepsNobodyAndIsReported() throws Exception {
    StatementCancellation.Pending pending = cancellation.after(Duration.ZERO, this::send);
    asked.await();

    assertThat(pending.end(Duration.ZERO)).isFalse();
  }

  /** Of a server that takes it when the test says so. */
  private void send() {
    asked.countDown();
    try {
      taken.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
