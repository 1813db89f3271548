package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SettableClockTest {
  private static final Instant START = Instant.parse("2026-03-01T09:00:00Z");

  @Test
  void standsStillUntilItIsMoved() {
    SettableClock clock = new SettableClock(START);
    assertThat(clock.instant()).isEqualTo(START);
    assertThat(clock.instant()).isEqualTo(START);

    assertThat(clock.advance(Duration.ofDays(1))).isEqualTo(START.plusSeconds(86_400));
    assertThat(clock.instant()).isEqualTo(START.plusSeconds(86_400));

    clock.set(START);
    assertThat(clock.instant()).isEqualTo(START);
  }
}
