package com.tatame.billing.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.projection.ReadPriority;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class RetryAndBudgetTest {
  @Test
  void delaysDoubleWithinTheirJitterAndStopGrowing() {
    RetryPolicy policy = new RetryPolicy(Duration.ofSeconds(4), Duration.ofSeconds(20), 5);
    Random random = new Random(7);
    for (int i = 0; i < 1_000; i++) {
      assertThat(policy.delay(1, random)).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(4));
      assertThat(policy.delay(2, random)).isBetween(Duration.ofSeconds(4), Duration.ofSeconds(8));
      assertThat(policy.delay(60, random))
          .isBetween(Duration.ofSeconds(10), Duration.ofSeconds(20));
    }
    assertThat(policy.exhausted(4)).isFalse();
    assertThat(policy.exhausted(5)).isTrue();
  }

  @Test
  void aBudgetAllowsASecondsWorthAtOnceAndThenTheRate() {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    ReadBudget budget = new ReadBudget(10, now::get);
    assertThat(taken(budget, 100)).isEqualTo(10);
    now.set(Instant.EPOCH.plusMillis(250));
    assertThat(taken(budget, 100)).isEqualTo(2);
    now.set(Instant.EPOCH.plusMillis(300));
    assertThat(taken(budget, 100)).isEqualTo(1);
    now.set(Instant.EPOCH.plusSeconds(3_600));
    assertThat(taken(budget, 100)).isEqualTo(10);
  }

  @Test
  void eachKindOfObjectHasABudgetOfItsOwn() {
    ReadBudget budget = new ReadBudget(10, () -> Instant.EPOCH);
    assertThat(taken(budget, 100)).isEqualTo(10);
    assertThat(budget.tryTake(ObjectKind.INVOICE, ReadPriority.AMBIGUOUS)).isTrue();
  }

  @Test
  void whatIsLeftIsKeptForWhatMattersMore() {
    ReadBudget budget = new ReadBudget(10, () -> Instant.EPOCH);
    assertThat(taken(budget, ReadPriority.ROUTINE)).isEqualTo(5);
    assertThat(taken(budget, ReadPriority.ENTITLING)).isEqualTo(3);
    assertThat(taken(budget, ReadPriority.AMBIGUOUS)).isEqualTo(2);
  }

  @Test
  void aBudgetOfOneServesEverybodyAndABudgetOfNoneNobody() {
    assertThat(taken(new ReadBudget(1, () -> Instant.EPOCH), ReadPriority.ROUTINE))
        .isEqualTo(1);
    assertThat(taken(new ReadBudget(0, () -> Instant.EPOCH), ReadPriority.AMBIGUOUS))
        .isZero();
  }

  private static int taken(ReadBudget budget, ReadPriority priority) {
    int taken = 0;
    while (budget.tryTake(ObjectKind.SUBSCRIPTION, priority)) {
      taken++;
    }
    return taken;
  }

  private static int taken(ReadBudget budget, int tries) {
    int taken = 0;
    for (int i = 0; i < tries; i++) {
      taken += budget.tryTake(ObjectKind.SUBSCRIPTION, ReadPriority.AMBIGUOUS) ? 1 : 0;
    }
    return taken;
  }
}
