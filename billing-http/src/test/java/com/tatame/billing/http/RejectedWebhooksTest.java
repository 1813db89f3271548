package com.tatame.billing.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.failure.InvalidSignature.Reason;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A flood of forged webhooks is no flood of log lines. */
final class RejectedWebhooksTest {
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);
  private final RejectedWebhooks rejected = new RejectedWebhooks(nanos::get);

  @Test
  void firstOfAReasonIsLoggedAtOnceAndTheRestOnceAMinuteWithTheirNumber() {
    assertThat(rejected.countToLog(Reason.MISSING_HEADER)).isEqualTo(1);
    for (int i = 0; i < 10_000; i++) {
      assertThat(rejected.countToLog(Reason.MISSING_HEADER)).isZero();
    }
    assertThat(rejected.countToLog(Reason.NO_MATCHING_SECRET)).isEqualTo(1);

    nanos.addAndGet(RejectedWebhooks.BETWEEN_LINES.toNanos() - 1);
    assertThat(rejected.countToLog(Reason.MISSING_HEADER)).isZero();
    nanos.addAndGet(1);
    assertThat(rejected.countToLog(Reason.MISSING_HEADER)).isEqualTo(10_002);
    assertThat(rejected.countToLog(Reason.MISSING_HEADER)).isZero();
  }
}
