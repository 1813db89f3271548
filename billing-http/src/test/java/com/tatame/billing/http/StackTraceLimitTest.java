package com.tatame.billing.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StackTraceLimitTest {
  private static final long SECOND = 1_000_000_000L;

  private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - SECOND / 2);
  private final StackTraceLimit limit = new StackTraceLimit(nanoTime::get);

  @Test
  void eachCodeHasOneStackTraceASecond() {
    assertThat(limit.admits("store_unavailable")).isTrue();
    for (int i = 0; i < 1_000; i++) {
      assertThat(limit.admits("store_unavailable")).isFalse();
    }
    assertThat(limit.admits("provider_unavailable")).isTrue();

    nanoTime.addAndGet(SECOND - 1);
    assertThat(limit.admits("store_unavailable")).isFalse();
    nanoTime.incrementAndGet();
    assertThat(limit.admits("store_unavailable")).isTrue();
    assertThat(limit.admits("store_unavailable")).isFalse();
  }
}
