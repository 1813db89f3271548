package com.tatame.billing.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class BodyPaceTest {
  private static final int RATE = 1_000;
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final BodyPace.Watch watch = new BodyPace(Duration.ofSeconds(10), RATE).watch(0);

  @Test
  void clientAtTheRateIsInTimeForEver() {
    for (int second = 1; second < 1_000; second++) {
      assertThat(watch.inTime(RATE, second * SECOND)).isTrue();
    }
  }

  @Test
  void slowerClientUsesUpTheTimeInHand() {
    int half = RATE / 2;

    assertThat(watch.inTime(half, 4 * SECOND)).isTrue();
    assertThat(watch.inTime(half, 10 * SECOND)).isTrue();
    assertThat(watch.inTime(half, 12 * SECOND)).isFalse();
  }

  @Test
  void whoSentMuchMayNotPauseForLonger() {
    assertThat(watch.inTime(1_000_000, SECOND)).isTrue();
    assertThat(watch.inTime(1, 12 * SECOND)).isFalse();
  }
}
