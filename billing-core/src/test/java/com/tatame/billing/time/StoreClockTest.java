package com.tatame.billing.time;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.failure.StoreUnavailable;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StoreClockTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);

  /** True time, as the database has it. */
  private Instant now = START;

  private Duration nodeAhead = HOUR;
  private long nanos = 7;
  private int asked;
  private boolean down;
  private Duration callTakes = Duration.ZERO;
  private Duration answerTakes = Duration.ZERO;
  private final StoreClock clock =
      new StoreClock(this::ask, () -> now.plus(nodeAhead), () -> nanos);

  private Optional<Instant> ask() {
    asked++;
    if (down) {
      throw new StoreUnavailable("down");
    }
    pass(callTakes.minus(answerTakes));
    Instant answer = now;
    pass(answerTakes);
    return Optional.of(answer);
  }

  private void pass(Duration time) {
    now = now.plus(time);
    nanos += time.toNanos();
  }

  @Test
  void untilTheStoreWasAskedItIsTheNodesClock() {
    assertThat(clock.instant()).isEqualTo(START.plus(HOUR));
    assertThat(clock.skew()).isEmpty();
    assertThat(clock.skewed()).isFalse();
  }

  @Test
  void aFastNodeGoesByTheStoresTime() {
    clock.measureIfDue();
    pass(Duration.ofSeconds(10));

    assertThat(clock.instant()).isEqualTo(now);
    assertThat(clock.skew()).contains(HOUR);
    assertThat(clock.skewed()).isTrue();
  }

  @Test
  void aSlowNodeGoesByTheStoresTime() {
    nodeAhead = HOUR.negated();
    clock.measureIfDue();

    assertThat(clock.instant()).isEqualTo(now);
    assertThat(clock.skew()).contains(HOUR.negated());
    assertThat(clock.skewed()).isTrue();
  }

  @Test
  void twoSecondsAreTolerated() {
    nodeAhead = StoreClock.TOLERANCE;
    clock.measureIfDue();

    assertThat(clock.skewed()).isFalse();
  }

  @Test
  void theTimeOfTheCallIsAllowedFor() {
    callTakes = Duration.ofMillis(800);
    answerTakes = Duration.ofMillis(400);
    clock.measureIfDue();

    assertThat(clock.instant()).isEqualTo(now);
  }

  @Test
  void measurementThatAgreesWithinItsErrorMovesNoClock() {
    nodeAhead = Duration.ZERO;
    for (int answerMillis : new int[] {0, 800, 790, 10}) {
      callTakes = Duration.ofMillis(800);
      answerTakes = Duration.ofMillis(answerMillis);
      clock.measureIfDue();

      assertThat(clock.instant()).as("the answer took %d ms", answerMillis).isEqualTo(now);
      pass(StoreClock.MEASURED_EVERY);
    }
    assertThat(asked).isEqualTo(4);
  }

  @Test
  void theStoreIsAskedNowAndThen() {
    clock.measureIfDue();
    pass(StoreClock.MEASURED_EVERY.minusNanos(1));
    clock.measureIfDue();
    assertThat(asked).isEqualTo(1);

    pass(Duration.ofNanos(1));
    clock.measureIfDue();
    assertThat(asked).isEqualTo(2);
  }

  @Test
  void theStoreIsAskedAtOnceWhenTheNodesClockIsSet() {
    clock.measureIfDue();
    nodeAhead = HOUR.plusSeconds(2);
    clock.measureIfDue();

    assertThat(asked).isEqualTo(2);
    assertThat(clock.instant()).isEqualTo(now);
    assertThat(clock.skew()).contains(nodeAhead);
  }

  @Test
  void afterTheMachineSleptItLagsUntilTheStoreIsAsked() {
    clock.measureIfDue();
    // Elapsed time stands still meanwhile.
    now = now.plus(HOUR);
    assertThat(clock.instant()).isEqualTo(START);

    clock.measureIfDue();
    assertThat(clock.instant()).isEqualTo(now);
  }

  @Test
  void whatAStoreSaidHoldsWhileItIsDown() {
    clock.measureIfDue();
    down = true;
    pass(HOUR);
    clock.measureIfDue();

    assertThat(asked).isEqualTo(2);
    assertThat(clock.instant()).isEqualTo(now);
  }

  @Test
  void aStoreWithoutAClockLeavesTheNodesInForce() {
    StoreClock alone = StoreClock.of(() -> now);
    alone.measureIfDue();
    pass(HOUR);

    assertThat(alone.instant()).isEqualTo(now);
    assertThat(alone.skew()).isEmpty();
  }
}
