package com.tatame.billing.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ReadOnlyCacheTest {
  private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 1);
  private final ReadOnlyCache cache = new ReadOnlyCache(nanoTime::get);

  @Test
  void whatIsNotedIsFreshForASecond() {
    assertThat(cache.fresh()).isFalse();

    cache.note();
    pass(ReadOnlyCache.TTL.minusNanos(1));
    assertThat(cache.fresh()).isTrue();

    pass(Duration.ofNanos(1));
    assertThat(cache.fresh()).isFalse();
  }

  @Test
  void onlyTheFirstOfASecondIsTold() {
    assertThat(cache.note()).isTrue();
    assertThat(cache.note()).isFalse();

    pass(ReadOnlyCache.TTL);

    assertThat(cache.note()).isTrue();
    assertThat(cache.note()).isFalse();
  }

  @Test
  void onlyAReadOnlyTransactionIsReadOnly() {
    assertThat(ReadOnlyCache.isReadOnly(Optional.of("25006"))).isTrue();
    assertThat(ReadOnlyCache.isReadOnly(Optional.of("25001"))).isFalse();
    assertThat(ReadOnlyCache.isReadOnly(Optional.empty())).isFalse();
  }

  private void pass(Duration time) {
    nanoTime.addAndGet(time.toNanos());
  }
}
